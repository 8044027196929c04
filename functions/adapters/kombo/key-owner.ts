import * as z from 'zod/mini';
import { readAnswer, servedAt, successOf } from './answer.ts';
import { answerOf, type KomboClient } from './client.ts';
import { withRetries } from './request.ts';

const OwnerAnswer = successOf(z.object({ environment_id: z.string().check(z.regex(/^[\w-]{1,100}$/)) }));

export type KeyOwner = {
  /** Kombo's id of the environment that the key belongs to. */
  environment: string;
  /** Kombo's clock when it answered: the `Date` header, a whole second. */
  servedAt: string;
};

/**
 * Whose the API key is.
 *
 * @throws the errors of `core/errors.ts`; an AccessRefusedError when Kombo refuses the key
 */
export function readKeyOwner(client: KomboClient): Promise<KeyOwner> {
  const { host } = client;
  return withRetries(async (signal) => {
    const answer = await client.http.GET('/check-api-key', await client.request(signal));
    const owner = readAnswer(OwnerAnswer, answerOf(answer), { host, withCursor: false });
    return { environment: owner.environment_id, servedAt: servedAt(answer.response, host) };
  }, client);
}
