import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod/mini';

/**
 * Fakes of SQS and Secrets Manager with the calls that the functions make. They use AWS JSON over HTTP and do
 * not check signatures.
 */
export type LocalQueueAndSecrets = {
  endpoint: string;
  /** The bodies of the messages that were sent. */
  sent: unknown[];
  /** The message groups of the sent messages, in the same order. */
  groups: string[];
  /** The delays of the sent messages in seconds, in the same order. */
  delays: number[];
  /** Returns the outcome of a message: accepted, refused with an error code, or missing in the response. */
  fate: (message: unknown) => 'taken' | 'refused' | 'unanswered';
  /** The error codes with which the next calls of SendMessageBatch fail, one per call. */
  callErrors: string[];
  close(): Promise<void>;
};

/**
 * The characters that SQS accepts in a message group (quotas of messages in its developer guide). Every
 * message has a group.
 */
const MessageGroupId = z.string().check(z.regex(/^[a-zA-Z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/));
const Batch = z.object({
  Entries: z.array(
    z.object({
      Id: z.string(),
      MessageBody: z.string(),
      MessageGroupId,
      DelaySeconds: z._default(z.int().check(z.minimum(0), z.maximum(900)), 0),
    }),
  ),
});
const Read = z.object({ SecretId: z.string() });

/**
 * Starts the fakes.
 *
 * @param secrets the texts of the secrets by id
 */
export async function startLocalQueue(secrets: Record<string, string>): Promise<LocalQueueAndSecrets> {
  const sent: unknown[] = [];
  const groups: string[] = [];
  const delays: number[] = [];
  const answer = (target: string, body: unknown): object => {
    if (target.endsWith('.GetSecretValue')) return { SecretString: secrets[Read.parse(body).SecretId] };
    if (target.endsWith('.PutSecretValue')) return {};
    if (target.endsWith('.GetQueueAttributes')) return { Attributes: { ApproximateNumberOfMessages: '0' } };
    const { Entries: all } = Batch.parse(body);
    const callError = queue.callErrors.shift();
    if (callError !== undefined) throw new CallError(callError);
    const fateOf = ({ MessageBody }: (typeof all)[number]) => queue.fate(JSON.parse(MessageBody));
    const Entries = all.filter((entry) => fateOf(entry) === 'taken');
    const refused = all.filter((entry) => fateOf(entry) === 'refused');
    sent.push(...Entries.map(({ MessageBody }): unknown => JSON.parse(MessageBody)));
    groups.push(...Entries.map((entry) => entry.MessageGroupId));
    delays.push(...Entries.map((entry) => entry.DelaySeconds));
    return {
      Failed: refused.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
      Successful: Entries.map(({ Id, MessageBody }) => ({
        Id,
        MessageId: Id,
        MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
      })),
    };
  };
  const server = createServer(async (request, response) => {
    const target = String(request.headers['x-amz-target']);
    response.setHeader('Content-Type', 'application/x-amz-json-1.0');
    try {
      response.end(JSON.stringify(answer(target, JSON.parse(await text(request)))));
    } catch (error) {
      response.statusCode = 400;
      const __type = error instanceof CallError ? error.message : 'InvalidParameterValue';
      response.end(JSON.stringify({ __type, message: 'not what SQS takes' }));
    }
  });
  const queue: LocalQueueAndSecrets = {
    endpoint: '',
    sent,
    groups,
    delays,
    fate: () => 'taken',
    callErrors: [],
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  queue.endpoint = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  return queue;
}

class CallError extends Error {}
