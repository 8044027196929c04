import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { dynamoDbCalls } from './adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from './adapters/dynamodb/store.ts';
import { createPublisher } from './adapters/eventbridge/publisher.ts';
import { putEventsCall } from './adapters/eventbridge/put-events.ts';
import { createKombo } from './adapters/kombo/kombo.ts';
import { standingReader } from './adapters/kombo/standing.ts';
import { secretReader } from './adapters/secrets-manager/secret.ts';
import { createQueue } from './adapters/sqs/queue.ts';
import type { Baseline } from './contract/baseline.ts';
import { DispatchEnvironment, Environment, parseAs, WebhookEnvironment } from './contract/environment.ts';
import type { ReadStanding } from './core/follow-kombo.ts';
import type { Ports, Queue, RunSettings } from './core/ports.ts';
import type { DispatchParts } from './dispatch.ts';
import { runSettings } from './run-settings.ts';
import type { WebhookParts } from './webhook.ts';

/** A call that hangs is given up, so that the budgets of the adapters hold. DynamoDB answers in milliseconds. */
const REQUEST_HANDLER = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

const CLIENT = { requestHandler: REQUEST_HANDLER };

type Variables = Record<string, string | undefined>;

/** The parts of poll: environment → clients → ports. Called once, at a cold start. */
export function wirePoll(variables: Variables): {
  ports: Ports;
  settings: RunSettings;
  queue: Queue;
  readStanding: ReadStanding;
  baseline: Baseline;
} {
  const environment = parseAs(Environment, variables);
  const kombo = {
    baseUrl: environment.KOMBO_BASE_URL,
    apiKey: secretReader(new SecretsManagerClient(CLIENT), environment.KOMBO_SECRET_ID),
  };
  return {
    ports: {
      kombo: createKombo(kombo),
      store: wireStore(environment),
      publisher: createPublisher({
        putEvents: putEventsCall(new EventBridgeClient(CLIENT)),
        bus: environment.BUS_NAME,
      }),
      clock: () => Date.now(),
    },
    settings: runSettings(environment),
    queue: wireQueue(environment),
    readStanding: standingReader(kombo),
    baseline: environment.BASELINE,
  };
}

/** The parts of dispatch: no Kombo, no bus. */
export function wireDispatch(variables: Variables): DispatchParts {
  const environment = parseAs(DispatchEnvironment, variables);
  return {
    ports: { store: wireStore(environment), clock: () => Date.now() },
    queue: wireQueue(environment),
    wanted: { ids: environment.INTEGRATIONS, baseline: environment.BASELINE },
  };
}

/** The parts of webhook: the queue and its secret, nothing else. */
export function wireWebhook(variables: Variables): Omit<WebhookParts, 'report'> {
  const environment = parseAs(WebhookEnvironment, variables);
  return {
    queue: wireQueue(environment),
    secret: secretReader(new SecretsManagerClient(CLIENT), environment.WEBHOOK_SECRET_ID),
  };
}

function wireStore(environment: Pick<Environment, 'TABLE_NAME' | 'JOURNAL_RETENTION_DAYS'>) {
  return createStore({
    calls: dynamoDbCalls(new DynamoDBClient(CLIENT)),
    table: environment.TABLE_NAME,
    retentionDays: environment.JOURNAL_RETENTION_DAYS,
  });
}

function wireQueue({ QUEUE_URL }: Pick<Environment, 'QUEUE_URL'>): Queue {
  return createQueue(new SQSClient(CLIENT), QUEUE_URL);
}
