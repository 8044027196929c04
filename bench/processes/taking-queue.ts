import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import * as z from 'zod/mini';

/** A queue that takes every batch and keeps nothing, as far as the AWS client can tell. */
const SentBatch = z.object({ Entries: z.array(z.object({ Id: z.string(), MessageBody: z.string() })) });

const server = createServer(async (request, response) => {
  const { Entries } = SentBatch.parse(await json(request));
  const Successful = Entries.map(({ Id, MessageBody }) => ({
    Id,
    MessageId: Id,
    // The client checks it.
    MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
  }));
  response.setHeader('content-type', 'application/x-amz-json-1.0');
  response.end(JSON.stringify({ Successful, Failed: [] }));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const port = typeof address === 'object' && address !== null ? address.port : 0;
process.send?.({ queue: `http://127.0.0.1:${port}/000000000000/polls` });
