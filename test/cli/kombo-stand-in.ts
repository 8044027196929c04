import { once } from 'node:events';
import { createServer } from 'node:http';

/** One course progression as the reference describes it, as far as a test sets it. */
export type StandInRecord = {
  id: string;
  status: string | null;
  enrolledAt: string | null;
  completedAt?: string | null;
  removedAt?: string | null;
};

export type StandIn = {
  variables: { KOMBO_BASE_URL: string; KOMBO_API_KEY: string };
  integration: string;
  /** Kombo's clock: the `Date` of answers and the `changed_at` of records. */
  now: number;
  put(record: StandInRecord): void;
  /** A record as it is given out, schema or not. */
  putRaw(id: string, raw: object): void;
  records(): StandInRecord[];
  /** The query strings of the pages asked for. */
  readonly queries: string[];
  /** Called when a page is asked for. */
  onPage: () => void;
  /** Answers every request with this status and body; null: with the records again. */
  answerWith: { status: number; body: string } | null;
  close(): Promise<void>;
};

const KEY = 'key-of-the-test';

/** A server that speaks the reference, written for the tests alone: nothing of the project is behind it. */
export async function startStandIn(pageSize = 250): Promise<StandIn> {
  const integration = 'moodle:StandIn1';
  const known = new Map<string, { record: StandInRecord | null; changedAt: number; raw: object }>();
  const queries: string[] = [];

  const page = (query: URLSearchParams): object => {
    const since = Date.parse(query.get('updated_after') ?? '1970-01-01T00:00:00Z');
    const ids = query.get('ids')?.split(',');
    const found = [...known]
      .filter(([id, { changedAt }]) => changedAt > since && (ids?.includes(id) ?? true))
      .map(([, { raw }]) => raw);
    const start = Number(query.get('cursor')?.replace('place-', '') ?? 0);
    const end = start + Math.min(pageSize, Number(query.get('page_size') ?? 100));
    return { next: end < found.length ? `place-${end}` : null, results: found.slice(start, end) };
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    const send = (status: number, body: string) => {
      response.writeHead(status, {
        'content-type': 'application/json',
        date: new Date(standIn.now).toUTCString(),
      });
      response.end(body);
    };
    const fail = (status: number, code: string) =>
      send(
        status,
        JSON.stringify({
          status: 'error',
          error: { code, title: null, message: code, log_url: 'https://kombo.test/1' },
        }),
      );
    if (standIn.answerWith !== null) return send(standIn.answerWith.status, standIn.answerWith.body);
    if (request.headers.authorization !== `Bearer ${KEY}`)
      return fail(401, 'PLATFORM.AUTHENTICATION_INVALID');
    if (url.pathname === '/v1/check-api-key') {
      const owner = { environment_id: 'stand-in', customer_id: 'stand-in' };
      return send(200, JSON.stringify({ status: 'success', data: owner }));
    }
    if (url.pathname === `/v1/integrations/${encodeURIComponent(integration)}`) {
      return send(
        200,
        JSON.stringify({ status: 'success', data: { id: integration, data_expired_at: null } }),
      );
    }
    if (request.headers['x-integration-id'] !== integration)
      return fail(404, 'PLATFORM.INTEGRATION_NOT_FOUND');
    queries.push(url.search);
    standIn.onPage();
    send(200, JSON.stringify({ status: 'success', data: page(url.searchParams) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const standIn: StandIn = {
    variables: { KOMBO_BASE_URL: `http://127.0.0.1:${port}/v1`, KOMBO_API_KEY: KEY },
    integration,
    now: Date.parse('2026-03-02T09:00:00Z'),
    put(record) {
      const raw = rawRecord(record, new Date(standIn.now).toISOString());
      known.set(record.id, { record, changedAt: standIn.now, raw });
    },
    putRaw(id, raw) {
      known.set(id, { record: null, changedAt: standIn.now, raw });
    },
    records: () => [...known.values()].flatMap(({ record }) => record ?? []),
    queries,
    onPage: () => {},
    answerWith: null,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return standIn;
}

function rawRecord(
  { id, status, enrolledAt, completedAt, removedAt }: StandInRecord,
  changedAt: string,
): object {
  return {
    id,
    remote_id: `remote-${id}`,
    user_id: `user-of-${id}`,
    course_revision_id: 'revision-1',
    status,
    enrolled_at: enrolledAt,
    completed_at: completedAt ?? null,
    changed_at: changedAt,
    remote_deleted_at: removedAt ?? null,
    remote_data: { anything: true },
    user: {
      id: `user-of-${id}`,
      remote_id: `remote-user-of-${id}`,
      first_name: 'Wilhelmine',
      last_name: 'Testperson',
      work_email: 'wilhelmine@example.com',
    },
    course_revision: {
      id: 'revision-1',
      remote_id: 'remote-revision-1',
      title: 'Working at height',
      course: { id: 'course-1', remote_id: 'remote-course-1' },
    },
  };
}
