import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLocalServer } from '../local-server.ts';
import { type ApiRequest, sandboxApi } from './api.ts';
import type { SandboxClock } from './clock.ts';
import { type SandboxIntegration, sandboxControl } from './records.ts';
import { type ApiResponse, failure, noSuchPath } from './response.ts';

export type SandboxOptions = {
  apiKey: string;
  integrations: readonly SandboxIntegration[];
  /** The sandbox's clock. Every response has its time in the `Date` header. */
  clock: SandboxClock;
  /** By default a free port. */
  port?: number;
  /** `respond` returns the sandbox's usual response to a `GET` request with a correct key. */
  intercept?: (request: ApiRequest, respond: () => Sent) => Sent;
  /** Waits before a response that `control.delayMs` delays. */
  wait?: (ms: number) => Promise<unknown>;
};

export type Sandbox = Awaited<ReturnType<typeof startSandbox>>;

/**
 * Serves Kombo's API over HTTP until it is closed. The base URL `url` ends with `/v1`.
 *
 * @throws the error of `listen`, such as EADDRINUSE
 */
export async function startSandbox(options: SandboxOptions) {
  const {
    clock,
    intercept = (_request, respond) => respond(),
    wait = (ms) => sleep(ms, undefined, { ref: false }),
  } = options;
  const control = sandboxControl();
  const api = sandboxApi({ ...options, now: clock.now, control });

  const respond = async (message: IncomingMessage, logUrl: string): Promise<Sent> => {
    const request = readRequest(message);
    const refusal = api.refuse(request);
    if (refusal !== null) return whole(refusal, logUrl);
    if (message.method !== 'GET') return whole(noSuchPath(`${message.method} ${request.path}`), logUrl);
    if (control.delayMs > 0) await wait(control.delayMs);
    return intercept(request, () => whole(api.respond(request), logUrl));
  };

  const server = createServer((message, response) => {
    control.requests += 1;
    const logUrl = `https://sandbox.example.com/logs?interactionId=${control.requests}`;
    void respond(message, logUrl)
      .catch((error) => whole(failure('PLATFORM.UNKNOWN_ERROR', String(error)), logUrl))
      .then((sent) => send(response, sent, clock.now()));
  });
  const { origin, close } = await startLocalServer(server, options);
  return { url: `${origin}/v1`, control, close };
}

export type Sent = { status: number; body: string };

const whole = ({ status, body }: ApiResponse, logUrl: string): Sent => {
  if (body.status === 'success') return { status, body: JSON.stringify(body) };
  return { status, body: JSON.stringify({ ...body, error: { ...body.error, log_url: logUrl } }) };
};

const send = (response: ServerResponse, { status, body }: Sent, now: number) => {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    // The sandbox's time, because the watermark is calculated from this header.
    Date: new Date(now).toUTCString(),
  });
  response.end(body);
};

const readRequest = (message: IncomingMessage): ApiRequest => {
  const url = new URL(message.url ?? '/', 'http://sandbox');
  return {
    path: url.pathname,
    query: url.searchParams,
    authorization: message.headers.authorization,
    integration: message.headersDistinct['x-integration-id']?.[0],
  };
};
