import * as z from 'zod/mini';
import { readAnswer, successOf } from './answer.ts';
import { answerOf, type KomboClient } from './client.ts';
import { withRetries } from './request.ts';

const DetailsAnswer = successOf(
  z.object({
    data_expired_at: z.nullish(z.string()),
    category: z.nullish(z.string()),
    status: z.nullish(z.string()),
  }),
);

export type IntegrationDetails = {
  /** Since when the integration's data is not valid, or null. */
  dataExpiredAt: string | null;
  category: string | null;
  status: string | null;
};

/**
 * The integration's details.
 *
 * @throws the errors of `core/errors.ts`
 */
export function readIntegrationDetails(
  client: KomboClient,
  integration: string,
): Promise<IntegrationDetails> {
  const { host } = client;
  return withRetries(async (attemptSignal) => {
    const answer = await client.http.GET('/integrations/{integration_id}', {
      params: { path: { integration_id: integration } },
      ...(await client.request(attemptSignal)),
    });
    const details = readAnswer(DetailsAnswer, answerOf(answer), { host, withCursor: false });
    return {
      dataExpiredAt: details.data_expired_at ?? null,
      category: details.category ?? null,
      status: details.status ?? null,
    };
  }, client);
}
