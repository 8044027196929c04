import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { komboClient } from '../../../functions/adapters/kombo/client.ts';
import { readCourseProgressions } from '../../../functions/adapters/kombo/course-progressions.ts';
import { createKombo } from '../../../functions/adapters/kombo/kombo.ts';
import { KOMBO_HOSTS } from '../../../functions/contract/environment.ts';
import { AccessRefusedError, DeploymentError, IntegrationError } from '../../../functions/core/errors.ts';
import product from '../../../package.json' with { type: 'json' };
import { firstPage, komboAt, ONCE, thrownBy } from './kombo-at.ts';
import {
  API_KEY,
  INTEGRATION,
  page,
  type ScriptedKombo,
  send,
  startScriptedKombo,
} from './scripted-kombo.ts';

const EVERYTHING = { integration: INTEGRATION, updatedAfter: null, cursor: null };

let server: ScriptedKombo;

beforeEach(async () => {
  server = await startScriptedKombo();
});
afterEach(() => server.stop());

describe('the requests of the client', () => {
  test('the first page is requested from Kombo with deleted records, the page size 250 and no other filter', async () => {
    await firstPage(komboAt(server));

    expect(server.asked[0]?.path).toBe('/v1/lms/course-progressions');
    expect(server.asked[0]?.query).toEqual({ page_size: '250', include_deleted: 'true' });
  });

  test("a page is requested from Kombo with headers for the integration, the API key and the product's version", async () => {
    await firstPage(komboAt(server));

    expect(server.asked[0]?.headers).toMatchObject({
      'x-integration-id': INTEGRATION,
      authorization: `Bearer ${API_KEY}`,
      'user-agent': `${product.name}/${product.version}`,
    });
  });

  test('a page can be requested for given learners, and Kombo is asked to ignore the filter if the platform does not support it', async () => {
    await komboAt(server).readPage({ ...EVERYTHING, users: ['u1', 'u2'] });

    expect(server.asked[0]?.query).toMatchObject({
      user_ids: 'u1,u2',
      ignore_unsupported_filters: 'true',
      include_deleted: 'true',
    });
  });

  test('a page is requested without the ids of learners when the ids do not fit into a URL', async () => {
    const users = Array.from({ length: 500 }, (_, number) => `learner-${number}`);

    await komboAt(server).readPage({ ...EVERYTHING, users });

    expect(server.asked[0]?.query).toEqual({ page_size: '250', include_deleted: 'true' });
  });

  test('the timestamp and the cursor in the URL of a request for a page are encoded, whatever characters they contain', async () => {
    const cursor = 'eyJh+/=&?#% ü\u2028';
    const updatedAfter = '2026-03-01T09:30:00.000Z';

    await komboAt(server).readPage({ integration: INTEGRATION, updatedAfter, cursor });

    expect(server.asked[0]?.query).toMatchObject({ updated_after: updatedAfter, cursor });
  });

  test("a page can be requested with any parameter that Kombo's endpoint of course progressions has", async () => {
    const query = {
      cursor: 'c',
      page_size: 7,
      updated_after: '2026-03-01T09:30:00.000Z',
      include_deleted: 'false',
      ignore_unsupported_filters: 'true',
      ids: 'a,b',
      remote_ids: 'r 1,r&2',
      user_ids: 'u1,u2',
    } as const;
    const client = komboClient({ ...server, apiKey: async () => API_KEY, retryBudget: ONCE, fetch });

    await readCourseProgressions(client, INTEGRATION, query);

    expect(server.asked[0]?.query).toEqual({ ...query, page_size: '7' });
  });

  test('the API key is read before each request, because it may change between two requests', async () => {
    const keys = ['old', ' new\n'];
    const kombo = komboAt(server, ONCE, async () => keys.shift() ?? '');

    await firstPage(kombo);
    await firstPage(kombo);

    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer old', 'Bearer new']);
  });
});

describe('the base URL', () => {
  test.each([
    ['of the EU', KOMBO_HOSTS.eu, 'https://api.kombo.dev/v1/lms/course-progressions'],
    ['of the US', KOMBO_HOSTS.us, 'https://api.us.kombo.dev/v1/lms/course-progressions'],
    ['of any other server', 'http://localhost:4010/v1', 'http://localhost:4010/v1/lms/course-progressions'],
    [
      'with slashes at its end',
      'http://localhost:4010/v1//',
      'http://localhost:4010/v1/lms/course-progressions',
    ],
    ['with a longer path', 'https://proxy/eu/v1', 'https://proxy/eu/v1/lms/course-progressions'],
  ])('the Kombo client adds the path of the request to the base URL %s', async (_, baseUrl, expected) => {
    const asked: string[] = [];
    const kombo = createKombo({
      baseUrl,
      apiKey: async () => API_KEY,
      fetch: async (input) => {
        asked.push(new Request(input).url.split('?')[0] ?? '');
        const body = { status: 'success', data: { next: null, results: [] } };
        return Response.json(body, { headers: { date: new Date().toUTCString() } });
      },
    });

    await firstPage(kombo);

    expect(asked).toEqual([expected]);
  });

  test.each([
    'kombo',
    'ftp://kombo/v1',
    'http://kombo/v1',
    'http://localhost.example.com/v1',
    'https://ada:secret@kombo/v1',
    'http://ada:secret@localhost/v1',
    'https://kombo/v1?key=secret',
  ])(
    'the base URL %s is refused, and the error names KOMBO_BASE_URL and contains no secret of the URL',
    async (baseUrl) => {
      const error = await thrownBy(async () => komboAt({ baseUrl }));

      expect(error).toBeInstanceOf(DeploymentError);
      expect(String(error)).toMatch(/KOMBO_BASE_URL/);
      expect(String(error)).not.toMatch(/secret/);
    },
  );
});

describe('a request that is refused before it is sent', () => {
  test.each(['', '  ', 'two words', 'kéy', 'k\u2028y'])(
    'the API key "%s" is refused before a request is sent, because no header can contain it',
    async (key) => {
      const error = await thrownBy(() => firstPage(komboAt(server, ONCE, async () => key)));

      expect(error).toBeInstanceOf(DeploymentError);
      expect(String(error)).toMatch(/API key/);
      expect(server.asked).toEqual([]);
    },
  );

  test('an integration id that no header can contain is refused before a request is sent', async () => {
    const error = await thrownBy(() =>
      komboAt(server).readPage({ integration: 'moodle:\u2665', updatedAfter: null, cursor: null }),
    );

    expect(error).toBeInstanceOf(IntegrationError);
    expect(server.asked).toEqual([]);
  });

  test("a redirection by Kombo's host is not followed, and the error says to check KOMBO_BASE_URL", async () => {
    const other = await startScriptedKombo();
    server.replies.push(send(308, '', { location: `${other.baseUrl}/lms/course-progressions` }), page([]));

    const error = await thrownBy(() => firstPage(komboAt(server)));

    expect(error).toBeInstanceOf(AccessRefusedError);
    expect(String(error)).toMatch(`${server.host} returned 308, a redirection: check KOMBO_BASE_URL`);
    expect(other.asked).toEqual([]);
    await other.stop();
  });
});
