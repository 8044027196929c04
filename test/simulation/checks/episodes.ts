import * as z from 'zod/mini';
import { operationalEvents } from '../../../functions/contract/operational-events.ts';
import type { FaultKind, FaultRates } from '../world/faults.ts';
import type { ReceivedEvent } from '../world/received-events.ts';
import type { Accuse } from './violation.ts';

/**
 * The faults after which an event may have been published although its worker received an error or stopped.
 */
const UNCERTAIN: FaultKind[] = [
  'killed',
  'frozen',
  'slow',
  'table-throttled',
  'table-unreachable',
  'table-answer-lost',
  'table-write-delayed',
  'bus-entry-failed-though-accepted',
  'bus-answer-lost',
];

/** The events that end an episode, with the schemas of their details. */
const Ends = z.union([
  z.object({ type: z.literal('IntegrationRecovered'), detail: operationalEvents.IntegrationRecovered }),
  z.object({ type: z.literal('ChangesReleased'), detail: operationalEvents.ChangesReleased }),
]);

/**
 * Checks the operational events about the first baseline, failures and holds. The beginning and the end of
 * each episode are published once, episodes do not overlap, and no episode is open at the end of the history.
 * If none of the faults above can occur, no event is published twice under its id.
 */
export function checkEpisodes(received: ReceivedEvent[], rates: FaultRates, accuse: Accuse): void {
  const notified = received.filter(({ journal }) => journal === null);
  const first = notified.filter(({ id }, at) => notified.findIndex((event) => event.id === id) === at);
  const isCertain = UNCERTAIN.every((kind) => rates[kind] === 0);
  if (isCertain && first.length < notified.length) {
    accuse('episodes are published once', notified.map(({ id }) => id).join(', '));
  }
  const baselines = first.filter(({ type }) => type === 'IntegrationBaselined');
  if (baselines.length !== 1) accuse('episodes are published once', `${baselines.length} first baselines`);
  checkPairs(first, 'IntegrationFailing', 'IntegrationRecovered', accuse);
  checkPairs(first, 'ChangesHeld', 'ChangesReleased', accuse);
}

function checkPairs(events: ReceivedEvent[], begins: string, ends: string, accuse: Accuse): void {
  let open: string | null = null;
  for (const { type, id, json } of events) {
    if (type === begins) {
      if (open !== null) accuse('episodes are published once', `${id} began within ${open}`);
      open = id;
    } else if (type === ends) {
      if (open === null || !open.endsWith(beginningOf(type, json))) {
        accuse('episodes are published once', `${id} ended while ${open} was open`);
      }
      open = null;
    }
  }
  if (open !== null) accuse('episodes are published once', `${open} has no end`);
}

/** Returns the last part of the id of the event that began the episode. */
function beginningOf(type: string, json: string): string {
  const end = Ends.parse({ type, detail: JSON.parse(json) });
  return end.type === 'ChangesReleased'
    ? `/held/${end.detail.heldSince}`
    : `/failing/${end.detail.failingSince}`;
}
