import product from '../../../package.json' with { type: 'json' };
import { ADDRESS_RULE, isAddress, KOMBO_HOSTS } from '../../contract/environment.ts';
import { DeploymentError, IntegrationError } from '../../core/errors.ts';
import { readWhole } from '../../core/read-whole.ts';
import { createRateLimit } from './rate-limit.ts';
import { dataOf, type Envelope } from './response.ts';
import { type Limits, type RetryBudget, withRetries } from './with-retries.ts';

const EXAMPLE = `give the full URL, with its path /v1, such as ${KOMBO_HOSTS.us}`;

/** The `User-Agent` of each request, so that Kombo's support can find our requests. */
const USER_AGENT = `${product.name}/${product.version}`;

export type KomboClient = Limits & {
  /** Makes one attempt, and reads the response body to its end. */
  get(request: KomboRequest, signal: AbortSignal): Promise<{ response: Response; body: string }>;
};

type KomboRequest = {
  /** The path below the base URL, such as `/check-api-key`. */
  path: string;
  /** The value of the header `X-Integration-Id`. */
  integration?: string;
  query?: Record<string, string | number>;
};

export function komboClient(options: {
  baseUrl: string;
  apiKey: () => Promise<string>;
  retryBudget: RetryBudget;
  fetch: typeof globalThis.fetch;
}): KomboClient {
  const { href, host } = checkUrl(options.baseUrl);
  const baseUrl = href.replace(/\/+$/, '');
  const limit = createRateLimit();
  return {
    host,
    retryBudget: options.retryBudget,
    limit,
    async get({ path, integration, query = {} }, signal) {
      const parameters = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
      const url = `${baseUrl}${path}${parameters.length > 0 ? '?' : ''}${parameters.join('&')}`;
      const headers = {
        Authorization: `Bearer ${checkKey(await options.apiKey())}`,
        'User-Agent': USER_AGENT,
        ...(integration !== undefined && { 'X-Integration-Id': checkId(integration) }),
      };
      // Redirections are not followed: `fetch` does not send the key to another host, so the response would
      // look as if Kombo had refused the key.
      const response = await options.fetch(new Request(url, { headers, signal, redirect: 'manual' }));
      limit.observe(response);
      return { response, body: await textOf(response, host) };
    },
  };
}

/**
 * Makes a request, and retries it within the budget. `result` converts the response's `data`, and may throw a
 * TransientError.
 *
 * @throws the errors of `core/errors.ts`; the signal's reason if the signal is aborted
 */
export function read<Data, Result>(
  client: KomboClient,
  request: KomboRequest,
  envelope: Envelope<Data>,
  result: (data: Data, response: Response) => Result,
  signal?: AbortSignal,
): Promise<Result> {
  const context = { host: client.host, withCursor: request.query?.['cursor'] !== undefined };
  const attempt = async (attemptSignal: AbortSignal) => {
    const { response, body } = await client.get(request, attemptSignal);
    return result(dataOf(envelope, response, body, context), response);
  };
  return withRetries(attempt, client, signal);
}

/**
 * The maximum number of values in a body: lists within lists take 100 bytes of memory each, and the functions
 * have 512 MB. A page has 250 records, so 8,000 for each record.
 */
const MOST_VALUES = 2_000_000;

/** Throws an IntegrationError for a body that is too large, because a retry would get the same body. */
async function textOf({ body }: Response, host: string): Promise<string> {
  if (body === null) return '';
  const tooLarge = (what: string) =>
    new IntegrationError(
      `${host} sent a response of more than ${what}: check which server responds there, and report it to Kombo`,
    );
  const bytes = await readWhole(body, () => tooLarge('64 MB'));
  if (bytes.length > MOST_VALUES && countValues(bytes) > MOST_VALUES) throw tooLarge('2 million values');
  return new TextDecoder().decode(bytes);
}

/** Returns an upper bound of the number of values in JSON: its commas, and the beginnings of lists and objects. */
function countValues(json: Uint8Array): number {
  let values = 1;
  for (const byte of json) if (byte === 0x2c || byte === 0x5b || byte === 0x7b) values += 1;
  return values;
}

function checkUrl(text: string): URL {
  if (!isAddress(text)) throw new DeploymentError(`KOMBO_BASE_URL ${ADDRESS_RULE}: ${EXAMPLE}`);
  const url = new URL(text);
  if (`${url.search}${url.hash}` === '') return url;
  throw new DeploymentError(`KOMBO_BASE_URL has a query or a fragment: ${EXAMPLE}`);
}

/** Throws a DeploymentError for a key that no header can contain: the error of `fetch` would quote it. */
function checkKey(key: string): string {
  const trimmed = key.trim();
  if (/^[\x21-\x7e]+$/.test(trimmed)) return trimmed;
  throw new DeploymentError('the Kombo API key is empty or contains an invalid character: check it');
}

function checkId(integration: string): string {
  if (/^[\x21-\x7e]+$/.test(integration)) return integration;
  throw new IntegrationError(
    'the integration id contains an invalid character (a space, a control character or a letter outside ASCII): check it',
  );
}
