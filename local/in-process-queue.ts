import { messageGroupOf } from '../functions/adapters/sqs/queue.ts';
import type { PollMessage } from '../functions/contract/messages.ts';
import type { BulkQueue } from '../functions/core/ports.ts';

/** The used part of an SQS event with one message. */
export type InProcessEvent = { Records: { body: string; attributes: { MessageGroupId: string } }[] };

export type InProcessQueue = BulkQueue & {
  /** Passes the messages to a handler as SQS does, one at a time, until none is left, including those sent meanwhile. */
  drain(handler: (event: InProcessEvent) => Promise<void>): Promise<void>;
};

/**
 * The poll queue of one machine. Its messages are lost with the process; the next dispatch sends them again. Delayed messages
 * are dropped, since the next dispatch sends those too.
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
