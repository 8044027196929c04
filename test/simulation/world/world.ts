import type { HoldDecision } from '../checks/holds.ts';
import { nobodyOvertaken, type Overtaken } from '../checks/overtaken.ts';
import { pageChains } from '../kombo/page-chains.ts';
import type { KomboService } from '../kombo/simulated-kombo.ts';
import type { Scenario } from '../scenario.ts';
import { schoolLife } from '../school/life.ts';
import { type MemoryTable, memoryTable } from '../table/memory-table.ts';
import { type Counts, newCounts } from './counts.ts';
import { type Faults, faultsAt } from './faults.ts';
import { globalTime } from './global-time.ts';
import { type Random, seededRandom } from './random.ts';
import type { SimulatedBus } from './simulated-eventbridge.ts';
import { noTrace, recordedTrace, type Trace } from './trace.ts';
import { type VirtualTime, virtualTime } from './virtual-time.ts';

/** The world of a history: everything outside the code under test. */
export type World = {
  scenario: Scenario;
  time: VirtualTime;
  faults: Faults;
  trace: Trace;
  counts: Counts;
  table: MemoryTable;
  bus: SimulatedBus;
  overtaken: Overtaken;
  service: KomboService;
  /** The decisions of persons about held changes. */
  operator: { decisions: HoldDecision[] };
  /** For each journal entry, by its number, the latest watermark at the time when the entry was appended. */
  watermarks: Map<number, string | null>;
  /** Random numbers for the timing of processes, separate from those of the school. */
  random: Random;
};

/** The limit of steps, which is more than any history needs. */
const STEP_LIMIT = 200_000;

export function worldOf(scenario: Scenario, isTraced: boolean): World {
  const seed = seededRandom(scenario.seed ^ 0x5eed);
  const [globals, school, pages, faultDice, random] = [
    seed.fork(),
    seed.fork(),
    seed.fork(),
    seed.fork(),
    seed.fork(),
  ];
  const time = virtualTime(scenario.start, STEP_LIMIT, globalTime(globals));
  const trace = isTraced ? recordedTrace(time.now) : noTrace;
  const counts = newCounts();
  const life = schoolLife(scenario, () => time.now() + scenario.komboSkewMs, school, trace, counts);
  return {
    scenario,
    time,
    trace,
    random,
    faults: faultsAt(scenario.faults, scenario.faultLimit, faultDice, counts),
    counts,
    table: memoryTable({ partition: 'pk', sort: 'sk' }, time.now),
    overtaken: nobodyOvertaken(),
    bus: { received: [], refused: [], refusedIds: new Set() },
    service: {
      life,
      chains: pageChains(life.school, scenario.pages, pages),
      shown: new Map(),
      unprocessed: new Map(),
      details: { asked: 0, answered: 0 },
    },
    operator: { decisions: [] },
    watermarks: new Map(),
  };
}
