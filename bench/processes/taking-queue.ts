import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import * as z from 'zod/mini';

/** A queue that takes every message and keeps none, as far as the AWS client can tell. */
export type TakingQueue = {
  url: string;
  /** Requests that it has answered. */
  requests(): number;
  close(): Promise<void>;
};

const SentBatch = z.object({
  Entries: z.array(z.object({ Id: z.string(), MessageBody: z.string(), MessageGroupId: z.string() })),
});

export async function startTakingQueue(): Promise<TakingQueue> {
  let requests = 0;
  const server = createServer(async (request, response) => {
    requests += 1;
    const { Entries } = SentBatch.parse(await json(request));
    const taken = Entries.map(({ Id, MessageBody }) => ({
      Id,
      MessageId: Id,
      // The client checks it.
      MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
    }));
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify({ Successful: taken, Failed: [] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/000000000000/polls`,
    requests: () => requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

if (import.meta.main) process.send?.({ queue: (await startTakingQueue()).url });
