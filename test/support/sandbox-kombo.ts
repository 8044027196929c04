import type { ProgressionRecord, RecordSource } from '../../local/sandbox/records.ts';
import { type Sandbox, type Sent, startSandbox } from '../../local/sandbox/server.ts';
import { fixedRecords } from './fixed-records.ts';

export const KEY = 'key-of-the-test';

/** The sandbox with the records of a test, and with settings for requests for pages. */
export type SandboxKombo = Pick<Sandbox, 'url' | 'control' | 'close'> & {
  /** The largest number of records on a page. */
  pageSize: number;
  /** How many of the next requests with a cursor are refused. */
  cursorsRefused: number;
  /**
   * A function that is called before a page is returned. It is not called for requests of records by their
   * ids.
   */
  beforePage: (request: { updatedAfter: string | null; cursor: string | null }) => void;
  /** The query strings of the requests for pages and for records by their ids. */
  queries: string[];
  /**
   * Returns the response to a request. A test may replace this function. `original` returns the sandbox's own
   * response.
   */
  respond: (original: () => Sent) => Sent;
};

export async function startSandboxKombo(options: {
  integration: string;
  /** Kombo's clock, in milliseconds since 1970. */
  now: () => number;
  records: RecordSource;
}): Promise<SandboxKombo> {
  const { integration, now, records } = options;
  const { url, control, close } = await startSandbox({
    apiKey: KEY,
    clock: { now },
    integrations: [{ id: integration, records }],
    intercept({ path, query }, respond) {
      if (!path.endsWith('/course-progressions')) return kombo.respond(respond);
      kombo.queries.push(`?${query}`);
      const cursor = query.get('cursor');
      if (cursor !== null && kombo.cursorsRefused > 0) {
        kombo.cursorsRefused -= 1;
        const error = { code: 'PLATFORM.INPUT_INVALID', title: null, message: 'Something went wrong.' };
        return { status: 400, body: JSON.stringify({ status: 'error', error }) };
      }
      if (!query.has('ids')) {
        control.largestPage = kombo.pageSize;
        kombo.beforePage({ updatedAfter: query.get('updated_after'), cursor });
      }
      return kombo.respond(respond);
    },
  });
  const kombo: SandboxKombo = {
    url,
    control,
    close,
    pageSize: 100,
    cursorsRefused: 0,
    beforePage: () => undefined,
    queries: [],
    respond: (original) => original(),
  };
  return kombo;
}

/** A course progression with the fields that tests of the command line set. */
export type PlainRecord = {
  id: string;
  status: string | null;
  enrolledAt: string | null;
  completedAt?: string | null;
  removedAt?: string | null;
};

/** The sandbox for the command line. Tests add its records. */
export type CommandKombo = SandboxKombo & {
  variables: { KOMBO_BASE_URL: string; KOMBO_API_KEY: string };
  integration: string;
  /** Kombo's clock: the `Date` of responses and the `changed_at` of records. */
  now: number;
  put(record: PlainRecord): void;
  /** Stores any JSON, including JSON that does not match the schema. */
  putRaw(raw: { id: string } & Record<string, unknown>): void;
  records(): PlainRecord[];
};

export async function startCommandKombo(integration = 'moodle:StandIn1'): Promise<CommandKombo> {
  const source = fixedRecords();
  const plain = new Map<string, PlainRecord>();
  const sandbox = await startSandboxKombo({ integration, now: () => kombo.now, records: source });
  const kombo: CommandKombo = Object.assign(sandbox, {
    variables: { KOMBO_BASE_URL: sandbox.url, KOMBO_API_KEY: KEY },
    integration,
    now: Date.parse('2026-03-02T09:00:00Z'),
    put(record: PlainRecord) {
      plain.set(record.id, record);
      source.put(recordOf(record, new Date(kombo.now).toISOString()));
    },
    putRaw(raw: object) {
      const record: ProgressionRecord = JSON.parse(JSON.stringify(raw));
      plain.delete(record.id);
      source.put(record, kombo.now);
    },
    records: () => [...plain.values()],
  });
  return kombo;
}

function recordOf(
  { id, status, enrolledAt, completedAt = null, removedAt = null }: PlainRecord,
  changedAt: string,
): ProgressionRecord {
  return {
    id,
    remote_id: `remote-${id}`,
    user_id: `user-of-${id}`,
    course_revision_id: 'revision-1',
    status,
    enrolled_at: enrolledAt,
    completed_at: completedAt,
    changed_at: changedAt,
    remote_deleted_at: removedAt,
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
