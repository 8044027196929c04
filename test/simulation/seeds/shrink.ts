import { type HistoryEnd, liveThrough } from '../history.ts';
import type { Scenario } from '../scenario.ts';
import { type FaultKind, faultKinds } from '../world/faults.ts';

/** The maximum number of smaller histories that are tried. All of them together take about ten seconds. */
const MAX_TRIES = 400;

/**
 * Returns the smallest history found that still breaks one of the same promises, with fewer faults, records,
 * operations and polls. The result for a scenario is always the same.
 */
export async function shrink(scenario: Scenario, broken: HistoryEnd): Promise<Scenario> {
  const promises = new Set(broken.violations.map(({ promise }) => promise));
  let smallest = scenario;
  let tries = 0;

  const fails = async (candidate: Scenario) => {
    tries++;
    const { violations } = await liveThrough(candidate);
    return violations.some(({ promise }) => promises.has(promise));
  };
  for (let progress = true; progress && tries < MAX_TRIES; ) {
    progress = false;
    for (const smaller of reductions) {
      for (const candidate of smaller(smallest)) {
        if (tries >= MAX_TRIES || !(await fails(candidate))) continue;
        smallest = candidate;
        progress = true;
        break;
      }
    }
  }
  return smallest;
}

/** Functions that each return simpler scenarios, the simplest first, or none if nothing can be simplified. */
const reductions: ((scenario: Scenario) => Scenario[])[] = [
  (scenario) => fewer(scenario.faultLimit, 64).map((faultLimit) => ({ ...scenario, faultLimit })),
  ...faultKinds.map((kind) => (scenario: Scenario) => withoutFault(scenario, kind)),
  (scenario) => fewer(scenario.operations).map((operations) => ({ ...scenario, operations })),
  (scenario) => fewer(scenario.records).map((records) => ({ ...scenario, records })),
  (scenario) => fewer(scenario.polls).map((polls) => ({ ...scenario, polls })),
  (scenario) => (scenario.together === 0 ? [] : [{ ...scenario, together: 0 }]),
  (scenario) => (scenario.garbled === 0 ? [] : [{ ...scenario, garbled: 0 }]),
  (scenario) => (scenario.tooLate === 0 ? [] : [{ ...scenario, tooLate: 0 }]),
  (scenario) => (scenario.latenessMs === 0 ? [] : [{ ...scenario, latenessMs: 0 }]),
  (scenario) => (scenario.komboSkewMs === 0 ? [] : [{ ...scenario, komboSkewMs: 0 }]),
  (scenario) => (scenario.machineSkewMs === 0 ? [] : [{ ...scenario, machineSkewMs: 0 }]),
  (scenario) => (scenario.learnerDetails === 'omit' ? [] : [{ ...scenario, learnerDetails: 'omit' }]),
  (scenario) => (scenario.pageSize >= 20 ? [] : [{ ...scenario, pageSize: 20 }]),
  (scenario) => (scenario.surgeFloor >= 10_000 ? [] : [{ ...scenario, surgeFloor: 10_000 }]),
];

/**
 * Returns numbers less than `count`: zero, a quarter, half and three quarters of it, and one less. If `count`
 * exceeds `atMost`, the fractions are those of `atMost`, and the last number is `atMost`.
 */
function fewer(count: number, atMost = count): number[] {
  const most = Math.min(count, atMost);
  const less = [0, most >> 2, most >> 1, (most * 3) >> 2, count > atMost ? most : most - 1];
  return [...new Set(less)].filter((candidate) => candidate >= 0 && candidate < count);
}

function withoutFault(scenario: Scenario, kind: FaultKind): Scenario[] {
  return scenario.faults[kind] === 0 ? [] : [{ ...scenario, faults: { ...scenario.faults, [kind]: 0 } }];
}
