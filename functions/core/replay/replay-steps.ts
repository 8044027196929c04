import type { LearningEvent } from '../../contract/learning-events.ts';
import type { Ports } from '../ports.ts';
import { journalSteps } from './replay-from-journal.ts';
import { komboSteps } from './replay-from-kombo.ts';
import type { ReplayPlan, ReplayPosition } from './replay-record.ts';

/** One selected event, and where the replay stands once it is settled. Without an event: so far there was none. */
export type ReplayStep = {
  event: LearningEvent | null;
  next: ReplayPosition;
  /** What was sent so far is going to be sent again. */
  fromBeginning?: true;
};

/**
 * The selected events from a replay's place on, those of one progression in their order. Without learner details, and
 * as they were at first: what marks them as replayed is added when they are sent.
 *
 * @param detectedAt when Schoolbell saw what it derives from Kombo
 */
export function replaySteps(
  ports: Pick<Ports, 'store' | 'kombo'>,
  plan: Pick<ReplayPlan, 'integration' | 'range' | 'filter' | 'place'>,
  detectedAt: string,
): AsyncIterable<ReplayStep> {
  const { integration, range, filter, place } = plan;
  switch (place.source) {
    case 'journal':
      return journalSteps(ports.store, integration, { range, filter }, place);
    case 'kombo':
      return komboSteps(ports.kombo, integration, { range, filter }, place, detectedAt);
  }
}
