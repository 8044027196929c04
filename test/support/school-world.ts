import type { Baseline } from '../../functions/contract/integration.ts';
import type { RunSettings } from '../../functions/core/ports.ts';
import type { ObservedProgression } from '../../functions/core/state/progression.ts';
import { pollToTheEnd } from './poll-to-the-end.ts';
import { observedFromRaw } from './raw-progression.ts';
import { type School, school } from './school-model.ts';
import { inShownOrder } from './shown-order.ts';
import { HOUR_MS } from './test-clock.ts';
import { type World, world } from './world.ts';

/** An integration whose Kombo shows a changing school. */
export type SchoolWorld = World & {
  school: School;
  /** A number that determines the order of the records in pages. */
  shuffle: number;
  /** Whether the pages show each record twice: after the last record, all records come again. */
  repeats: boolean;
  observed(): ObservedProgression[];
  /**
   * Polls without a fault until nothing is left to do, then reconciles.
   *
   * @returns the number of missed changes that the reconciliation found
   */
  becomeQuiet(): Promise<number>;
};

export function schoolWorld(baseline: Baseline, settings: Partial<RunSettings>, skewMs = 0): SchoolWorld {
  const poller = world(baseline, settings);
  poller.kombo.skewMs = skewMs;
  const model = school(() => poller.clock.read() + skewMs);
  const schoolly: SchoolWorld = {
    ...poller,
    school: model,
    shuffle: 0,
    repeats: false,
    observed: () => model.records().map(({ raw }) => observedFromRaw(raw)),
    async becomeQuiet() {
      poller.kombo.beforePage = () => undefined;
      poller.kombo.failures = [];
      poller.kombo.cursorsRefused = 0;
      poller.bus.fails = () => false;
      poller.bus.tellFailures = [];
      poller.clock.advance(HOUR_MS);
      await pollToTheEnd(poller);
      poller.clock.advance(HOUR_MS);
      await pollToTheEnd(poller, 'reconcile');
      return poller.store.place().checkpoint.lastReconciliation?.missed ?? 0;
    },
  };
  poller.kombo.show = () => {
    const shown = inShownOrder(model.records(), schoolly);
    return shown.map(({ raw, updatedAt }) => ({ observed: observedFromRaw(raw), updatedAt }));
  };
  return schoolly;
}
