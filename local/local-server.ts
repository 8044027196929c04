import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { MAX_BODY_BYTES } from '../functions/core/read-whole.ts';

/**
 * Starts any local server of Schoolbell, on 127.0.0.1.
 *
 * A request from a web page gets status 403: it has an `Origin` or, after DNS rebinding, the page's own
 * `Host`. A body over 64 MB gets status 413, or its request is aborted if its length was not announced. A
 * request that is not complete after `deadlineMs` is also aborted.
 *
 * @param options.port by default a free port
 * @param options.drainMs how long `close` waits for the responses to requests in progress
 * @throws the error of `listen`, such as EADDRINUSE
 */
export async function startLocalServer(server: Server, { port = 0, deadlineMs = 30_000, drainMs = 0 } = {}) {
  intercept(server, (request, response) => {
    const status = refusalOf(request.headers);
    if (status === null) cutOff(request, deadlineMs);
    else response.writeHead(status, { connection: 'close' }).end();
    return status !== null;
  });
  // By default, Node closes a connection after 5 idle seconds. A client may pause longer.
  server.keepAliveTimeout = 60_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    async close(): Promise<void> {
      if (!server.listening) return;
      await new Promise<void>((resolve, reject) => {
        const until = Date.now() + drainMs;
        // A request that began before `close` still gets its response. Only then is its connection idle.
        const timer = setInterval(() => {
          if (Date.now() < until) server.closeIdleConnections();
          else server.closeAllConnections();
        }, 10);
        if (drainMs === 0) server.closeAllConnections();
        server.close((error) => {
          clearInterval(timer);
          return error ? reject(error) : resolve();
        });
      });
    },
  };
}

/** Returns whether the function handles the request. */
export type Respond = (request: IncomingMessage, response: ServerResponse) => boolean;

/** `respond` gets each request first. If it returns false, the server itself handles the request. */
export function intercept(server: Server, respond: Respond): void {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (respond(request, response)) return;
    for (const listener of listeners) Reflect.apply(listener, server, [request, response]);
  });
}

function refusalOf({ host = '', origin, ...headers }: IncomingHttpHeaders): 403 | 413 | null {
  if (origin !== undefined || !/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host)) return 403;
  return Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES ? 413 : null;
}

function cutOff(request: IncomingMessage, deadlineMs: number): void {
  const timer = setTimeout(() => request.destroy(), deadlineMs);
  request.once('close', () => clearTimeout(timer));
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) request.destroy();
  });
}
