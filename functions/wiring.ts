import { setTimeout } from 'node:timers/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { readOutputs } from './adapters/cloudformation/stacks.ts';
import { dynamoDbCalls } from './adapters/dynamodb/dynamodb-calls.ts';
import { createReplayStore } from './adapters/dynamodb/replay-items.ts';
import { createStore } from './adapters/dynamodb/store.ts';
import { createPublisher, tryToSend } from './adapters/eventbridge/publisher.ts';
import { findBus, putEventsCall } from './adapters/eventbridge/put-events.ts';
import { readConsumers } from './adapters/eventbridge/read-consumers.ts';
import { createKombo, type KomboAdapter } from './adapters/kombo/kombo.ts';
import { secretReader, storeSecret } from './adapters/secrets-manager/secret.ts';
import { countWaiting, createQueue } from './adapters/sqs/queue.ts';
import { AWS_CLIENT } from './aws-client.ts';
import {
  DispatchEnvironment,
  Environment,
  OperatorEnvironment,
  parseAs,
  ReplayEnvironment,
  WebhookEnvironment,
} from './contract/environment.ts';
import type { PollMessage, ReplayMessage } from './contract/messages.ts';
import type { BulkQueue, Ports } from './core/ports.ts';
import type { ReplayPorts } from './core/replay/ports.ts';
import type { DispatchParts } from './dispatch/handler.ts';
import { type IdSetting, komboWithIds, storeWithIds } from './remote-ids.ts';
import { runSettings } from './run-settings.ts';
import type { WebhookParts } from './webhook/handler.ts';

type Variables = Record<string, string | undefined>;

/** Called once, at a cold start, like the other functions of this file. */
export function wirePoll(variables: Variables) {
  const environment = parseAs(Environment, variables);
  const secrets = new SecretsManagerClient(AWS_CLIENT);
  const ids = wireIds(environment, secrets);
  const kombo = wireKombo(environment, ids, secrets);
  return {
    ports: wirePorts(environment, { kombo, ids }),
    settings: runSettings(environment),
    queue: wireQueue(environment),
    readKomboStatus: kombo.readKomboStatus,
    baseline: environment.BASELINE,
  };
}

/** The dispatch function uses neither Kombo nor the bus. */
export function wireDispatch(variables: Variables): DispatchParts {
  const environment = parseAs(DispatchEnvironment, variables);
  return {
    ports: { store: createStore(tableOf(environment)), clock: () => Date.now() },
    queue: wireQueue(environment),
    intervalMs: environment.POLL_EVERY_MINUTES * 60_000,
    wanted: { ids: environment.INTEGRATIONS, baseline: environment.BASELINE },
  };
}

/** The webhook function uses only the queue and the webhook secret. */
export function wireWebhook(variables: Variables): Omit<WebhookParts, 'report'> {
  const environment = parseAs(WebhookEnvironment, variables);
  return {
    queue: wireQueue(environment),
    secret: secretReader(new SecretsManagerClient(AWS_CLIENT), environment.WEBHOOK_SECRET_ID),
  };
}

export function wireReplay(variables: Variables) {
  const environment = parseAs(ReplayEnvironment, variables);
  const secrets = new SecretsManagerClient(AWS_CLIENT);
  const ids = wireIds(environment, secrets);
  return {
    ports: wireReplayPorts(environment, ids, wireKombo(environment, ids, secrets)),
    settings: runSettings(environment),
    queue: createQueue<ReplayMessage>(new SQSClient(AWS_CLIENT), environment.REPLAY_QUEUE_URL),
  };
}

/** Without a replay function, `replayQueue` and `countReplays` are null. */
export function wireOperator(variables: Variables) {
  const environment = parseAs(OperatorEnvironment, variables);
  const replayUrl = environment.REPLAY_QUEUE_URL;
  const bus = environment.BUS_NAME;
  const eventBridge = new EventBridgeClient(AWS_CLIENT);
  const sqs = new SQSClient(AWS_CLIENT);
  const secrets = new SecretsManagerClient(AWS_CLIENT);
  const ids = wireIds(environment, secrets);
  const kombo = wireKombo(environment, ids, secrets);
  return {
    ports: wireReplayPorts(environment, ids, kombo),
    ids,
    settings: runSettings(environment),
    readKeyOwner: kombo.readKeyOwner,
    findLearners: kombo.findLearners,
    /** Reads the names of the consumers that have rules on the bus. */
    readConsumers: () => readConsumers(eventBridge, bus),
    queue: createQueue<PollMessage>(sqs, environment.QUEUE_URL),
    replayQueue: replayUrl === undefined ? null : createQueue<ReplayMessage>(sqs, replayUrl),
    /** The checks of `doctor` that do not use the ports. Each throws an error that describes the problem. */
    checks: {
      findBus: () => findBus(eventBridge, bus),
      tryToSend: () => tryToSend({ putEvents: putEventsCall(eventBridge), bus }),
      countPolls: () => countWaiting(sqs, environment.QUEUE_URL),
      countReplays: replayUrl === undefined ? null : () => countWaiting(sqs, replayUrl),
      /** Returns the stacks of consumers that are switched off but still deployed. */
      findStacksOff: () => findStacks(environment.STACKS_OFF),
    },
    storeKey: (key: string) => storeSecret(secrets, environment.KOMBO_SECRET_ID, key),
  };
}

export type OperatorChecks = ReturnType<typeof wireOperator>['checks'];

/** Returns the addresses that the environment or the AWS configuration of this machine has for the services. */
export async function configuredEndpoints(): Promise<string[]> {
  const services = [CloudFormationClient, DynamoDBClient, EventBridgeClient, SecretsManagerClient, SQSClient];
  const endpoints = await Promise.all(
    services.map((Client) => new Client(AWS_CLIENT).config.serviceConfiguredEndpoint?.()),
  );
  return endpoints.filter((endpoint) => endpoint !== undefined);
}

/** Reads the outputs of a stack with the user's credentials; null if there is no stack with this name. */
export function readStackOutputs(name: string): Promise<Record<string, string> | null> {
  return readOutputs(new CloudFormationClient(AWS_CLIENT), name);
}

async function findStacks(names: string[]): Promise<string[]> {
  const client = new CloudFormationClient(AWS_CLIENT);
  const found = await Promise.all(names.map((name) => readOutputs(client, name)));
  return names.filter((_, at) => found[at] !== null);
}

function wireReplayPorts(
  environment: Omit<Environment, 'QUEUE_URL'>,
  ids: IdSetting,
  kombo: KomboAdapter,
): ReplayPorts {
  const table = tableOf(environment);
  return {
    ...wirePorts(environment, { kombo, ids }, table),
    replays: createReplayStore(table),
    stopwatch: () => performance.now(),
    sleep: (ms) => setTimeout(ms),
  };
}

function wireKombo(
  environment: Pick<Environment, 'KOMBO_BASE_URL' | 'KOMBO_SECRET_ID'>,
  ids: IdSetting,
  secrets: SecretsManagerClient,
): KomboAdapter {
  const kombo = createKombo({
    baseUrl: environment.KOMBO_BASE_URL,
    apiKey: secretReader(secrets, environment.KOMBO_SECRET_ID),
  });
  // Only replaces ids in the records that are read.
  return komboWithIds(kombo, ids);
}

function wireIds(
  { REMOTE_IDS, REMOTE_IDS_KEY_ID }: Pick<Environment, 'REMOTE_IDS' | 'REMOTE_IDS_KEY_ID'>,
  secrets: SecretsManagerClient,
): IdSetting {
  return { mode: REMOTE_IDS, key: secretReader(secrets, REMOTE_IDS_KEY_ID) };
}

function wirePorts(
  environment: Omit<Environment, 'QUEUE_URL'>,
  { kombo, ids }: { kombo: KomboAdapter; ids: IdSetting },
  table = tableOf(environment),
): Ports {
  return {
    kombo,
    // Only replaces ids in the known states and the entries that are read.
    store: storeWithIds(createStore(table), ids),
    publisher: createPublisher({
      putEvents: putEventsCall(new EventBridgeClient(AWS_CLIENT)),
      bus: environment.BUS_NAME,
    }),
    clock: () => Date.now(),
  };
}

function tableOf({
  TABLE_NAME,
  JOURNAL_RETENTION_DAYS,
}: Pick<Environment, 'TABLE_NAME' | 'JOURNAL_RETENTION_DAYS'>) {
  return {
    calls: dynamoDbCalls(new DynamoDBClient(AWS_CLIENT)),
    table: TABLE_NAME,
    retentionDays: JOURNAL_RETENTION_DAYS,
  };
}

function wireQueue({ QUEUE_URL }: Pick<Environment, 'QUEUE_URL'>): BulkQueue {
  return createQueue(new SQSClient(AWS_CLIENT), QUEUE_URL);
}
