import fc from 'fast-check';
import { expect, test } from 'vitest';
import { certificatePattern } from '../../../consumers/certificates/certificate-rule.ts';
import type { CertificatePolicy } from '../../../consumers/certificates/handle-event.ts';
import { matchesPattern } from '../../../local/rules/match-pattern.ts';
import { CertificateDesk } from './certificate-desk.ts';
import { checkCertificates } from './check-certificates.ts';
import { randomHistory } from './random-history.ts';
import { delivered } from './some-history.ts';

/** The number of histories. `npm run test:certificates` runs 10,000. */
const HISTORIES = Number(process.env['HISTORIES'] ?? 300);
const WORKERS = 3;
/** The AWS account of the delivered example events. */
const ACCOUNT = '123456789012';
const MOST_STEPS = 100_000;

const policies: fc.Arbitrary<CertificatePolicy> = fc.record({
  revoke: fc.boolean(),
  onErasure: fc.constantFrom('keep', 'delete'),
});

/** How an event is delivered: the number of copies, their order, and which copies are replays. */
const deliveries = fc.array(fc.record({ order: fc.nat(999), isReplay: fc.boolean() }), {
  minLength: 1,
  maxLength: 3,
});

/**
 * Three workers handle the messages of one progression at the same time, with their steps in any order. Some
 * steps fail before or after they take effect, and a failed message is delivered again later.
 */
test('after any history of a progression, with concurrent workers that crash, the valid certificates are those that its completions require', async () => {
  await fc.assert(
    fc.asyncProperty(
      randomHistory,
      policies,
      // Whether the rule of the stack delivers the events. Otherwise all events are delivered, as by a rule
      // that an operator may have created.
      fc.boolean(),
      fc.array(deliveries, { minLength: 40, maxLength: 40 }),
      fc.array(fc.nat(60), { maxLength: 6 }),
      fc.infiniteStream(fc.nat(2 * WORKERS)),
      async (history, policy, isByRule, copies, failures, turns) => {
        const pattern = certificatePattern({ ...policy, account: ACCOUNT });
        const queue = history
          .flatMap((event, at) => (copies[at] ?? []).map((copy) => ({ event, ...copy })))
          .toSorted((a, b) => a.order - b.order)
          .map(({ event, isReplay }) => delivered(event, isReplay && event.detail.journal !== null))
          .filter((event) => !isByRule || matchesPattern(pattern, event));
        const desk = new CertificateDesk({ firstName: 'Canary', lastName: 'Bird', email: null }, policy);
        await play(desk, queue, failures, turns);
        checkCertificates(desk, history, policy);
      },
    ),
    { numRuns: HISTORIES },
  );
}, 600_000);

async function play(
  desk: CertificateDesk,
  queue: object[],
  failures: number[],
  turns: Iterator<number>,
): Promise<void> {
  const waiting: (() => void)[] = [];
  let steps = 0;
  const mayFail = () => {
    steps += 1;
    if (steps > MOST_STEPS) throw new Error('the workers never end');
    if (failures.includes(steps)) throw new Error('a worker crashes');
  };
  desk.interference = {
    async before() {
      await new Promise<void>((resolve) => waiting.push(resolve));
      mayFail();
    },
    after: mayFail,
  };
  let busy = 0;
  const work = async () => {
    for (let event = queue.shift(); event !== undefined; event = queue.shift()) {
      await desk.take(event).catch((error: unknown) => {
        if (!(error instanceof Error) || error.message !== 'a worker crashes') throw error;
        queue.push(Object(event));
      });
    }
  };
  const workers = Array.from({ length: WORKERS }, async () => {
    busy += 1;
    try {
      await work();
    } finally {
      busy -= 1;
    }
  });
  while (busy > 0) {
    // Usually the last worker in the list continues, so that another worker waits in the middle of its work.
    const [next] = waiting.splice(Math.min(turns.next().value ?? 0, waiting.length - 1), 1);
    next?.();
    // Lets the worker run until its next step.
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(workers);
  expect(queue).toEqual([]);
}
