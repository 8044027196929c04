import { messageGroupOf } from '../functions/adapters/sqs/queue.ts';
import type { PollMessage } from '../functions/contract/messages.ts';
import type { BulkQueue } from '../functions/core/ports.ts';

/** The part of an SQS event that the functions read, with one message. */
export type InProcessEvent = { Records: { body: string; attributes: { MessageGroupId: string } }[] };

export type InProcessQueue = BulkQueue & {
  /** Passes the messages to a handler, one at a time, also those that the handler sends in the meantime. */
  drain(handler: (event: InProcessEvent) => Promise<void>): Promise<void>;
};

/**
 * When the process ends, its messages are lost, and the next dispatch sends them again. Delayed messages are
 * dropped, because the next dispatch sends them too.
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
