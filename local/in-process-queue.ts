import { messageGroupOf } from '../functions/adapters/sqs/queue.ts';
import type { PollMessage } from '../functions/contract/messages.ts';
import type { BulkQueue } from '../functions/core/ports.ts';

/** An event of SQS with one message, as far as it is needed. */
export type InProcessEvent = { Records: { body: string; attributes: { MessageGroupId: string } }[] };

export type InProcessQueue = BulkQueue & {
  /** Hands the messages to a handler as SQS would, one at a time, until none is left, those sent meanwhile included. */
  drain(handler: (event: InProcessEvent) => Promise<void>): Promise<void>;
};

/**
 * The poll queue of one machine. What is in it is gone with the process; the next dispatch sends it again, and what would
 * have to be delayed.
 */
export function createInProcessQueue(): InProcessQueue {
  const waiting: PollMessage[] = [];
  return {
    async send(messages, delayMs = 0) {
      if (delayMs <= 0) waiting.push(...messages);
    },
    async offer(messages) {
      waiting.push(...messages);
      return { taken: messages.length, error: null };
    },
    async drain(handler) {
      for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
        const attributes = { MessageGroupId: messageGroupOf(message.integration) };
        await handler({ Records: [{ body: JSON.stringify(message), attributes }] });
      }
    },
  };
}
