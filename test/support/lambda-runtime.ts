import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** The response of a function, or the error that it reported to Lambda. */
export type Answer = { result: unknown } | { error: unknown };

/**
 * A function that runs as in Lambda: in a separate process that receives its invocations from the runtime
 * API.
 */
export type RunningFunction = {
  invoke(event: unknown): Promise<Answer>;
  /** How many milliseconds loading the bundle took. A cold start takes this additional time. */
  initMs: number;
  /** Everything that the function wrote to its log. */
  log(): string;
  close(): Promise<void>;
};

/**
 * Starts a bundle under Lambda's runtime API.
 *
 * @param options.bundle the bundle's file, which exports `handler`
 * @param options.environment all variables of the function, besides those that Lambda sets
 * @throws Error when the bundle does not load
 */
export async function startFunction(options: {
  bundle: string;
  environment: Record<string, string>;
  timeoutMs?: number;
}): Promise<RunningFunction> {
  const { timeoutMs = 300_000 } = options;
  const queue: { id: string; event: unknown }[] = [];
  const answers = new Map<string, (answer: Answer) => void>();
  let waiting: ServerResponse | null = null;
  const init = Promise.withResolvers<number>();

  const hand = () => {
    if (waiting === null) return;
    const next = queue.shift();
    if (next === undefined) return;
    waiting.writeHead(200, {
      'Lambda-Runtime-Aws-Request-Id': next.id,
      'Lambda-Runtime-Deadline-Ms': String(Date.now() + timeoutMs),
      'Lambda-Runtime-Invoked-Function-Arn': 'arn:aws:lambda:eu-central-1:123456789012:function:tested',
    });
    waiting.end(JSON.stringify(next.event));
    waiting = null;
  };

  const server = createServer(async (request, response) => {
    const path = (request.url ?? '').replace('/2018-06-01/runtime/', '');
    if (path === 'invocation/next') {
      waiting = response;
      hand();
      return;
    }
    const body: unknown = JSON.parse(await text(request));
    response.writeHead(202).end();
    const [, id = '', kind] = path.split('/');
    if (path === 'init/ready') init.resolve(msOf(body));
    else if (path === 'init/error')
      init.reject(new Error(`the bundle does not load: ${JSON.stringify(body)}`));
    else answers.get(id)?.(kind === 'response' ? { result: body } : { error: body });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const child = start(options, port);
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (log += chunk));
  child.once('exit', () => init.reject(new Error(`the function ended: ${log}`)));
  const close = async () => {
    child.removeAllListeners('exit');
    child.kill('SIGKILL');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  try {
    const initMs = await init.promise;
    let count = 0;
    return {
      initMs,
      log: () => log,
      close,
      invoke(event) {
        count += 1;
        const id = `invocation-${count}`;
        const answer = Promise.withResolvers<Answer>();
        answers.set(id, answer.resolve);
        child.once('exit', () => answer.reject(new Error(`the function ended: ${log}`)));
        queue.push({ id, event });
        hand();
        return answer.promise;
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function start(
  { bundle, environment }: { bundle: string; environment: Record<string, string> },
  port: number,
): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, 'lambda-bootstrap.mjs'), bundle], {
    env: {
      ...environment,
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      AWS_LAMBDA_FUNCTION_NAME: 'tested',
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      LAMBDA_TASK_ROOT: '/var/task',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function msOf(body: unknown): number {
  return typeof body === 'object' && body !== null && 'ms' in body && typeof body.ms === 'number'
    ? body.ms
    : 0;
}
