import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type Environment, KOMBO_HOSTS } from '../../functions/contract/environment.ts';
import type { TableCall } from '../../functions/contract/names.ts';
import { grantQueue, grantSecret, grantTable } from './grants.ts';
import { NotifierFunction } from './notifier-function.ts';
import { feedFunction, QueueWithDeadLetters } from './queues.ts';
import type { ISchoolbellState } from './schoolbell-state.ts';
import type { DeploymentSettings } from './shared-props.ts';

/**
 * The timeout of the function. It is shorter than Lambda's limit of 15 minutes, because the queue delivers a
 * failed message again only after six times the timeout.
 */
const TIMEOUT = Duration.minutes(5);

type QueueWorkerProps = {
  settings: DeploymentSettings;
  state: ISchoolbellState;
  /** The path of the function's file, relative to the project's root. */
  entry: string;
  description: string;
  memorySize: number;
  /** The environment variable for the URL of the queue. */
  queueVariable: 'QUEUE_URL' | 'REPLAY_QUEUE_URL';
  /** The maximum number of messages that are processed at the same time. */
  atOnce: number;
  tableCalls: readonly TableCall[];
};

/**
 * Creates a queue and the function that it calls with one message at a time. The function reads Kombo, publishes events, and may
 * send another message to its own queue.
 */
export class QueueWorker extends Construct {
  readonly queue: QueueWithDeadLetters;
  readonly function: NotifierFunction;

  constructor(scope: Construct, id: string, props: QueueWorkerProps) {
    super(scope, id);
    const { settings, state, queueVariable, atOnce, tableCalls, ...rest } = props;
    this.queue = new QueueWithDeadLetters(this, 'Queue', {
      timeout: TIMEOUT,
      encryptionKey: settings.encryptionKey,
    });
    this.function = new NotifierFunction(this, 'Function', {
      ...rest,
      settings,
      timeout: TIMEOUT,
      environment: { ...runEnvironment(settings, state), [queueVariable]: this.queue.queueUrl },
      callsItself: true,
    });
    feedFunction(this.function, this.queue, { atOnce });
    grantQueue(this.queue, this.function, 'SendMessage');
    state.bus.grantPutEventsTo(this.function);
    grantSecret(state.komboSecret, this.function, 'GetSecretValue');
    grantSecret(state.remoteIdsKey, this.function, 'GetSecretValue');
    grantTable(state.table, this.function, tableCalls);
  }
}

/** Returns the environment variables of a function that reads Kombo and publishes events, except the URL of its queue. */
export function runEnvironment(
  settings: DeploymentSettings,
  state: ISchoolbellState,
): Record<Exclude<keyof Environment, 'QUEUE_URL'>, string> {
  return {
    TABLE_NAME: state.table.tableName,
    // A bus of another account must be identified by its ARN. For a bus of this account, `doctor` needs the name.
    BUS_NAME: state.hasOwnBus === true ? state.bus.eventBusName : state.bus.eventBusArn,
    KOMBO_SECRET_ID: state.komboSecret.secretArn,
    KOMBO_BASE_URL: komboUrl(settings.kombo),
    BASELINE: settings.baseline,
    LEARNER_DETAILS: settings.learnerDetails,
    REMOTE_IDS: settings.remoteIds,
    REMOTE_IDS_KEY_ID: state.remoteIdsKey.secretArn,
    OVERLAP_SECONDS: String(settings.overlapMinutes * 60),
    JOURNAL_RETENTION_DAYS: String(settings.journalRetentionDays),
    SURGE_SHARE: String(settings.surgeShare),
    SURGE_FLOOR: String(settings.surgeFloor),
  };
}

/** Returns the URL of Kombo's API: the URL of a Kombo region, or the URL that the settings contain. */
export function komboUrl(kombo: string): string {
  return kombo === 'eu' || kombo === 'us' ? KOMBO_HOSTS[kombo] : kombo;
}
