import { rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import {
  type AttributeValue,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import * as z from 'zod/mini';
import { isConditionFailed } from '../functions/adapters/dynamodb/translate-errors.ts';
import { createTable, TABLE } from './create-table.ts';
import { intercept, type Respond, startLocalServer } from './local-server.ts';
import { translateStatements } from './partiql.ts';

/** The engine requires a signature but does not check it. */
export const EMBEDDED_CREDENTIALS = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };

export type Engine = { endpoint: string; close(): Promise<void> };

/** How long `close` waits until the requests of other processes have their responses. */
const DRAIN_MS = 2_000;

/**
 * Starts a DynamoDB engine in this process, with Schoolbell's table.
 *
 * @param options.path the directory of the data. Without it, the data is in memory
 * @param options.respond responds to a request that is not for DynamoDB, or returns false
 */
export async function startEngine(
  options: { path?: string; respond?: Respond; credentials?: typeof EMBEDDED_CREDENTIALS } = {},
): Promise<Engine> {
  const { path, respond = () => false, credentials = EMBEDDED_CREDENTIALS } = options;
  const engine = dynalite({ createTableMs: 0, ...(path !== undefined && { path }) });
  // Dynalite throws a request's error again, so a client that disconnects would end the process.
  engine.on('request', (request) => {
    request.removeAllListeners('error');
    request.on('error', () => {});
  });
  intercept(engine, (request, response) => {
    if (respond(request, response)) return true;
    if (request.headers['x-amz-target'] !== 'DynamoDB_20120810.BatchExecuteStatement') return false;
    void executeStatements(request, response, client);
    return true;
  });
  const { origin: endpoint, close: stop } = await startLocalServer(engine, { drainMs: DRAIN_MS });
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials });
  const close = async () => {
    await stop();
    client.destroy();
  };
  if ((await createTable(client)) === 'ready') return { endpoint, close };

  await close();
  if (path !== undefined) await rm(path, { recursive: true });
  return startEngine(options);
}

/** The body that the AWS client sends. The engine checks the values. */
const StatementsRequest = z.object({
  Statements: z.array(z.object({ Statement: z.string(), Parameters: z.array(z.custom<AttributeValue>()) })),
  ReturnConsumedCapacity: z.optional(z.enum(['INDEXES', 'TOTAL', 'NONE'])),
});

/** Replaces `BatchExecuteStatement`, which dynalite does not support, by one write per statement. */
async function executeStatements(
  request: IncomingMessage,
  response: ServerResponse,
  client: DynamoDBClient,
): Promise<void> {
  const respond = (status: number, body: unknown) =>
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
  try {
    const { Statements, ReturnConsumedCapacity } = StatementsRequest.parse(await json(request));
    let units = 0;
    const Responses = await Promise.all(
      translateStatements(Statements).map(async ({ table: TableName, write, conflict }) => {
        try {
          const { ConsumedCapacity } = await ('put' in write
            ? client.send(new PutItemCommand({ ...write.put, ReturnConsumedCapacity }))
            : client.send(new UpdateItemCommand({ ...write.update, ReturnConsumedCapacity })));
          units += ConsumedCapacity?.CapacityUnits ?? 0;
          return { TableName };
        } catch (error) {
          if (!isConditionFailed(error)) throw error;
          return { TableName, Error: { Code: conflict, Message: 'The conditional request failed' } };
        }
      }),
    );
    const consumed = units > 0 && { ConsumedCapacity: [{ TableName: TABLE, CapacityUnits: units }] };
    respond(200, { Responses, ...consumed });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error('not known');
    respond(name.endsWith('Exception') ? 400 : 500, { __type: name, message });
  }
}
