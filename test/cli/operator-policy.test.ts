import { setImmediate } from 'node:timers/promises';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { buildProgram, runProgram } from '../../cli/program.ts';
import { outputNames } from '../../functions/contract/names.ts';
import { startBus } from '../../local/bus/bus.ts';
import { startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import { steppedClock } from '../../local/sandbox/clock.ts';
import { startSandbox } from '../../local/sandbox/server.ts';
import { startBucket } from '../adapters/s3/bucket-server.ts';
import { synthesize } from '../infra/synthesize.ts';
import { type AwsRecorder, startAwsRecorder } from '../support/aws-recorder.ts';
import { fixedRecords } from '../support/fixed-records.ts';
import { startFunction } from '../support/lambda-runtime.ts';
import { startLocalQueue } from '../support/local-queue.ts';
import { someRecord } from '../support/some-record.ts';

const INTEGRATION = 'moodle:7C9M5sXAQx2cNMpVHLojrFpL';
/** The output of the last command. */
const printed = vi.hoisted(() => ({ text: '' }));
vi.mock('node:fs', async (importOriginal) => ({
  ...(await importOriginal<typeof import('node:fs')>()),
  writeSync: (_file: number, chunk: Uint8Array) => {
    printed.text += new TextDecoder().decode(chunk);
    return chunk.byteLength;
  },
}));

/** These commands never use AWS. */
const ALWAYS_LOCAL = ['dev', 'init', 'sandbox'];

const FUNCTIONS = new URL('../../functions/', import.meta.url);

const Policy = z.object({
  Properties: z.object({
    PolicyDocument: z.object({
      Statement: z.array(
        z.object({ Action: z.union([z.string(), z.array(z.string())]), Resource: z.unknown() }),
      ),
    }),
  }),
});

/** The name of each resource, with the patterns that match the resource in the template and in a call. */
const RESOURCES: [name: string, granted: RegExp, called: RegExp][] = [
  ['table', /:table\//, /^schoolbell$/],
  ['bus', /schoolbell\w+bus\w+Parameter/, /^bus$/],
  ['account', /^"\*"$/, /^$/],
  ['secret', /kombosecret\w+Parameter/, /^kombo$/],
  ['key for hashing ids', /remoteidskey\w+Parameter/, /^remote-ids-key$/],
  ['poll queue', /PollQueue/, /\/poll$/],
  ['replay queue', /ReplayQueue/, /\/replay$/],
  ['notifier stack', /AWS::StackId/, /^SchoolbellNotifier$/],
  ['certificates stack', /stack\/SchoolbellCertificates\//, /^SchoolbellCertificates$/],
  ['subscribers stack', /stack\/SchoolbellSubscribers\//, /^SchoolbellSubscribers$/],
];

/** Returns what the operators' policy allows, such as `dynamodb:PutItem of the table`. */
function allowed(): string[] {
  const policies = Object.values(synthesize().notifier.findResources('AWS::IAM::ManagedPolicy'));
  return policies
    .flatMap((policy) => Policy.parse(policy).Properties.PolicyDocument.Statement)
    .flatMap(({ Action, Resource }) =>
      [Resource].flat().flatMap((resource) => {
        const text = JSON.stringify(resource);
        const name = RESOURCES.find(([, granted]) => granted.test(text))?.[0] ?? text;
        return [Action].flat().map((action) => `${action} of the ${name}`);
      }),
    )
    .toSorted();
}

/** Returns the recorded calls, in the same form as `allowed`. */
function used(recorder: AwsRecorder): string[] {
  return recorder
    .calls()
    .map(({ action, resource }) => {
      const name = RESOURCES.find(([, , called]) => called.test(resource))?.[0] ?? resource;
      return `${action} of the ${name}`;
    })
    .toSorted();
}

/** The platform uses e-mail addresses as its own ids. */
const EMAIL = 'ada@example.com';
const RECORD = {
  ...someRecord,
  user: { id: 'user-1', remote_id: EMAIL, first_name: 'Ada', last_name: 'Byron', work_email: null },
};

/**
 * Starts a deployment whose functions process their messages when `work` is called. Only the calls of the
 * command line are recorded.
 */
async function startDeployment() {
  const clock = steppedClock(Date.parse('2026-03-01T09:00:00.000Z'));
  const records = fixedRecords([{ ...RECORD, status: 'ENROLLED' }]);
  const database = await startEmbeddedDynamoDb();
  const bus = await startBus({ onEvent: () => undefined });
  const sandbox = await startSandbox({ apiKey: 'key', clock, integrations: [{ id: INTEGRATION, records }] });
  const queue = await startLocalQueue({ kombo: 'key', 'remote-ids-key': 'k'.repeat(64) });
  const stacks: Record<string, Record<string, string>> = {
    SchoolbellCertificates: { [outputNames.certificatesBucket]: 'certificates' },
  };
  const bucket = await startBucket();
  const recorder = await startAwsRecorder(
    {
      DynamoDB_20120810: database.endpoint,
      AWSEvents: bus.endpoint,
      AmazonSQS: queue.endpoint,
      secretsmanager: queue.endpoint,
    },
    stacks,
  );
  const environment = {
    TABLE_NAME: database.table,
    BUS_NAME: 'bus',
    QUEUE_URL: `${recorder.endpoint}/123456789012/poll`,
    REPLAY_QUEUE_URL: `${recorder.endpoint}/123456789012/replay`,
    KOMBO_SECRET_ID: 'kombo',
    REMOTE_IDS_KEY_ID: 'remote-ids-key',
    KOMBO_BASE_URL: sandbox.url,
    STACKS_OFF: 'SchoolbellCertificates,SchoolbellSubscribers',
  };
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  stacks['SchoolbellNotifier'] = { [outputNames.environment]: variables.join(' ') };
  const ofFunctions = {
    ...environment,
    QUEUE_URL: `${queue.endpoint}/123456789012/poll`,
    REPLAY_QUEUE_URL: `${queue.endpoint}/123456789012/replay`,
    // The functions store the platform's ids unchanged, so that the commands have ids to replace.
    REMOTE_IDS: 'keep',
    POWERTOOLS_SERVICE_NAME: 'Tested',
    AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
    AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint,
    AWS_ENDPOINT_URL_SQS: queue.endpoint,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: queue.endpoint,
  };
  const start = (name: string) =>
    startFunction({ bundle: new URL(`${name}/lambda.ts`, FUNCTIONS).pathname, environment: ofFunctions });
  const poll = await start('poll');
  const replay = await start('replay');
  return {
    clock,
    records,
    recorder,
    bucket,
    environment,
    /** Runs the functions until no message is left. */
    async work() {
      for (let body = queue.sent.shift(); body !== undefined; body = queue.sent.shift()) {
        const called = typeof body === 'object' && body !== null && 'replay' in body ? replay : poll;
        await called.invoke({ Records: [{ body: JSON.stringify(body) }] });
      }
    },
    sent: queue.sent,
    async close() {
      for (const part of [poll, replay, recorder, bucket, queue, sandbox, bus, database]) await part.close();
    },
  };
}

describe("the operators' policy", () => {
  let deployment: Awaited<ReturnType<typeof startDeployment>>;
  let recorder: AwsRecorder;
  const ran = new Set<string>();

  /** Runs a command, and the functions that receive its messages. */
  async function schoolbell(...args: string[]): Promise<string> {
    printed.text = '';
    let isRunning = true;
    const running = runProgram(args).finally(() => {
      isRunning = false;
    });
    while (isRunning) {
      await deployment.work();
      await setImmediate();
    }
    await running;
    await deployment.work();
    const argument = args.findIndex((arg) => arg === INTEGRATION || arg.startsWith('--'));
    ran.add(args.slice(0, argument === -1 ? args.length : argument).join(' '));
    return printed.text;
  }

  beforeAll(async () => {
    deployment = await startDeployment();
    recorder = deployment.recorder;
    for (const [name, value] of Object.entries(deployment.environment)) vi.stubEnv(name, value);
    vi.stubEnv('AWS_ENDPOINT_URL', recorder.endpoint);
    // The operators' policy does not grant the rights on the certificates.
    vi.stubEnv('AWS_ENDPOINT_URL_S3', deployment.bucket.endpoint);
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'tested');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'tested');
    vi.stubEnv('KOMBO_API_KEY', 'key');
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    process.exitCode = undefined;
    await deployment.close();
  });

  it("the operators' policy grants exactly the permissions that the commands use, on the resources that they use", async () => {
    const { clock, records } = deployment;
    const change = (status: 'IN_PROGRESS' | 'COMPLETED', changedAt?: string) => {
      clock.advance(60 * 60 * 1000);
      const at = new Date(clock.now()).toISOString();
      const completed_at = status === 'COMPLETED' ? at : null;
      records.put({ ...RECORD, status, completed_at, changed_at: changedAt ?? at }, clock.now());
    };

    await schoolbell('key');
    expect(await schoolbell('integrations', 'add', INTEGRATION)).toContain('Added');
    await schoolbell('integrations', 'list');
    await schoolbell('poll', INTEGRATION);
    change('IN_PROGRESS');
    await schoolbell('poll', INTEGRATION);
    expect(await schoolbell('events', INTEGRATION)).toMatch(/CourseStarted .* hashed-/);
    expect(await schoolbell('events', INTEGRATION, '--learner', EMAIL)).toContain('CourseStarted');
    expect(await schoolbell('replay', INTEGRATION, '--from', '2026-01-01', '--yes')).toContain('finished');
    const consumer = (name: string) =>
      schoolbell('replay', INTEGRATION, '--from', '2026-01-01', '--dry-run', '--consumer', name);
    expect(await consumer('certificates')).toContain('Only to certificates');
    expect(await consumer('certificate')).toContain('Consumers with rules: certificates.');
    await schoolbell('replay', INTEGRATION, '--list');
    await schoolbell('replay', INTEGRATION, '--stop');
    await schoolbell('replay', INTEGRATION, '--resume');
    await schoolbell('reconcile', INTEGRATION);
    await schoolbell('watermark', INTEGRATION, '--set', '2026-02-01');
    // Three records are set aside: progression-3 is dropped, `set-aside retry` updates the known
    // progression-1, and stores progression-2 for the first time.
    const newcomer = { ...RECORD, id: 'progression-2', status: 'ENROLLED' as const };
    records.put({ ...newcomer, changed_at: 'not a time' }, clock.now());
    records.put({ ...newcomer, id: 'progression-3', changed_at: 'not a time' }, clock.now());
    change('IN_PROGRESS', 'not a time');
    await schoolbell('poll', INTEGRATION);
    expect(await schoolbell('set-aside', 'list', INTEGRATION)).toContain('progression-1');
    expect(await schoolbell('set-aside', 'drop', INTEGRATION, 'progression-3')).toContain('dropped');
    change('COMPLETED');
    records.put({ ...newcomer, changed_at: new Date(clock.now()).toISOString() }, clock.now());
    await schoolbell('set-aside', 'retry', INTEGRATION);
    // `set-aside retry` publishes the events of the retried records without a poll.
    expect(await schoolbell('events', INTEGRATION)).toContain('CourseCompleted');
    const stack = ['--stack', 'SchoolbellNotifier'];
    expect(await schoolbell('events', INTEGRATION, '--learner', EMAIL, ...stack)).toContain('no certificate');
    await schoolbell('status');
    expect(await schoolbell('status', ...stack, '--json')).toContain(INTEGRATION);
    await schoolbell('status', INTEGRATION);
    await schoolbell('release', INTEGRATION);
    await schoolbell('discard', INTEGRATION);
    await schoolbell('pause', INTEGRATION);
    await schoolbell('resume', INTEGRATION);
    await schoolbell('integrations', 'remove', INTEGRATION);
    expect(await schoolbell('events', INTEGRATION)).not.toContain(EMAIL);
    const doctor = await schoolbell('doctor');
    expect(doctor).toContain('bus, sending: EventBridge did not deny');
    expect(doctor).toContain('delete-stack --stack-name SchoolbellCertificates');
    expect(doctor).not.toContain('--stack-name SchoolbellSubscribers');

    expect(used(recorder)).toEqual(allowed());
    expect([...ran].toSorted()).toEqual(commandsOf(buildProgram()).toSorted());
  }, 180_000);
});

/** Returns the commands without subcommands, such as `set-aside retry`, except those that never use AWS. */
function commandsOf(command: Command, path: string[] = []): string[] {
  if (ALWAYS_LOCAL.includes(command.name())) return [];
  if (command.commands.length === 0) return [path.join(' ')];
  return command.commands.flatMap((one) => commandsOf(one, [...path, one.name()]));
}
