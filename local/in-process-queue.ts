import type { PollMessage } from '../functions/contract/poll-message.ts';
import type { Queue } from '../functions/core/ports.ts';

export type InProcessQueue = Queue & {
  /** Hands the messages to a handler as SQS would, one at a time, until none is left, those sent meanwhile included. */
  drain(handler: (event: { Records: { body: string }[] }) => Promise<void>): Promise<void>;
};

/** The poll queue of one machine. What is in it is gone with the process; the next dispatch sends it again. */
export function createInProcessQueue(): InProcessQueue {
  const waiting: PollMessage[] = [];
  return {
    async send(messages) {
      waiting.push(...messages);
    },
    async drain(handler) {
      for (let message = waiting.shift(); message !== undefined; message = waiting.shift()) {
        await handler({ Records: [{ body: JSON.stringify(message) }] });
      }
    },
  };
}
