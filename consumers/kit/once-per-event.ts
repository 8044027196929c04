import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context } from 'aws-lambda';

/**
 * Handles each event once, although delivery is at least once and a replay sends handled events again. Events are recognised
 * by `detail.id`, which is the same each time; EventBridge's own `id` is not. When the handler fails, the next delivery
 * calls it again.
 *
 * The handler returns nothing, because the persistence layer would store it, and it could be personal data.
 *
 * @param options.persistenceStore such as Powertools' `DynamoDBPersistenceLayer`
 * @param options.expiresAfterSeconds an hour by default, as in Powertools. A replay after that is handled again
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
