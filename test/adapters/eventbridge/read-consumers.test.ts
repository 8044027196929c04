import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { expect, onTestFinished, test } from 'vitest';
import { eventPattern } from '../../../consumers/kit/event-pattern.ts';
import { readConsumers } from '../../../functions/adapters/eventbridge/read-consumers.ts';
import { EMBEDDED_CREDENTIALS } from '../../../local/dynamodb-engine.ts';
import { startLocalServer } from '../../../local/local-server.ts';

/** Creates a client of an endpoint that gives these responses, one after another. */
async function clientOf(responses: { status: number; body: object }[]) {
  const requests: unknown[] = [];
  const server = createServer(async (request, response) => {
    requests.push(await json(request));
    const { status, body } = responses.shift() ?? { status: 500, body: {} };
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  });
  const { origin, close } = await startLocalServer(server);
  const client = new EventBridgeClient({
    endpoint: origin,
    region: 'local',
    credentials: EMBEDDED_CREDENTIALS,
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await close();
  });
  return { client, requests };
}

const ruleOf = (consumer: string) => ({
  EventPattern: JSON.stringify(eventPattern(['CourseCompleted', 'LearnerDropped'], consumer)),
});

test('the names of consumers are read from the event patterns of all rules on the bus, over several pages, each name once', async () => {
  const others = [
    { EventPattern: JSON.stringify(eventPattern(['IntegrationFailing'], 'alerts')) },
    {
      EventPattern: JSON.stringify({
        source: ['other'],
        detail: { replay: { consumer: [{ prefix: 'a' }] } },
      }),
    },
    { ScheduleExpression: 'rate(1 day)' },
  ];
  const { client, requests } = await clientOf([
    { status: 200, body: { Rules: [ruleOf('slack'), ...others], NextToken: 'page 2' } },
    { status: 200, body: { Rules: [ruleOf('certificates'), ruleOf('slack')] } },
  ]);

  expect(await readConsumers(client, 'bus')).toEqual(['certificates', 'slack']);
  expect(requests).toEqual([{ EventBusName: 'bus' }, { EventBusName: 'bus', NextToken: 'page 2' }]);
});

test.each([
  [400, 'AccessDeniedException', { kind: 'deployment', message: /refuses to list the rules of bus bus/ }],
  [503, 'ServiceUnavailable', { kind: 'transient', message: /cannot list the rules of bus bus/ }],
] as const)(
  'when listing the rules of a bus fails with %i %s, the error names the bus',
  async (status, code, { kind, message }) => {
    const { client } = await clientOf([{ status, body: { __type: code } }]);

    await expect(readConsumers(client, 'bus')).rejects.toMatchObject({
      kind,
      message: expect.stringMatching(message),
    });
  },
);
