import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { dynamoDbCalls } from './adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from './adapters/dynamodb/store.ts';
import { createPublisher } from './adapters/eventbridge/publisher.ts';
import { putEventsCall } from './adapters/eventbridge/put-events.ts';
import { createKombo } from './adapters/kombo/kombo.ts';
import { secretReader } from './adapters/secrets-manager/secret.ts';
import { createQueue } from './adapters/sqs/queue.ts';
import { parseEnvironment } from './contract/environment.ts';
import type { Ports, Queue, RunSettings } from './core/ports.ts';
import { runSettings } from './run-settings.ts';

/** A call that hangs is given up, so that the budgets of the adapters hold. DynamoDB answers in milliseconds. */
const REQUEST_HANDLER = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

/** What the functions are made of: environment → clients → ports. Called once, at a cold start. */
export function wire(variables: Record<string, string | undefined>): {
  ports: Ports;
  settings: RunSettings;
  queue: Queue;
} {
  const environment = parseEnvironment(variables);
  const client = { requestHandler: REQUEST_HANDLER };
  return {
    ports: {
      kombo: createKombo({
        baseUrl: environment.KOMBO_BASE_URL,
        apiKey: secretReader(new SecretsManagerClient(client), environment.KOMBO_SECRET_ID),
      }),
      store: createStore({
        calls: dynamoDbCalls(new DynamoDBClient(client)),
        table: environment.TABLE_NAME,
        retentionDays: environment.JOURNAL_RETENTION_DAYS,
      }),
      publisher: createPublisher({
        putEvents: putEventsCall(new EventBridgeClient(client)),
        bus: environment.BUS_NAME,
      }),
      clock: () => Date.now(),
    },
    settings: runSettings(environment),
    queue: createQueue(new SQSClient(client), environment.QUEUE_URL),
  };
}
