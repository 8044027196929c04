import * as z from 'zod/mini';
import type { Credentials } from './checkout.ts';

const { AWS_ENDPOINT_URL: EMULATOR = '', AWS_REGION: REGION = '' } = process.env;

/** A call to a service of the emulator for which the project has no client. */
type Call = { service: string; method?: string; path?: string; target?: string; body?: object };

/**
 * Makes the emulator call the target of a schedule now, through a second schedule with the same target. The
 * emulator cannot change a schedule with a cron expression to run at a given time.
 *
 * @param prefix the beginning of the schedule's name, which is the name of its stack
 */
export async function callNow(prefix: string): Promise<void> {
  const { Schedules: all } = Schedules.parse(await ask({ service: 'scheduler', path: '/schedules' }));
  const [found, ...others] = all.filter(({ Name }) => Name.startsWith(prefix));
  if (found === undefined || others.length > 0) {
    throw new Error(`${prefix} has ${found === undefined ? 'no' : 'several'} schedules`);
  }
  const path = `/schedules/${found.Name}`;
  const { Target } = Schedule.parse(await ask({ service: 'scheduler', path }));
  const ScheduleExpression = `at(${new Date().toISOString().slice(0, 19)})`;
  const body = { Target, ScheduleExpression, FlexibleTimeWindow: { Mode: 'OFF' } };
  await ask({ service: 'scheduler', method: 'POST', path: `${path}-now`, body });
}

const Schedules = z.object({ Schedules: z.array(z.object({ Name: z.string() })) });
const Schedule = z.object({ Target: z.looseObject({ Arn: z.string() }) });

/**
 * Returns the lines in the logs of the functions.
 *
 * @param name the name of the deployment, which is part of the names of its log groups
 */
export async function logLines(name: string): Promise<string[]> {
  const logs = async (operation: string, body: object) =>
    ask({ service: 'logs', method: 'POST', target: `Logs_20140328.${operation}`, body });
  const { logGroups } = LogGroups.parse(await logs('DescribeLogGroups', {}));
  const lines = [];
  for (const { logGroupName } of logGroups.filter((group) => group.logGroupName.includes(name))) {
    const { events } = LogEvents.parse(await logs('FilterLogEvents', { logGroupName }));
    lines.push(...events.map(({ message }) => message));
  }
  return lines;
}

const LogGroups = z.object({ logGroups: z.array(z.object({ logGroupName: z.string() })) });
const LogEvents = z.object({ events: z.array(z.object({ message: z.string() })) });

/**
 * Creates a user that has one policy.
 *
 * @param policy ARN of the policy
 */
export async function createUser(UserName: string, policy: string): Promise<Credentials> {
  const iam = async (Action: string, parameters: Record<string, string> = {}) => {
    const query = new URLSearchParams({ Action, Version: '2010-05-08', UserName, ...parameters });
    return call({ service: 'iam', method: 'POST', path: `/?${query}` });
  };
  await iam('CreateUser');
  await iam('AttachUserPolicy', { PolicyArn: policy });
  // For DescribeEventBus, the emulator compares the permission with the ARN of a rule instead of a bus, and
  // no policy contains such an ARN.
  await iam('PutUserPolicy', {
    PolicyName: 'DescribeEventBus',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'events:DescribeEventBus', Resource: '*' }],
    }),
  });
  const key = await iam('CreateAccessKey');
  const textOf = (name: string) => key.match(new RegExp(`<${name}>([^<]+)</${name}>`))?.[1] ?? '';
  return { accessKeyId: textOf('AccessKeyId'), secretAccessKey: textOf('SecretAccessKey') };
}

async function ask(request: Call): Promise<unknown> {
  return JSON.parse(await call(request));
}

async function call({ service, method = 'GET', path = '/', target, body }: Call): Promise<string> {
  const response = await fetch(`${EMULATOR}${path}`, {
    method,
    headers: {
      // The emulator reads the name of the service from the signature, and does not verify the signature.
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      'content-type': 'application/x-amz-json-1.1',
      ...(target && { 'x-amz-target': target }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${service}, ${path}: ${response.status} ${text}`);
  return text;
}
