import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context } from 'aws-lambda';

/**
 * Handles each event once, however often it is delivered: delivery is at least once, and a replay sends again what was
 * handled. By `detail.id`, which is the same each time; EventBridge's own `id` is not. A handling that fails is tried
 * again with the next delivery.
 *
 * What the handling returns is not kept: the persistence would hold personal data.
 *
 * @param options.persistenceStore Powertools' `DynamoDBPersistenceLayer`, for one
 * @param options.expiresAfterSeconds an hour by default, as in Powertools. A replay that comes later is handled again
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
