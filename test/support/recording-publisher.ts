import { type LearningEvent, learningEvents } from '../../functions/contract/learning-events.ts';
import { type OperationalEvent, operationalEvents } from '../../functions/contract/operational-events.ts';
import { TransientError } from '../../functions/core/errors.ts';
import type { Publisher, PublishResult } from '../../functions/core/ports.ts';

/** A fake bus that records the accepted events in order, and that can be made to fail. */
export type RecordingPublisher = Publisher & {
  published: LearningEvent[];
  notified: OperationalEvent[];
  /** Returns why the bus refuses an event permanently, or null. */
  refusal: (event: LearningEvent) => string | null;
  /**
   * Returns whether the bus fails to accept an event now. Then it also accepts none of the later events of
   * the same progression in this call.
   */
  fails: (event: LearningEvent) => boolean;
  failure: Error;
  /** The errors that the next calls of `notify` throw, one per call. */
  tellFailures: Error[];
};

export function recordingPublisher(): RecordingPublisher {
  const bus: RecordingPublisher = {
    published: [],
    notified: [],
    refusal: () => null,
    fails: () => false,
    failure: new TransientError('the bus did not take it'),
    tellFailures: [],
    async publish(events) {
      const answer: PublishResult = { accepted: [], refused: [], error: null };
      const stopped = new Set<string>();
      for (const [index, event] of events.entries()) {
        learningEvents[event.type].parse(event.detail);
        const { id } = event.detail.progression;
        const reason = bus.refusal(event);
        if (stopped.has(id) || bus.fails(event)) {
          stopped.add(id);
          answer.error = bus.failure;
        } else if (reason !== null) {
          answer.refused.push({ index, reason });
        } else {
          bus.published.push(structuredClone(event));
          answer.accepted.push(index);
        }
      }
      return answer;
    },
    async notify(event) {
      const failure = bus.tellFailures.shift();
      if (failure !== undefined) throw failure;
      operationalEvents[event.type].parse(event.detail);
      bus.notified.push(structuredClone(event));
    },
  };
  return bus;
}
