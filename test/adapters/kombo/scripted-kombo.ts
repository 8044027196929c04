import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { PassThrough, pipeline, Readable } from 'node:stream';
import { createBrotliCompress, createDeflate, createGzip, gzipSync } from 'node:zlib';

export const INTEGRATION = 'moodle:7C9M5sXAQx2cNMpVHLojrFpL';
export const API_KEY = 'key-that-nobody-may-see';
/** The time of Kombo's clock in these tests. */
const DATE = 'Mon, 02 Mar 2026 08:00:00 GMT';

/** A request as it arrived at the server. */
type Asked = {
  path: string;
  query: Record<string, string>;
  headers: IncomingHttpHeaders;
  length: number;
};
export type Reply = (response: ServerResponse) => void;

export type ScriptedKombo = {
  /** The base URL, which ends with `/v1`. */
  baseUrl: string;
  host: string;
  asked: Asked[];
  /** The responses, one for each request. The last one is repeated. */
  replies: Reply[];
  stop(): Promise<void>;
};

/** Starts a server that returns the responses in `replies`. */
export async function startScriptedKombo(): Promise<ScriptedKombo> {
  const asked: Asked[] = [];
  const replies: Reply[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://kombo');
    asked.push({
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      length: request.url?.length ?? 0,
    });
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    (reply ?? page([]))(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const host = `127.0.0.1:${address.port}`;
  return {
    baseUrl: `http://${host}/v1`,
    host,
    asked,
    replies,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Returns the host and port of a server that was stopped, so that a connection is refused. */
export async function deadAddress(): Promise<string> {
  const server = await startScriptedKombo();
  await server.stop();
  await new Promise((resolve) => {
    const [host = '', port] = server.host.split(':');
    connect(Number(port), host).once('error', resolve);
  });
  return server.host;
}

export function send(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return (response) =>
    response.writeHead(status, { date: DATE, 'content-type': 'application/json', ...headers }).end(body);
}

export function success(data: unknown): Reply {
  return send(200, JSON.stringify({ status: 'success', data }));
}

export function page(results: unknown[], next: string | null = null): Reply {
  return success({ next, results });
}

export const MESSAGE_OF_KOMBO = 'Ada Lovelace entered something odd';
export const LOG_URL = 'https://app.kombo.dev/my-prod/logs?interactionId=123456';

export function refusal(code: string | null, status: number, headers: Record<string, string> = {}): Reply {
  const error = { code, title: null, message: MESSAGE_OF_KOMBO, log_url: LOG_URL };
  return send(status, JSON.stringify({ status: 'error', error }), headers);
}

/** Never responds. */
export const silence: Reply = () => {};

/** Sends the headers and the beginning of a body, and then nothing. */
export const standstill: Reply = (response) =>
  void response.writeHead(200, { date: DATE }).write('{"status":"success","data":{"next":null,');

/** Closes the connection in the middle of the body. */
export const brokenOff: Reply = (response) => {
  response.writeHead(200, { date: DATE, 'content-length': 1_000 });
  response.write('{"status":"success","data":{"next":null,', () => response.destroy());
};

/** Closes the connection before the response. */
export const hangUp: Reply = (response) => void response.destroy();

/** Sends a compressed body that ends too early. */
export const halfCompressed: Reply = (response) => {
  const body = gzipSync(JSON.stringify({ status: 'success', data: { next: null, results: [] } }));
  response.writeHead(200, { date: DATE, 'content-encoding': 'gzip' }).end(body.subarray(0, 15));
};

const ENCODINGS = {
  gzip: createGzip,
  br: createBrotliCompress,
  deflate: createDeflate,
  identity: () => new PassThrough(),
};
export type Encoding = keyof typeof ENCODINGS;

/**
 * Sends a body of spaces with a size of `megabytes` before compression. With `Infinity`, the body has no end.
 */
export function spaces(megabytes: number, encoding: Encoding = 'identity', status = 200): Reply {
  const megabyte = Buffer.alloc(1024 * 1024, ' ');
  const body = function* () {
    for (let sent = 0; sent < megabytes; sent += 1) yield megabyte;
  };
  return (response) => {
    response.writeHead(status, { date: DATE, 'content-encoding': encoding });
    pipeline(Readable.from(body()), ENCODINGS[encoding](), response, () => {});
  };
}

/** Sends one byte in each iteration of the event loop, without an end. */
export const drip: Reply = (response) => {
  response.writeHead(200, { date: DATE });
  const next = () => void (response.destroyed || response.write(' ', () => setImmediate(next)));
  next();
};
