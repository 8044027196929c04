import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { DynamoDbCalls } from '../../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { DeploymentError, IntegrationError, TransientError } from '../../../functions/core/errors.ts';
import { useEngine } from './engine.ts';
import { someChange, someEntry, someIntegration, someState } from './some-items.ts';

const engine = useEngine();

type Batch = Parameters<DynamoDbCalls['batchExecuteStatement']>[0];
type Code =
  | 'AccessDenied'
  | 'ResourceNotFound'
  | 'ValidationError'
  | 'ThrottlingError'
  | 'InternalServerError';

const ids = (count: number) => Array.from({ length: count }, (_, index) => `p${index}`);
const firstSightings = (names: string[]) =>
  names.map((id) => someChange({ previous: null, state: someState({ id }) }));

/**
 * Creates a client whose statements may fail, before or after they take effect. `sent` has the number of
 * statements of each request.
 */
function failing(outcomeOf: () => 'done' | { code: Code; tookEffect: boolean }) {
  const calls = engine.calls();
  const sent: number[] = [];
  return {
    sent,
    calls: {
      ...calls,
      async batchExecuteStatement({ Statements = [] }: Batch) {
        sent.push(Statements.length);
        const Responses = [];
        for (const statement of Statements) {
          const outcome = outcomeOf();
          const isSent = outcome === 'done' || outcome.tookEffect;
          const real = isSent ? await calls.batchExecuteStatement({ Statements: [statement] }) : undefined;
          Responses.push(
            outcome === 'done' ? (real?.Responses?.[0] ?? {}) : { Error: { Code: outcome.code } },
          );
        }
        return { Responses, $metadata: {} };
      },
    },
  };
}

function withoutWaiting() {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
}

async function applied(
  calls: DynamoDbCalls,
  entry: Parameters<ReturnType<typeof engine.store>['applyEntry']>[0],
) {
  const applying = engine.store(calls).applyEntry(entry);
  const outcome = applying.then(
    () => null,
    (error: unknown) => error,
  );
  let isOver = false;
  void outcome.then(() => {
    isOver = true;
  });
  while (!isOver) {
    await vi.advanceTimersByTimeAsync(10_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return outcome;
}

test('a journal entry with 200 new progressions is applied with 8 DynamoDB requests of 25 statements', async () => {
  const { calls, sent } = failing(() => 'done');
  const integration = someIntegration();

  await engine.store(calls).applyEntry(someEntry({ integration, changes: firstSightings(ids(200)) }));

  expect(sent).toEqual(Array.from({ length: 8 }, () => 25));
  expect((await engine.store().readKnown(integration, ids(200))).size).toBe(200);
});

test('when DynamoDB throttles some statements of a batch request, only these statements are sent again', async () => {
  withoutWaiting();
  let turn = 0;
  const { calls, sent } = failing(() => {
    turn += 1;
    return turn === 3 || turn === 7 ? { code: 'ThrottlingError', tookEffect: false } : 'done';
  });
  const integration = someIntegration();

  const error = await applied(calls, someEntry({ integration, changes: firstSightings(ids(20)) }));

  expect(error).toBeNull();
  expect(sent).toEqual([20, 2]);
  expect((await engine.store().readKnown(integration, ids(20))).size).toBe(20);
});

test('after random failures and retries of statements, each progression has the state of its latest journal entry', async () => {
  withoutWaiting();
  const outcome = fc.oneof(
    { arbitrary: fc.constant('done' as const), weight: 3 },
    fc.record({
      code: fc.constantFrom('ThrottlingError' as const, 'InternalServerError' as const),
      tookEffect: fc.boolean(),
    }),
  );
  const row = fc.record({
    stored: fc.option(fc.integer({ min: 1, max: 9 })),
    isKnown: fc.boolean(),
    outcomes: fc.array(outcome, { maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 60 }), async (rows) => {
      const integration = someIntegration();
      for (const [index, { stored }] of rows.entries()) {
        if (stored === null) continue;
        const state = someState({ id: `p${index}`, remoteId: `entry ${stored}` });
        const changes = [someChange({ previous: null, state })];
        await engine.store().applyEntry(someEntry({ integration, number: stored, changes }));
      }
      const outcomes = rows.flatMap((each) => each.outcomes);
      const { calls } = failing(() => outcomes.shift() ?? 'done');
      const changes = rows.map(({ isKnown }, index) => {
        const state = someState({ id: `p${index}`, remoteId: 'entry 5' });
        return someChange({ state, previous: isKnown ? someState({ id: `p${index}` }) : null });
      });

      const error = await applied(calls, someEntry({ integration, number: 5, changes }));

      expect(error).toBeNull();
      const known = await engine.store().readKnown(integration, ids(rows.length));
      for (const [index, { stored }] of rows.entries()) {
        const entry = Math.max(stored ?? 0, 5);
        expect(known.get(`p${index}`)).toMatchObject({ entry, state: { remoteId: `entry ${entry}` } });
      }
    }),
    { numRuns: 30 },
  );
});

test('applying a journal entry throws a transient error when its statements are throttled in each of seven attempts', async () => {
  withoutWaiting();
  const { calls, sent } = failing(() => ({ code: 'ThrottlingError', tookEffect: false }));

  const error = await applied(
    calls,
    someEntry({ integration: someIntegration(), changes: firstSightings(ids(3)) }),
  );

  expect(error).toBeInstanceOf(TransientError);
  expect(error).toHaveProperty(
    'message',
    'DynamoDB did not write 3 progressions: table schoolbell is throttled',
  );
  expect(sent).toEqual([3, 3, 3, 3, 3, 3, 3]);
});

test.each([
  ['AccessDenied', DeploymentError],
  ['ResourceNotFound', DeploymentError],
  ['ValidationError', IntegrationError],
] as const)(
  'when a statement of a journal entry fails with %s, an error of the class %o is thrown without a retry',
  async (code, expected) => {
    const { calls, sent } = failing(() => ({ code, tookEffect: false }));
    const entry = someEntry({ integration: someIntegration(), changes: firstSightings(['p1']) });

    await expect(engine.store(calls).applyEntry(entry)).rejects.toThrow(expected);

    expect(sent).toEqual([1]);
  },
);

test("when DynamoDB's response has no result for a statement, the statement is sent again, and fails after seven attempts", async () => {
  withoutWaiting();
  let requests = 0;
  const calls = {
    ...engine.calls(),
    async batchExecuteStatement() {
      requests += 1;
      return { $metadata: {} };
    },
  };

  const error = await applied(
    calls,
    someEntry({ integration: someIntegration(), changes: firstSightings(['p1']) }),
  );

  expect(error).toBeInstanceOf(TransientError);
  expect(requests).toBe(7);
});
