import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import pMap from 'p-map';
import { EVENT_SOURCE } from '../../contract/names.ts';
import type { OperationalEvent } from '../../contract/operational-events.ts';
import type { WorkflowEvent } from '../../contract/workflow-events.ts';
import { TransientError } from '../../core/errors.ts';
import type { Publisher, PublishResult } from '../../core/ports.ts';
import { batchesOf, type Outgoing, wavesOf } from './batches.ts';
import { ENTRY_BYTES, entrySize, learningEntry, operationalEntry } from './entry.ts';
import type { PutEvents } from './put-events.ts';
import { moreSerious, RETRY_BUDGET, type RetryBudget, sendBatch, tooLarge } from './send-batch.ts';

/** More concurrent requests would only reach the account's quota sooner. */
const CONCURRENCY = 4;

type Sending = { putEvents: PutEvents; bus: string; retryBudget?: RetryBudget };

/**
 * EventBridge accepts events for a bus that does not exist (aws/aws-sdk#186), so the deployment must make
 * sure that the name or ARN is right.
 */
export function createPublisher(options: Sending): Publisher {
  const { putEvents, bus, retryBudget = RETRY_BUDGET } = options;

  const publishWave = async (wave: Outgoing[], result: PublishResult) => {
    const abandoned = () => result.error !== null;
    const send = async (batch: Outgoing[]) => {
      if (abandoned()) return;
      const { accepted, refused, error } = await sendBatch(batch, { putEvents, bus, retryBudget, abandoned });
      result.accepted.push(...accepted);
      result.refused.push(...refused);
      result.error = moreSerious(result.error, error);
    };
    const fitting = wave.filter(({ size }) => size <= ENTRY_BYTES);
    const oversized = wave.filter(({ size }) => size > ENTRY_BYTES);
    result.refused.push(...oversized.map(({ index, size }) => ({ index, reason: tooLarge(size) })));
    await pMap(batchesOf(fitting), send, { concurrency: CONCURRENCY });
  };

  return {
    async publish(events) {
      const result: PublishResult = { accepted: [], refused: [], error: null };
      // A wave has at most one event of a progression, so that the order of its events is kept.
      for (const wave of wavesOf(events)) {
        const outgoing = wave.map(({ index, event }) => {
          const entry = learningEntry(event, bus);
          return { index, entry, size: entrySize(entry) };
        });
        await publishWave(outgoing, result);
        if (result.error !== null) break;
      }
      result.accepted.sort((a, b) => a - b);
      result.refused.sort((a, b) => a.index - b.index);
      return result;
    },

    notify: createNotifier({ putEvents, bus, retryBudget }),
  };
}

/** The returned function throws a TransientError or a DeploymentError if the bus does not accept an event. */
export function createNotifier(options: Sending) {
  return async (event: OperationalEvent | WorkflowEvent): Promise<void> => {
    const reason = await sendAlone(operationalEntry(event, options.bus), options);
    if (reason === null) return;
    // The event is not set aside, because this error makes the caller publish it again.
    throw new TransientError(`EventBridge refuses ${event.type}: ${reason}`, { code: reason });
  };
}

/**
 * Sends an event without a type and a detail, which EventBridge never accepts. AWS does not document whether
 * it checks the policies before the event, so this can miss a denial.
 *
 * @throws DeploymentError when a policy denies this caller to send events as Schoolbell
 */
export async function tryToSend(options: Sending): Promise<void> {
  const entry = { EventBusName: options.bus, Source: EVENT_SOURCE, DetailType: '', Detail: '' };
  await sendAlone(entry, options);
}

/** Returns null when the entry was accepted, or the reason when EventBridge never accepts it. */
async function sendAlone(
  entry: PutEventsRequestEntry,
  { putEvents, bus, retryBudget = RETRY_BUDGET }: Sending,
): Promise<string | null> {
  const { refused, error } = await sendBatch([{ index: 0, entry, size: entrySize(entry) }], {
    putEvents,
    bus,
    retryBudget,
    abandoned: () => false,
  });
  if (error !== null) throw error;
  return refused[0]?.reason ?? null;
}
