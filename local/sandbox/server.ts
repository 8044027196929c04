import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLocalServer } from '../local-server.ts';
import { type ApiRequest, sandboxApi } from './api.ts';
import type { SandboxClock } from './clock.ts';
import { failureOf, type SandboxControl, sandboxControl } from './control.ts';
import type { SandboxIntegration } from './records.ts';
import { type ApiResponse, failure, noSuchPath } from './response.ts';

export type SandboxOptions = {
  apiKey: string;
  integrations: readonly SandboxIntegration[];
  /** The sandbox's clock. Every response has its time in the `Date` header. */
  clock: SandboxClock;
  /** The port. By default the system chooses a free port. */
  port?: number;
  /** It is called for each request with a correct key, before the request is handled. */
  onRequest?: (request: ApiRequest) => void;
  /** Waits this many milliseconds before a delayed response. */
  wait?: (ms: number) => Promise<unknown>;
};

export type Sandbox = {
  /** The base URL, which ends with `/v1`. */
  url: string;
  control: SandboxControl;
  /** Closes all connections and stops the server. */
  close(): Promise<void>;
};

/**
 * Serves Kombo's API over HTTP until it is closed.
 * @throws the error of `listen`, such as EADDRINUSE
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clock, onRequest, wait = (ms) => sleep(ms, undefined, { ref: false }) } = options;
  const control = sandboxControl();
  const api = sandboxApi({ ...options, now: clock.now, control });

  /** Returns the response with its serialised body, or null if the connection must be closed without a response. */
  const respond = async (message: IncomingMessage, logUrl: string): Promise<Sent | null> => {
    const request = readRequest(message);
    const refusal = api.refuse(request);
    if (refusal !== null) return whole(refusal, logUrl);
    if (message.method !== 'GET') return whole(noSuchPath(`${message.method} ${request.path}`), logUrl);
    onRequest?.(request);

    const fault = control.takeFault(request.integration);
    if (fault?.kind === 'hang-up') return null;
    const failed = fault === null ? null : failureOf(fault);
    if (failed !== null) return whole(failed, logUrl);
    const delayMs = fault?.kind === 'slow' ? fault.delayMs : control.delayMs;
    if (delayMs > 0) await wait(delayMs);
    const sent = whole(api.respond(request), logUrl);
    return fault?.kind === 'garbled' ? { ...sent, body: sent.body.slice(0, sent.body.length / 2) } : sent;
  };

  const server = createServer((message, response) => {
    control.requests += 1;
    const logUrl = `https://sandbox.example.com/logs?interactionId=${control.requests}`;
    void respond(message, logUrl)
      .catch((error) => whole(failure('PLATFORM.UNKNOWN_ERROR', String(error)), logUrl))
      .then((sent) => (sent === null ? response.destroy() : send(response, sent, clock.now())));
  });
  const { origin, close } = await startLocalServer(server, options);
  return { url: `${origin}/v1`, control, close };
}

type Sent = { status: number; headers: Record<string, string>; body: string };

const whole = ({ status, headers, body }: ApiResponse, logUrl: string): Sent => {
  if (body.status === 'success') return { status, headers, body: JSON.stringify(body) };
  const error = { ...body.error, log_url: body.error.log_url ?? logUrl };
  return { status, headers, body: JSON.stringify({ ...body, error }) };
};

const send = (response: ServerResponse, { status, headers, body }: Sent, now: number) => {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    // This is the sandbox's time, because the watermark is calculated from this header.
    Date: new Date(now).toUTCString(),
    ...headers,
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
