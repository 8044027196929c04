import type { HeldCounts } from '../contract/held-counts.ts';
import { toolOf } from '../contract/integration-id.ts';
import type { PollMode } from '../contract/poll-mode.ts';
import type { Checkpoint, Held } from './checkpoint.ts';
import { type Decision, heldTotal, sumTallies } from './decide-page.ts';
import type { RunSettings } from './ports.ts';
import { surgeCount, surgeLimit } from './surge.ts';
import { move, type Worker } from './worker.ts';

const SAMPLE_SIZE = 10;

/** What waits for a person, as far as it was counted. */
export type Waiting = { counts: HeldCounts; sample: string[]; complete: boolean };

export const NOTHING_WAITS: Waiting = {
  counts: { removed: 0, restored: 0, firstSeenOld: 0 },
  sample: [],
  complete: true,
};

/** Whether a page's changes are more than may pass without a person. */
export function isTooMany(
  decisions: Decision[],
  checkpoint: Checkpoint,
  settings: RunSettings,
  now: number,
): boolean {
  const total = heldTotal(sumTallies(decisions.map(({ tally }) => tally)));
  return total > 0 && surgeCount(checkpoint.surge, now) + total > limitOf(checkpoint, settings);
}

/** What waits, with a further page of it. */
export function addWaiting(waiting: Waiting, decisions: Decision[]): Waiting {
  const held = decisions.filter(({ tally }) => heldTotal(tally) > 0);
  const { removed, restored, firstSeenOld } = sumTallies(held.map(({ tally }) => tally));
  return {
    counts: {
      removed: waiting.counts.removed + removed,
      restored: waiting.counts.restored + restored,
      firstSeenOld: waiting.counts.firstSeenOld + firstSeenOld,
    },
    sample: [...waiting.sample, ...held.map(({ change }) => change.state.id)].slice(0, SAMPLE_SIZE),
    complete: waiting.complete,
  };
}

/**
 * Marks the integration as held and tells it, once per episode, whichever of its runs is stopped; the worker writes it
 * when it ends.
 */
export async function hold(worker: Worker, mode: PollMode, waiting: Waiting): Promise<void> {
  const { checkpoint, ports, settings } = worker;
  const held: Held = {
    since: checkpoint.held?.since ?? new Date(ports.clock()).toISOString(),
    mode,
    waiting: waiting.counts,
    complete: waiting.complete,
    limit: limitOf(checkpoint, settings),
    sample: waiting.sample,
    told: checkpoint.held?.told ?? false,
  };
  worker.checkpoint = { ...checkpoint, held, allowance: null };
  if (held.told) return;
  // Kept before it is told: the episode has one id, wherever a crash comes.
  await move(worker, worker.checkpoint);
  await tellHeld(worker, held);
}

async function tellHeld(worker: Worker, held: Held): Promise<void> {
  const { ports, integration } = worker;
  await ports.publisher.tell({
    type: 'ChangesHeld',
    detail: {
      version: 1,
      id: `${integration.id}/held/${held.since}`,
      integration: { id: integration.id, tool: toolOf(integration.id) },
      at: new Date(ports.clock()).toISOString(),
      waiting: held.waiting,
      complete: held.complete,
      limit: held.limit,
      sample: held.sample,
    },
  });
  worker.checkpoint = { ...worker.checkpoint, held: { ...held, told: true } };
}

/** Ends the hold and says how. */
export async function endHold(worker: Worker, by: 'release' | 'discard' | 'resolved'): Promise<void> {
  const { checkpoint, ports, integration } = worker;
  const { held } = checkpoint;
  if (held === null) return;
  // Whether the bus took it is not known: whoever hears of an end has heard of the beginning.
  if (!held.told) await tellHeld(worker, held);
  await ports.publisher.tell({
    type: 'ChangesReleased',
    detail: {
      version: 1,
      id: `${integration.id}/released/${held.since}`,
      integration: { id: integration.id, tool: toolOf(integration.id) },
      at: new Date(ports.clock()).toISOString(),
      by,
      heldSince: held.since,
      waiting: held.waiting,
    },
  });
  const allowance = by === 'resolved' ? null : { action: by, mode: held.mode, left: heldTotal(held.waiting) };
  worker.checkpoint = { ...worker.checkpoint, held: null, allowance };
}

function limitOf(checkpoint: Checkpoint, settings: RunSettings): number {
  return surgeLimit(checkpoint.known, settings.surgeShare, settings.surgeFloor);
}
