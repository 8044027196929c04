import * as z from 'zod/mini';
import { IntegrationId } from '../../functions/contract/integration.ts';
import { startBus } from '../../local/bus/bus.ts';
import { Fault } from '../../local/sandbox/fault.ts';
import { steppedClock } from '../../local/sandbox/sandbox-clock.ts';
import { startSandbox } from '../../local/sandbox/server.ts';
import { syntheticRecords } from '../../local/sandbox/synthetic-records.ts';
import { CREATED_AT, KEY, type Services } from './services.ts';

/** The schools that the sandbox serves, and how long each answer takes. */
const Task = z.object({
  integrations: z.array(z.object({ id: IntegrationId, count: z.int() })),
  answerMs: z.number(),
});
export type KomboTask = z.infer<typeof Task>;

/** What it receives while it runs. It answers each with what was counted until then. */
const Order = z.union([
  /** Every so-maniest record of an integration changes now; an hour passes. */
  z.object({ change: IntegrationId, every: z.int().check(z.positive()) }),
  z.object({ fault: Fault }),
  z.object({ count: z.literal(true) }),
]);
export type KomboOrder = z.input<typeof Order>;

/** Since the process began. */
export const Counted = z.object({ requests: z.int(), events: z.int() });
export type Counted = z.infer<typeof Counted>;

const HOUR_MS = 60 * 60 * 1000;

if (import.meta.main) {
  const task = Task.parse(JSON.parse(process.argv[2] ?? ''));
  const clock = steppedClock(CREATED_AT + HOUR_MS);
  const schools = new Map(
    task.integrations.map(({ id, count }) => [
      id,
      syntheticRecords({ integration: id, count, createdAt: CREATED_AT }),
    ]),
  );
  let events = 0;
  const countEvent = () => {
    events += 1;
  };
  const bus = await startBus({ onEvent: countEvent });
  const sandbox = await startSandbox({
    apiKey: KEY,
    clock,
    integrations: [...schools].map(([id, records]) => ({ id, records })),
  });
  sandbox.control.setAnswerDelay(task.answerMs);

  process.on('message', (message) => {
    const order = Order.parse(message);
    if ('change' in order) {
      clock.advance(HOUR_MS);
      schools.get(order.change)?.change(order.every, clock.now());
    }
    if ('fault' in order) sandbox.control.inject(order.fault);
    process.send?.({ requests: sandbox.control.requests(), events } satisfies Counted);
  });
  process.send?.({ kombo: sandbox.url, bus: bus.endpoint } satisfies Pick<Services, 'kombo' | 'bus'>);
}
