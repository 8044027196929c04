import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context } from 'aws-lambda';

/**
 * Returns a handler that handles each event once, although EventBridge delivers at least once and a replay
 * sends handled events again. It recognises an event by `detail.id`: EventBridge's own `id` is different in
 * each delivery. If the handler fails, the next delivery calls it again.
 *
 * Two handlers of one Lambda function for the same events need two tables: with one table, the second handler
 * skips every event that the first has handled.
 *
 * The handler must return nothing: the persistence layer would store a result, which could contain personal
 * data.
 *
 * @param options.persistenceStore such as Powertools' `DynamoDBPersistenceLayer`
 * @param options.expiresAfterSeconds how long an event is remembered: one hour by default, as in Powertools.
 *   An event that is delivered again later is handled again
 */
export function oncePerEvent<Event extends { detail: { id: string } }>(
  handle: (event: Event) => Promise<void>,
  options: { persistenceStore: BasePersistenceLayer; expiresAfterSeconds?: number },
): (event: Event, context?: Context) => Promise<void> {
  const { persistenceStore, expiresAfterSeconds } = options;
  const config = new IdempotencyConfig({
    ...(expiresAfterSeconds !== undefined && { expiresAfterSeconds }),
    throwOnNoIdempotencyKey: true,
  });
  const once = makeIdempotent(async (_id: string, run: () => Promise<void>) => run(), {
    persistenceStore,
    config,
  });
  return async (event, context) => {
    if (context !== undefined) config.registerLambdaContext(context);
    await once(event.detail.id, () => handle(event));
  };
}
