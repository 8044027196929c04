import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { SchoolRecord } from '../support/school-model.ts';

/** A server that speaks Kombo's reference over records that may change between two pages. */
export type KomboServer = {
  /** Without the `/v1`. */
  origin: string;
  /** At most; a request may ask for less. */
  pageSize: number;
  /** How many of the next requests with a cursor are refused. */
  cursorsRefused: number;
  /** Called before a page is answered. */
  beforePage: (request: { updatedAfter: string | null; cursor: string | null }) => void;
  close(): Promise<void>;
};

export const KEY = 'key-of-the-test';
const LOG_URL = 'https://app.kombo.dev/test/logs/1';

type Answer = { status: number; body: object };

/**
 * @param options.now Kombo's clock, in milliseconds
 * @param options.records in the order in which pages show them
 */
export async function startKomboServer(options: {
  integration: string;
  now: () => number;
  records: () => SchoolRecord[];
}): Promise<KomboServer> {
  const { integration, now, records } = options;

  const page = (query: URLSearchParams): Answer => {
    const cursor = query.get('cursor');
    const updatedAfter = query.get('updated_after');
    if (cursor !== null && kombo.cursorsRefused > 0) {
      kombo.cursorsRefused -= 1;
      return failure(400, 'PLATFORM.INPUT_INVALID');
    }
    const ids = query.get('ids')?.split(',') ?? null;
    if (ids === null) kombo.beforePage({ updatedAfter, cursor });
    const since = updatedAfter === null ? Number.NEGATIVE_INFINITY : Date.parse(updatedAfter);
    const withRemoved = query.get('include_deleted') === 'true';
    const found = records().filter(
      ({ raw, updatedAt }) =>
        (ids === null ? updatedAt >= since : ids.includes(raw.id)) &&
        (withRemoved || (raw.remote_deleted_at === null && raw.remote_id !== null)),
    );
    const from = cursor === null ? 0 : Number(cursor.slice('at-'.length));
    const to = from + Math.min(kombo.pageSize, Number(query.get('page_size') ?? 100));
    return success({
      next: to < found.length ? `at-${to}` : null,
      results: found.slice(from, to).map(({ raw }) => raw),
    });
  };

  const answer = ({ url, headers, method }: IncomingMessage): Answer => {
    const { pathname, searchParams } = new URL(url ?? '/', 'http://kombo');
    if (headers.authorization !== `Bearer ${KEY}`) return failure(401, 'PLATFORM.AUTHENTICATION_INVALID');
    if (method === 'GET' && pathname === `/v1/integrations/${encodeURIComponent(integration)}`) {
      return success({ id: integration, category: 'LMS', status: 'ACTIVE', data_expired_at: null });
    }
    if (method !== 'GET' || pathname !== '/v1/lms/course-progressions') return failure(404, null);
    if (headers['x-integration-id'] !== integration) return failure(404, 'PLATFORM.INTEGRATION_NOT_FOUND');
    return page(searchParams);
  };

  const send = (response: ServerResponse, { status, body }: Answer) => {
    response.writeHead(status, { 'content-type': 'application/json', date: new Date(now()).toUTCString() });
    response.end(JSON.stringify(body));
  };
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) =>
    send(response, answer(request)),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const kombo: KomboServer = {
    origin: `http://127.0.0.1:${port}`,
    pageSize: 100,
    cursorsRefused: 0,
    beforePage: () => undefined,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return kombo;
}

function success(data: object): Answer {
  return { status: 200, body: { status: 'success', data, warnings: [] } };
}

function failure(status: number, code: string | null): Answer {
  const error = { code, title: null, message: 'A failure of the test', log_url: LOG_URL };
  return { status, body: { status: 'error', error } };
}
