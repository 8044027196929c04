import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { MAX_BODY_BYTES } from '../functions/core/read-whole.ts';

export type LocalServer = {
  /** Such as `http://127.0.0.1:4010`. */
  origin: string;
  /** Closes all connections and stops. */
  close(): Promise<void>;
};

/**
 * Starts a server for programs of this machine, on 127.0.0.1. Every local server of Schoolbell uses it.
 *
 * Web pages are refused with 403: a request of a page has an `Origin` or, after DNS rebinding, the page's own `Host`. A
 * body over 64 MB is refused with 413, or aborted if its length was not announced. A request that is not complete after
 * `deadlineMs` is aborted.
 *
 * @param options.port any free port when not given
 * @throws the error of `listen`, such as EADDRINUSE
 */
export async function startLocalServer(
  server: Server,
  { port = 0, deadlineMs = 30_000 } = {},
): Promise<LocalServer> {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const status = refusalOf(request.headers);
    if (status !== null) return void response.writeHead(status, { connection: 'close' }).end();
    cutOff(request, deadlineMs);
    for (const listener of listeners) Reflect.apply(listener, server, [request, response]);
  });
  // A client that pauses between two requests keeps its connection.
  server.keepAliveTimeout = 60_000;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    async close() {
      if (!server.listening) return;
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      });
    },
  };
}

/** The status that refuses a request, or null. */
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
