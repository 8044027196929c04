import type { Baseline } from '../../functions/contract/baseline.ts';
import type { ObservedProgression } from '../../functions/core/observed-progression.ts';
import type { RunSettings } from '../../functions/core/ports.ts';
import { observedFromRaw } from './raw-progression.ts';
import { type School, school } from './school-model.ts';
import { HOUR_MS } from './test-clock.ts';
import { type World, world } from './world.ts';

/** An integration whose Kombo shows a living school. */
export type SchoolWorld = World & {
  school: School;
  /** Decides the order of the records in pages. */
  shuffle: number;
  /** Show each record twice, the second time at the end. */
  repeats: boolean;
  observed(): ObservedProgression[];
  /** Polls without a fault until nothing is left to do, then reconciles. @returns how many changes were missed */
  becomeQuiet(): Promise<number>;
};

/** A run of a small school ends in fewer calls. */
const MANY_CALLS = 50;

export function schoolWorld(baseline: Baseline, settings: Partial<RunSettings>, skewMs = 0): SchoolWorld {
  const it = world(baseline, settings);
  it.kombo.skewMs = skewMs;
  const model = school(() => it.clock.read() + skewMs);
  const schoolly: SchoolWorld = {
    ...it,
    school: model,
    shuffle: 0,
    repeats: false,
    observed: () => model.records().map(({ raw }) => observedFromRaw(raw)),
    async becomeQuiet() {
      it.kombo.beforePage = () => undefined;
      it.kombo.failures = [];
      it.kombo.cursorsRefused = 0;
      it.bus.fails = () => false;
      it.bus.tellFailures = [];
      it.clock.advance(HOUR_MS);
      await toTheEnd(it);
      it.clock.advance(HOUR_MS);
      await toTheEnd(it, 'reconcile');
      return it.store.place().checkpoint.lastReconciliation?.missed ?? 0;
    },
  };
  it.kombo.show = () => {
    const shown = model
      .records()
      .map(({ raw, updatedAt }) => ({ observed: observedFromRaw(raw), updatedAt }))
      .sort((a, b) => rank(a.observed, schoolly.shuffle) - rank(b.observed, schoolly.shuffle));
    return schoolly.repeats ? [...shown, ...shown] : shown;
  };
  return schoolly;
}

async function toTheEnd(it: World, mode?: 'reconcile'): Promise<void> {
  for (let calls = 0; calls < MANY_CALLS; calls += 1) {
    const outcome = await it.poll(calls === 0 && mode !== undefined ? { mode } : {});
    if (outcome.kind === 'ended') return;
    if (outcome.kind !== 'more') throw new Error(`not quiet: ${JSON.stringify(outcome)}`);
  }
  throw new Error('the run does not end');
}

function rank({ state }: ObservedProgression, shuffle: number): number {
  let hash = Math.imul(shuffle + 1, 2654435761);
  for (const character of state.id) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619);
  return (hash ^ (hash >>> 15)) >>> 0;
}
