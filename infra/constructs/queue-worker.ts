import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { type Environment, KOMBO_HOSTS } from '../../functions/contract/environment.ts';
import type { TableCall } from '../../functions/contract/names.ts';
import { POLL_MEMORY_MB } from './function-options.ts';
import { grantQueue, grantSecret, grantTable } from './grants.ts';
import { NotifierFunction } from './notifier-function.ts';
import { feedFunction, QueueWithDeadLetters } from './queues.ts';
import type { ISchoolbellState } from './schoolbell-state.ts';
import type { DeploymentSettings } from './shared-props.ts';

/** Lambda allows 15 minutes, but the queue repeats a failed message only after six times this time. */
const TIMEOUT = Duration.minutes(5);

type QueueWorkerProps = {
  settings: DeploymentSettings;
  state: ISchoolbellState;
  /** The path of the function's file, relative to the project's root. */
  entry: string;
  description: string;
  queueVariable: 'QUEUE_URL' | 'REPLAY_QUEUE_URL';
  /** The maximum number of messages that are processed at the same time. */
  atOnce: number;
  tableCalls: readonly TableCall[];
};

/** The function gets one message per call. It reads Kombo, publishes events, and may send to the queue. */
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
      memorySize: POLL_MEMORY_MB,
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

/** Returns all variables of a function except the URL of its queue. */
export function runEnvironment(
  settings: DeploymentSettings,
  state: ISchoolbellState,
): Record<Exclude<keyof Environment, 'QUEUE_URL'>, string> {
  return {
    TABLE_NAME: state.table.tableName,
    // A bus of another account needs its ARN. For a bus of this account, `doctor` needs the name.
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

/** `kombo` is `eu`, `us` or a URL. */
export function komboUrl(kombo: string): string {
  return kombo === 'eu' || kombo === 'us' ? KOMBO_HOSTS[kombo] : kombo;
}
