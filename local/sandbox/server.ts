import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLocalServer } from '../local-server.ts';
import { type Answer, failure, noSuchPath } from './answer.ts';
import { type ApiRequest, type SandboxIntegration, sandboxApi } from './api.ts';
import { obeyText } from './control-command.ts';
import { failureOf } from './fault.ts';
import type { SandboxClock } from './sandbox-clock.ts';
import { type SandboxControl, sandboxConditions } from './sandbox-control.ts';

export type SandboxOptions = {
  apiKey: string;
  integrations: readonly SandboxIntegration[];
  /** Also gives the `Date` of every answer. */
  clock: SandboxClock;
  /** By default any free port. */
  port?: number;
  /** Whether `POST /control` takes the commands of control-command.ts, with the same key. */
  controlPath?: boolean;
  /** How a slow answer waits, in milliseconds. */
  wait?: (ms: number) => Promise<unknown>;
};

export type Sandbox = {
  /** The base URL, with its `/v1`. */
  url: string;
  control: SandboxControl;
  /** Cuts open connections and stops. */
  close(): Promise<void>;
};

/**
 * Serves Kombo's API over HTTP until it is closed.
 * @throws the error of `listen`, such as EADDRINUSE
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clock, wait = (ms) => sleep(ms, undefined, { ref: false }) } = options;
  const { control, conditions } = sandboxConditions();
  const api = sandboxApi({ ...options, now: clock.now, conditions });

  /** The response and how its body is sent; null: the connection is closed. */
  const answer = async (message: IncomingMessage, logUrl: string): Promise<Sent | null> => {
    const request = readRequest(message, logUrl);
    const refusal = api.refuse(request);
    if (refusal !== null) return whole(refusal);
    if (options.controlPath && message.method === 'POST' && request.path === '/control') {
      return whole(obeyText(await text(message), { control, clock, logUrl }));
    }
    if (message.method !== 'GET') return whole(noSuchPath(`${message.method} ${request.path}`, logUrl));

    const fault = conditions.takeFault(request.integration ?? null);
    if (fault?.kind === 'hang-up') return null;
    const failed = fault === null ? null : failureOf(fault, logUrl);
    if (failed !== null) return whole(failed);
    const delayMs = fault?.kind === 'slow' ? fault.delayMs : conditions.answerDelayMs();
    if (delayMs > 0) await wait(delayMs);
    const sent = whole(api.answer(request));
    return fault?.kind === 'garbled' ? { ...sent, body: sent.body.slice(0, sent.body.length / 2) } : sent;
  };

  const server = createServer((message, response) => {
    const logUrl = `https://sandbox.example.com/logs?interactionId=${conditions.countRequest()}`;
    void answer(message, logUrl)
      .catch((error) => whole(failure('PLATFORM.UNKNOWN_ERROR', String(error), logUrl)))
      .then((sent) => (sent === null ? response.destroy() : send(response, sent, clock.now())));
  });
  const { origin, close } = await startLocalServer(server, options);
  return { url: `${origin}/v1`, control, close };
}

type Sent = { status: number; headers: Record<string, string>; body: string };

const whole = ({ status, headers, body }: Answer): Sent => ({ status, headers, body: JSON.stringify(body) });

const send = (response: ServerResponse, { status, headers, body }: Sent, now: number) => {
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    // Never the machine's own: the watermark is made of this one.
    Date: new Date(now).toUTCString(),
    ...headers,
  });
  response.end(body);
};

const readRequest = (message: IncomingMessage, logUrl: string): ApiRequest => {
  const url = new URL(message.url ?? '/', 'http://sandbox');
  return {
    path: url.pathname,
    query: url.searchParams,
    authorization: message.headers.authorization,
    integration: message.headersDistinct['x-integration-id']?.[0],
    logUrl,
  };
};
