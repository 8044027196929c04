import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { TABLE_CALLS } from '../../functions/contract/names.ts';
import type { Settings } from '../settings.ts';
import type { State } from './deployed-state.ts';
import { feedFunction } from './feed-function.ts';
import { grantQueue, grantSecret, grantTable } from './grants.ts';
import { NotifierFunction } from './notifier-function.ts';
import { QueueWithDeadLetters } from './queue-with-dead-letters.ts';
import { runEnvironment } from './run-environment.ts';

const TIMEOUT = Duration.minutes(5);

/** AWS's least. Each replay keeps to its own rate, and replays must not crowd out what is new. */
const AT_ONCE = 2;

/** The replay queue and the function that carries replays on. */
export class Replayer extends Construct {
  readonly queue: QueueWithDeadLetters;
  readonly function: NotifierFunction;

  constructor(scope: Construct, id: string, { settings, state }: { settings: Settings; state: State }) {
    super(scope, id);
    this.queue = new QueueWithDeadLetters(this, 'Queue', { timeout: TIMEOUT });
    this.function = new NotifierFunction(this, 'Function', {
      settings,
      entry: 'functions/replay/lambda.ts',
      description: 'Carries a replay on',
      timeout: TIMEOUT,
      memorySize: 512,
      environment: { ...runEnvironment(settings, state), REPLAY_QUEUE_URL: this.queue.queueUrl },
      callsItself: true,
    });
    feedFunction(this.function, this.queue, { atOnce: AT_ONCE });
    grantQueue(this.queue, this.function, 'SendMessage');
    state.bus.grantPutEventsTo(this.function);
    grantSecret(state.komboSecret, this.function, 'GetSecretValue');
    grantSecret(state.remoteIdsKey, this.function, 'GetSecretValue');
    grantTable(state.table, this.function, TABLE_CALLS.replay);
  }
}
