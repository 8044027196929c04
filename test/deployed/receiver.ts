import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod/mini';

/** A request that the server received. */
export type ReceivedRequest = { headers: Record<string, string | string[] | undefined>; body: string };

/**
 * A server on this machine that replaces the servers on the internet. It accepts and stores every request.
 */
export type Receiver = {
  url: string;
  /**
   * Returns and removes the oldest requests to a path. Waits for them for at most a minute.
   *
   * @throws Error when fewer requests arrive
   */
  receive(path: string, count: number): Promise<ReceivedRequest[]>;
  /** Returns the number of requests that were not removed, by path. */
  untaken(): Record<string, number>;
  close(): Promise<void>;
};

const MINUTE_MS = 60_000;
const Address = z.object({ port: z.number() });

export async function startReceiver(): Promise<Receiver> {
  const requests = new Map<string, ReceivedRequest[]>();
  const arrivals = new EventEmitter();
  const server = createServer(async (request, response) => {
    const { url = '/', headers } = request;
    const body = await text(request);
    requests.set(url, [...(requests.get(url) ?? []), { headers, body }]);
    response.end('ok');
    arrivals.emit('arrival');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${Address.parse(server.address()).port}`,
    async receive(path, count) {
      const signal = AbortSignal.timeout(MINUTE_MS);
      for (;;) {
        const arrived = requests.get(path) ?? [];
        if (arrived.length >= count) return arrived.splice(0, count);
        try {
          await once(arrivals, 'arrival', { signal });
        } catch (cause) {
          throw new Error(`${arrived.length} of ${count} requests came to ${path} within a minute`, {
            cause,
          });
        }
      }
    },
    untaken: () =>
      Object.fromEntries(
        [...requests].filter(([, left]) => left.length > 0).map(([path, left]) => [path, left.length]),
      ),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
