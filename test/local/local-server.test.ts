import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { learningExample } from '../../catalogue/examples.ts';
import { startBus } from '../../local/bus/bus.ts';
import { localConsumers } from '../../local/consumers/local-consumers.ts';
import { startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import { startLocalServer } from '../../local/local-server.ts';
import { nativeDynamoDb, startNativeDynamoDb } from '../../local/native-dynamodb.ts';
import { steppedClock } from '../../local/sandbox/clock.ts';
import { startSandbox } from '../../local/sandbox/server.ts';
import { observed } from '../support/observed.ts';

const COMPLETED = learningExample('CourseCompleted');

type Sent = { method: string; headers: Record<string, string>; body?: string };

/** Sends a request. Returns the status, or the error code if the connection is closed. */
async function send(url: string, { method, headers, body = '' }: Sent): Promise<number | string | undefined> {
  const sent = request(url, { method, headers });
  sent.end(body);
  try {
    const [response] = await once(sent, 'response');
    response.resume();
    return response.statusCode;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  }
}

const JSON_1_0 = 'application/x-amz-json-1.0';
const SIGNED = {
  authorization:
    'AWS4-HMAC-SHA256 Credential=a/20260301/local/dynamodb/aws4_request, SignedHeaders=host, Signature=b',
  'x-amz-date': '20260301T000000Z',
};
const LIST_TABLES: Sent = {
  method: 'POST',
  headers: { ...SIGNED, 'content-type': JSON_1_0, 'x-amz-target': 'DynamoDB_20120810.ListTables' },
  body: '{}',
};
const completion = {
  Source: 'schoolbell',
  DetailType: 'CourseCompleted',
  EventBusName: 'schoolbell',
  Detail: JSON.stringify(COMPLETED.detail),
};
const PUT_EVENTS: Sent = {
  method: 'POST',
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSEvents.PutEvents' },
  body: JSON.stringify({ Entries: [completion] }),
};
const CHECK_KEY: Sent = { method: 'GET', headers: { authorization: 'Bearer key' } };

const clock = steppedClock(Date.parse('2026-03-01T09:30:00.000Z'));
const events: string[] = [];
const shown: string[] = [];
const servers: { name: string; url: string; sent: Sent }[] = [];
const closings: (() => Promise<unknown>)[] = [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'schoolbell-test-'));
  const bus = await startBus({
    onEvent: localConsumers({
      folder,
      kombo: { readByIds: async () => ({ records: [observed(COMPLETED.detail.progression)], rejected: [] }) },
      clock: clock.now,
      onEvent: (event) => events.push(event['detail-type']),
      show: (_, text) => shown.push(text),
    }),
  });
  const sandbox = await startSandbox({ apiKey: 'key', integrations: [], clock });
  const file = nativeDynamoDb();
  const embedded = await startEmbeddedDynamoDb();
  const native = file === null ? null : await startNativeDynamoDb(file);
  closings.push(bus.close, sandbox.close, embedded.close, () => rm(folder, { recursive: true }));
  servers.push(
    { name: 'the bus', url: bus.endpoint, sent: PUT_EVENTS },
    { name: 'the sandbox', url: `${sandbox.url}/check-api-key`, sent: CHECK_KEY },
    { name: 'the embedded engine', url: embedded.endpoint, sent: LIST_TABLES },
  );
  if (native === null) return;
  closings.push(native.close);
  servers.push({ name: 'the native engine', url: native.endpoint, sent: LIST_TABLES });
});
afterAll(async () => {
  for (const close of closings) await close();
});

const foreignHost = fc.oneof(
  fc.domain(),
  fc.tuple(fc.domain(), fc.nat(65_535)).map(([domain, port]) => `${domain}:${port}`),
  fc.ipV4().filter((address) => address !== '127.0.0.1'),
  fc.constantFrom('localhost.', 'localhost.evil.example', '127.0.0.1.evil.example', 'a@localhost', '[::2]'),
);
const anyOrigin = fc.oneof(
  fc.webUrl(),
  fc.constantFrom('null', '', 'http://localhost', 'http://127.0.0.1:4010'),
);

test('the local bus, sandbox and DynamoDB refuse each request with the Host or Origin of a web page and change nothing', async () => {
  const now = clock.now();
  const page = fc.oneof(
    foreignHost.map((host) => ({ host })),
    anyOrigin.map((origin) => ({ origin })),
  );
  const method = fc.constantFrom('POST', 'GET', 'OPTIONS', 'PUT', 'DELETE');
  await fc.assert(
    fc.asyncProperty(page, fc.option(method), async (headers, method) => {
      for (const { url, sent } of servers) {
        const forged = { ...sent, method: method ?? sent.method, headers: { ...sent.headers, ...headers } };
        expect(await send(url, forged)).toBe(403);
      }
    }),
    { numRuns: 50 },
  );
  expect([events, shown, await readdir(folder), clock.now()]).toEqual([[], [], [], now]);
});

test('a program on the same machine can use the local bus, sandbox and DynamoDB', async () => {
  for (const { name, url, sent } of servers) {
    const local = { ...sent, headers: { ...sent.headers, host: 'LOCALHOST:1' } };
    expect([name, await send(url, sent), await send(url, local)]).toEqual([name, 200, 200]);
  }
  expect(events).toContain('CourseCompleted');
});

describe('the body of a request to a local server', () => {
  /** Starts a local server that reads the whole body and records how many bytes it received. */
  async function reader(deadlineMs?: number) {
    const read: number[] = [];
    const server = createServer(async (message, response) => {
      read.push((await text(message).catch(() => '')).length);
      response.end();
    });
    const { origin, close } = await startLocalServer(server, { ...(deadlineMs && { deadlineMs }) });
    onTestFinished(close);
    return { origin, read };
  }

  test('a local server refuses a request body of more than 64 MB before it reads the body', async () => {
    const { origin, read } = await reader();
    const headers = { 'content-length': String(64 * 1024 * 1024 + 1) };
    const sent = request(origin, { method: 'POST', headers }).on('error', () => {});
    sent.flushHeaders();
    const [response] = await once(sent, 'response');

    expect([response.statusCode, read]).toEqual([413, []]);
    sent.destroy();
  });

  test('a local server aborts a request whose body does not end', async () => {
    const { origin, read } = await reader();
    const endless = function* () {
      for (;;) yield Buffer.alloc(1024 * 1024, 'a');
    };
    const sending = pipeline(endless, request(origin, { method: 'POST' }));
    await expect(sending).rejects.toMatchObject({ code: expect.stringMatching(/^(ECONNRESET|EPIPE)$/) });

    expect(read).toEqual([0]);
  });

  test('a local server aborts a request whose body arrives too slowly', async () => {
    const { origin, read } = await reader(50);
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n');
    await once(socket, 'close');

    expect(read).toEqual([0]);
  });
});
