import createClient, { type Client } from 'openapi-fetch';
import product from '../../../package.json' with { type: 'json' };
import { ADDRESS_RULE, isAddress, KOMBO_HOSTS } from '../../contract/environment.ts';
import { DeploymentError, IntegrationError } from '../../core/errors.ts';
import { readWhole } from '../../core/read-whole.ts';
import type { Answer } from './answer.ts';
import type { paths } from './generated/api.d.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import type { RetryBudget } from './request.ts';

const EXAMPLE = `give it whole and with its /v1, such as ${KOMBO_HOSTS.us}`;

/** So that Kombo's support can find our requests. */
const USER_AGENT = `${product.name}/${product.version}`;

/** Kombo's API over HTTP: what the reads of single resources are made with. */
export type KomboClient = {
  http: Client<paths>;
  /** Named in errors. */
  host: string;
  patience: RetryBudget;
  limit: RateLimit;
  /** What every request is made with. */
  request(signal: AbortSignal): Promise<{
    headers: { Authorization: string; 'User-Agent': string };
    parseAs: 'text';
    signal: AbortSignal;
  }>;
};

/**
 * @param options.baseUrl with its `/v1`
 * @param options.apiKey asked before each attempt
 * @throws DeploymentError when the base URL is none
 */
export function komboClient(options: {
  baseUrl: string;
  apiKey: () => Promise<string>;
  patience: RetryBudget;
  fetch: typeof globalThis.fetch;
}): KomboClient {
  const { href, host } = checkUrl(options.baseUrl);
  const baseUrl = href.replace(/\/+$/, '');
  const limit = createRateLimit();
  const fetch = async (request: Request) => {
    const response = await options.fetch(request);
    limit.observe(response);
    return Object.assign(response, { text: () => textOf(response, host) });
  };
  return {
    // A redirection would lose the key at another host, and look like a key that is refused.
    http: createClient<paths>({ baseUrl, redirect: 'manual', fetch }),
    host,
    patience: options.patience,
    limit,
    request: async (signal) => ({
      headers: {
        Authorization: `Bearer ${checkKey(await options.apiKey())}`,
        'User-Agent': USER_AGENT,
      },
      parseAs: 'text',
      signal,
    }),
  };
}

/** Reads a body, and gives it up where it is too long: it is not asked for again at once, as it would be after other failures. */
async function textOf({ body }: Response, host: string): Promise<string> {
  if (body === null) return '';
  const tooLong = () =>
    new IntegrationError(
      `${host} answered with more than 64 MB: check what is between, and report it to Kombo`,
    );
  return new TextDecoder().decode(await readWhole(body, tooLong));
}

/** The body of an answer: a success as text; of a failure, the client has parsed what is JSON. */
export function answerOf(answer: { data?: unknown; error?: unknown; response: Response }): Answer {
  return { response: answer.response, body: answer.data ?? answer.error ?? '' };
}

function checkUrl(text: string): URL {
  if (!isAddress(text)) throw new DeploymentError(`KOMBO_BASE_URL ${ADDRESS_RULE}: ${EXAMPLE}`);
  const url = new URL(text);
  if (`${url.search}${url.hash}` === '') return url;
  throw new DeploymentError(`KOMBO_BASE_URL has a query or a fragment: ${EXAMPLE}`);
}

/** A key that no header can hold makes `fetch` quote it in an error. */
function checkKey(key: string): string {
  const trimmed = key.trim();
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw new DeploymentError('the Kombo API key is empty or has a character that no key has: check it');
}
