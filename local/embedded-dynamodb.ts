import { rm } from 'node:fs/promises';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import {
  type AttributeValue,
  DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { ClassicLevel } from 'classic-level';
import dynalite from 'dynalite';
import * as z from 'zod/mini';
import { isConditionFailed } from '../functions/adapters/dynamodb/translate-errors.ts';
import { DeploymentError } from '../functions/core/errors.ts';
import { createTable } from './create-table.ts';
import { startLocalServer } from './local-server.ts';
import { translateStatements } from './partiql.ts';
import { makePrivateDirectory } from './private-directory.ts';

export type EmbeddedDynamoDb = {
  /** The endpoint for the AWS client. The engine accepts any region and credentials. */
  endpoint: string;
  /** The name of the table, which already exists. */
  table: string;
  close(): Promise<void>;
};

const TABLE = 'schoolbell';

/** The engine requires a signature but does not check it. */
export const EMBEDDED_CREDENTIALS = { accessKeyId: 'embedded', secretAccessKey: 'embedded' };

/**
 * Starts a DynamoDB engine in this process, on a free port of 127.0.0.1, with Schoolbell's table.
 *
 * @param options.directory where the engine stores its data. It is created if it does not exist, and a kill at any time
 *   does not damage it. Without a directory, the data is lost when the process ends
 * @throws DeploymentError when another process uses the directory
 */
export async function startEmbeddedDynamoDb(options: { directory?: string } = {}): Promise<EmbeddedDynamoDb> {
  const { directory } = options;
  const unlock = directory === undefined ? async () => {} : await lockDirectory(directory);
  const path = directory === undefined ? undefined : join(directory, 'dynamodb');
  try {
    const engine = await startEngine(path);
    return {
      endpoint: engine.endpoint,
      table: TABLE,
      async close() {
        await engine.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/**
 * Locks the directory for this process with a separate LevelDB database. Dynalite's own database cannot be
 * the lock, because dynalite opens it only later, and ends the process if another process has opened it.
 */
async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  try {
    // The directories are created here and not by LevelDB, because LevelDB would let every user read them.
    for (const each of ['.', 'lock', 'dynamodb']) await makePrivateDirectory(join(directory, each));
    const lock = new ClassicLevel(join(directory, 'lock'));
    await lock.open();
    return () => lock.close();
  } catch (cause) {
    if (cause instanceof DeploymentError) throw cause;
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const isLocked = reason instanceof Error && 'code' in reason && reason.code === 'LEVEL_LOCKED';
    const message = reason instanceof Error ? reason.message : String(reason);
    throw new DeploymentError(
      isLocked
        ? `another process uses the directory ${directory}: wait until that process has ended, or use another directory`
        : `cannot store data in the directory ${directory}: ${message}`,
      { cause },
    );
  }
}

async function startEngine(path: string | undefined): Promise<{ endpoint: string; close(): Promise<void> }> {
  const engine = dynalite({ createTableMs: 0, ...(path !== undefined && { path }) });
  // Dynalite throws a request's error again, so a client that disconnects would end the process.
  engine.on('request', (request) => {
    request.removeAllListeners('error');
    request.on('error', () => {});
  });
  answerStatements(engine, () => client);
  const { origin: endpoint, close: stop } = await startLocalServer(engine);
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials: EMBEDDED_CREDENTIALS });
  const close = async () => {
    await stop();
    client.destroy();
  };
  if ((await createTable(client, TABLE)) === 'ready') return { endpoint, close };

  await close();
  if (path !== undefined) await rm(path, { recursive: true });
  return startEngine(path);
}

/**
 * Makes the engine respond to `BatchExecuteStatement`, which dynalite does not support. The engine executes
 * each statement as an equivalent write.
 */
function answerStatements(engine: Server, client: () => DynamoDBClient): void {
  const listeners = engine.listeners('request');
  engine.removeAllListeners('request');
  engine.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.headers['x-amz-target'] === 'DynamoDB_20120810.BatchExecuteStatement') {
      void executeStatements(request, response, client());
    } else for (const listener of listeners) Reflect.apply(listener, engine, [request, response]);
  });
}

/** The body that the AWS client sends. The engine checks the values. */
const StatementsRequest = z.object({
  Statements: z.array(z.object({ Statement: z.string(), Parameters: z.array(z.custom<AttributeValue>()) })),
  ReturnConsumedCapacity: z.optional(z.enum(['INDEXES', 'TOTAL', 'NONE'])),
});

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
