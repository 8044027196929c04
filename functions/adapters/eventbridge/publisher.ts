import pMap from 'p-map';
import type { Publisher, PublishResult } from '../../core/ports.ts';
import { batchesOf, type Outgoing } from './batches.ts';
import { learningEntry } from './entry.ts';
import { ENTRY_BYTES, entrySize } from './entry-size.ts';
import { createNotifier } from './notifier.ts';
import type { PutEvents } from './put-events.ts';
import { graver, RETRY_BUDGET, type RetryBudget, sendBatch, tooLarge } from './send-batch.ts';
import { wavesOf } from './waves.ts';

/** Requests at a time: more would only meet the account's quota sooner. */
const CONCURRENCY = 4;

/**
 * Publishes on an EventBridge bus, given by name or ARN. What is not accepted is tried again for 10 seconds by default.
 *
 * EventBridge answers events for a bus that does not exist as if they were accepted (aws/aws-sdk#186): that the name is
 * right is the deployment's to see to.
 */
export function createPublisher(options: {
  putEvents: PutEvents;
  bus: string;
  patience?: RetryBudget;
}): Publisher {
  const { putEvents, bus, patience = RETRY_BUDGET } = options;

  const publishWave = async (wave: Outgoing[], answer: PublishResult) => {
    const abandoned = () => answer.error !== null;
    const send = async (batch: Outgoing[]) => {
      if (abandoned()) {
        return;
      }
      const { accepted, refused, error } = await sendBatch(batch, { putEvents, bus, patience, abandoned });
      answer.accepted.push(...accepted);
      answer.refused.push(...refused);
      answer.error = graver(answer.error, error);
    };
    const fitting = wave.filter(({ size }) => size <= ENTRY_BYTES);
    const oversized = wave.filter(({ size }) => size > ENTRY_BYTES);
    answer.refused.push(...oversized.map(({ index, size }) => ({ index, reason: tooLarge(size) })));
    await pMap(batchesOf(fitting), send, { concurrency: CONCURRENCY });
  };

  return {
    async publish(events) {
      const answer: PublishResult = { accepted: [], refused: [], error: null };
      for (const wave of wavesOf(events)) {
        const outgoing = wave.map(({ index, event }) => {
          const entry = learningEntry(event, bus);
          return { index, entry, size: entrySize(entry) };
        });
        await publishWave(outgoing, answer);
        if (answer.error !== null) {
          break;
        }
      }
      answer.accepted.sort((a, b) => a - b);
      answer.refused.sort((a, b) => a.index - b.index);
      return answer;
    },

    notify: createNotifier({ putEvents, bus, patience }),
  };
}
