import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { ClassicLevel } from 'classic-level';
import * as z from 'zod/mini';
import { DeploymentError } from '../functions/core/errors.ts';
import { TABLE } from './create-table.ts';
import { EMBEDDED_CREDENTIALS, type Engine, startEngine } from './dynamodb-engine.ts';
import { type Respond, startLocalServer } from './local-server.ts';
import { adviceAbout, keptSecret, makePrivateDirectory, writePrivateFile } from './private-directory.ts';

export type EmbeddedDynamoDb = {
  /** The endpoint for the AWS client. The engine accepts any region. */
  endpoint: string;
  table: string;
  /** With a directory, the engine refuses requests without its secret. */
  credentials: typeof EMBEDDED_CREDENTIALS;
  close(): Promise<void>;
};

/**
 * Starts a DynamoDB engine on a free port of 127.0.0.1, with Schoolbell's table.
 *
 * Several processes can use one directory: the first runs the engine, and the others forward their requests
 * to it. When the first process ends or is killed, another one opens the data and runs the engine.
 *
 * @param options.directory is created if it does not exist. Its data stays intact if a process is killed at
 *   any time. Without a directory, the data is in memory
 * @throws DeploymentError when the directory cannot be used
 */
export async function startEmbeddedDynamoDb(options: { directory?: string } = {}): Promise<EmbeddedDynamoDb> {
  const { directory } = options;
  if (directory === undefined) {
    return { ...(await startEngine()), table: TABLE, credentials: EMBEDDED_CREDENTIALS };
  }
  const engine = await connect(directory);
  const { endpoint, close } = engine.serves ? engine : await forward(directory, engine);
  return { endpoint, table: TABLE, credentials: credentialsOf(await secretOf(directory)), close };
}

/** `serves` says whether the engine runs in this process. */
type SharedEngine = Engine & { serves: boolean };

/** How long a process tries to find or start an engine, while other processes start and end. */
const CONNECT_MS = 30_000;
const RESPONSE_MS = 2_000;

/** Opens the data of a directory, or finds the engine of the process that has opened it. */
async function connect(directory: string): Promise<SharedEngine> {
  const until = Date.now() + CONNECT_MS;
  do {
    const unlock = await lockDirectory(directory);
    if (unlock !== null) return await serve(directory, unlock);
    const endpoint = await findEngine(directory);
    if (endpoint !== null) return { endpoint, serves: false, close: async () => {} };
    await sleep(10 + Math.random() * 40);
  } while (Date.now() < until);
  throw new DeploymentError(
    `another process uses the directory ${directory} and does not respond: end that process, or use another directory`,
  );
}

/**
 * Locks a directory until this process ends. Dynalite's own database cannot be the lock, because dynalite
 * opens it later, and crashes the process if another process has opened it.
 *
 * @returns null if another process has the lock
 */
async function lockDirectory(directory: string): Promise<(() => Promise<void>) | null> {
  try {
    // LevelDB would let every user read the directories that it creates.
    for (const each of ['.', 'lock', 'dynamodb']) await makePrivateDirectory(join(directory, each));
    const lock = new ClassicLevel(join(directory, 'lock'));
    await lock.open();
    return () => lock.close();
  } catch (cause) {
    if (cause instanceof DeploymentError) throw cause;
    const reason = reasonOf(cause);
    if ('code' in reason && reason.code === 'LEVEL_LOCKED') return null;
    throw new DeploymentError(`cannot store data in the directory ${directory}: ${reason.message}`, {
      cause,
    });
  }
}

/** An error of `classic-level` has LevelDB's error as its cause. */
function reasonOf(error: unknown): Error {
  const { cause = error } = error instanceof Error ? error : {};
  return cause instanceof Error ? cause : new Error(String(cause));
}

/** Other processes find the engine by this file. */
const EngineFile = z.object({ endpoint: z.url() });

/**
 * Only the processes of this user can read the secret. It proves to them that they have found the engine, and
 * to the engine that a request is theirs: every user of the machine can connect to its port.
 */
function secretOf(directory: string): Promise<string> {
  return keptSecret(join(directory, 'engine-secret'));
}

function credentialsOf(secret: string): typeof EMBEDDED_CREDENTIALS {
  return { accessKeyId: secret, secretAccessKey: secret };
}

function fileOf(directory: string): string {
  return join(directory, 'engine.json');
}

async function serve(directory: string, unlock: () => Promise<void>): Promise<SharedEngine> {
  let engine: Engine | null = null;
  const close = async () => {
    await engine?.close();
    await unlock();
  };
  try {
    await refuseDamaged(directory);
    const secret = await secretOf(directory);
    const respond: Respond = (incoming, response) =>
      respondToChallenge(secret, incoming, response) || refuseStranger(secret, incoming, response);
    engine = await startEngine({
      path: join(directory, 'dynamodb'),
      respond,
      credentials: credentialsOf(secret),
    });
    const { endpoint } = engine;
    await writePrivateFile(fileOf(directory), JSON.stringify({ endpoint }));
    return { endpoint, serves: true, close: () => rm(fileOf(directory), { force: true }).finally(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Opens the database once, because an error of dynalite about damaged data would end the process. */
async function refuseDamaged(directory: string): Promise<void> {
  const database = new ClassicLevel(join(directory, 'dynamodb'));
  try {
    await database.open();
    await database.close();
  } catch (cause) {
    const { message } = reasonOf(cause);
    const advice =
      adviceAbout(message) ?? 'the data is damaged: move the directory away, and start again with a poll';
    throw new DeploymentError(`cannot open the data in the directory ${directory} (${message}): ${advice}`, {
      cause,
    });
  }
}

const CHALLENGE = '/challenge/';

function respondToChallenge(
  secret: string,
  { url = '' }: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (!url.startsWith(CHALLENGE)) return false;
  response.end(proofOf(secret, url.slice(CHALLENGE.length)));
  return true;
}

function refuseStranger(secret: string, { headers }: IncomingMessage, response: ServerResponse): boolean {
  const given = /Credential=([^/]*)\//.exec(headers.authorization ?? '')?.[1] ?? '';
  if (isEqual(given, secret)) return false;
  response.writeHead(403, { connection: 'close' }).end();
  return true;
}

/** Compares in constant time. */
function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function proofOf(secret: string, challenge: string): string {
  return createHmac('sha256', secret).update(challenge).digest('hex');
}

/** Returns the endpoint of the engine in another process, or null if no engine is running. */
async function findEngine(directory: string): Promise<string | null> {
  try {
    const { endpoint } = EngineFile.parse(JSON.parse(await readFile(fileOf(directory), 'utf8')));
    const challenge = randomBytes(16).toString('hex');
    const signal = AbortSignal.timeout(RESPONSE_MS);
    const proof = await (await fetch(`${endpoint}${CHALLENGE}${challenge}`, { signal })).text();
    return isEqual(proof, proofOf(await secretOf(directory), challenge)) ? endpoint : null;
  } catch {
    return null;
  }
}

/**
 * Forwards requests to the engine of another process. If the engine does not respond, finds the engine that
 * has replaced it, or starts one in this process. The failed request gets status 500, so that the AWS client
 * repeats it. Each write to the table is safe to repeat.
 */
async function forward(directory: string, first: SharedEngine): Promise<Engine> {
  const agent = new Agent({ keepAlive: true });
  let engine = Promise.resolve(first);
  const { origin: endpoint, close } = await startLocalServer(
    createServer(async (incoming, response) => {
      const used = engine;
      try {
        await pass(incoming, response, used, agent);
      } catch {
        if (engine === used) engine = connect(directory);
        await engine.catch(() => undefined);
        if (response.headersSent) response.destroy();
        else response.writeHead(500).end(JSON.stringify({ __type: 'InternalServerError' }));
      }
    }),
  );
  return {
    endpoint,
    async close() {
      await close();
      agent.destroy();
      await (await engine.catch(() => first)).close();
    },
  };
}

async function pass(
  incoming: IncomingMessage,
  response: ServerResponse,
  engine: Promise<Engine>,
  agent: Agent,
): Promise<void> {
  const [body, { endpoint }] = await Promise.all([buffer(incoming), engine]);
  const { method, headers } = incoming;
  await new Promise<void>((resolve, reject) => {
    const passed = request(`${endpoint}${incoming.url}`, { agent, method, headers }, (answered) => {
      buffer(answered).then((content) => {
        response.writeHead(answered.statusCode ?? 500, answered.headers).end(content);
        resolve();
      }, reject);
    });
    passed.on('error', reject).end(body);
  });
}
