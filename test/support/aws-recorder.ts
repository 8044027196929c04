import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod/mini';
import { eventPattern } from '../../consumers/kit/event-pattern.ts';

/**
 * A server that all AWS clients use as their endpoint. It records the calls by their IAM actions. It answers
 * the calls of CloudFormation, DescribeEventBus and ListRules itself, and passes each other call to the fake
 * of its service.
 */
export type AwsRecorder = {
  endpoint: string;
  /** Returns each action with its resource, once, such as `dynamodb:PutItem` of `schoolbell`. */
  calls(): { action: string; resource: string }[];
  close(): Promise<void>;
};

/** The endpoints of the fake services, by the first part of `x-amz-target`. */
export type StandIns = Record<'DynamoDB_20120810' | 'AWSEvents' | 'AmazonSQS' | 'secretsmanager', string>;

/** The names of the services in IAM. */
const SERVICES: Record<keyof StandIns, string> = {
  DynamoDB_20120810: 'dynamodb',
  AWSEvents: 'events',
  AmazonSQS: 'sqs',
  secretsmanager: 'secretsmanager',
};
/** IAM has no action for a call with several messages. Instead, it checks the action for one message. */
const ACTIONS: Record<string, string> = {
  SendMessageBatch: 'SendMessage',
  DeleteMessageBatch: 'DeleteMessage',
};

const FORWARDED = ['content-type', 'x-amz-target', 'x-amz-date', 'authorization'];

const Named = z.object({
  TableName: z.optional(z.string()),
  RequestItems: z.optional(z.record(z.string(), z.unknown())),
  QueueUrl: z.optional(z.string()),
  SecretId: z.optional(z.string()),
  Name: z.optional(z.string()),
  Entries: z.optional(z.array(z.object({ EventBusName: z.optional(z.string()) }))),
});

const Statements = z.object({ Statements: z.array(z.object({ Statement: z.string() })) });

/**
 * Returns the action and the table of each statement, because IAM checks the statements and not the call that
 * contains them.
 */
function statementCalls(body: unknown): [action: string, resource: string][] {
  return Statements.parse(body).Statements.map(({ Statement }) => [
    Statement.startsWith('INSERT') ? 'dynamodb:PartiQLInsert' : 'dynamodb:PartiQLUpdate',
    /"([^"]+)"/.exec(Statement)?.[1] ?? '',
  ]);
}

/**
 * Starts the server.
 *
 * @param stacks the stacks that CloudFormation has, by name, with their outputs
 */
export async function startAwsRecorder(
  standIns: StandIns,
  stacks: Record<string, Record<string, string>> = {},
): Promise<AwsRecorder> {
  const calls = new Map<string, { action: string; resource: string }>();
  const note = (action: string, resource: string) => {
    calls.set(`${action} ${resource}`, { action, resource });
  };
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const [service = '', call = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    if (!isKnown(service)) {
      const form = new URLSearchParams(body);
      note(`cloudformation:${form.get('Action')}`, form.get('StackName') ?? '');
      const outputs = stacks[form.get('StackName') ?? ''];
      response.writeHead(outputs ? 200 : 400, { 'content-type': 'text/xml' });
      response.end(outputs ? described(outputs) : NO_STACK);
      return;
    }
    const parsed: unknown = JSON.parse(body);
    if (call === 'BatchExecuteStatement') for (const made of statementCalls(parsed)) note(...made);
    else note(`${SERVICES[service]}:${ACTIONS[call] ?? call}`, resourceOf(parsed));
    if (call === 'DescribeEventBus' || call === 'ListRules') {
      response.end(call === 'ListRules' ? RULES : '{}');
      return;
    }
    const answer = await fetch(new URL(request.url ?? '/', standIns[service]), {
      method: 'POST',
      headers: FORWARDED.flatMap((name): [string, string][] => {
        const value = request.headers[name];
        return typeof value === 'string' ? [[name, value]] : [];
      }),
      body,
    });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    endpoint: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    calls: () => [...calls.values()],
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function isKnown(service: string): service is keyof StandIns {
    return service in standIns;
  }
}

function resourceOf(body: unknown): string {
  const { TableName, RequestItems = {}, QueueUrl, SecretId, Name, Entries = [] } = Named.parse(body);
  return (
    TableName ??
    Object.keys(RequestItems)[0] ??
    QueueUrl ??
    SecretId ??
    Name ??
    Entries[0]?.EventBusName ??
    ''
  );
}

/** The rules of the bus: the rules of one consumer, and one rule without a pattern. */
const RULES = JSON.stringify({
  Rules: [
    { EventPattern: JSON.stringify(eventPattern(['CourseCompleted'], 'certificates')) },
    { ScheduleExpression: 'rate(1 day)' },
  ],
});

function described(outputs: Record<string, string>): string {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult>
<Stacks><member><StackName>there</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus>
<Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}

const NO_STACK = `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type>
<Code>ValidationError</Code><Message>Stack with id absent does not exist</Message></Error></ErrorResponse>`;
