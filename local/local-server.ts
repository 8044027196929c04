import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { MAX_BODY_BYTES } from '../functions/core/read-whole.ts';

/**
 * Starts a server on 127.0.0.1, for programs of this machine. All local servers of Schoolbell are started by
 * this function.
 *
 * The server rejects requests from web pages with status 403. Such a request has an `Origin` or, after DNS
 * rebinding, the page's own `Host`. The server rejects a body over 64 MB with status 413, or aborts the request
 * if its length was not announced. The server also aborts a request that is not complete after `deadlineMs`.
 *
 * @param options.port the port. By default the system chooses a free port
 * @throws the error of `listen`, such as EADDRINUSE
 */
export async function startLocalServer(server: Server, { port = 0, deadlineMs = 30_000, drainMs = 0 } = {}) {
  intercept(server, (request, response) => {
    const status = refusalOf(request.headers);
    if (status === null) cutOff(request, deadlineMs);
    else response.writeHead(status, { connection: 'close' }).end();
    return status !== null;
  });
  // By default, Node closes a connection that is idle for 5 seconds. A client may pause longer between two
  // requests.
  server.keepAliveTimeout = 60_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    /** Closes all connections and stops the server. */
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

/** Responds to a request, or returns false. */
export type Respond = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Makes a server call `respond` for each request. If `respond` returns false, the server itself handles the
 * request.
 */
export function intercept(server: Server, respond: Respond): void {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (respond(request, response)) return;
    for (const listener of listeners) Reflect.apply(listener, server, [request, response]);
  });
}

/** Returns the status with which a request is rejected, or null if the request is accepted. */
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
