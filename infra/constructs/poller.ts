import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { TABLE_CALLS } from '../../functions/contract/names.ts';
import type { Settings } from '../settings.ts';
import type { State } from './deployed-state.ts';
import { feedFunction } from './feed-function.ts';
import { grantQueue, grantSecret, grantTable } from './grants.ts';
import { NotifierFunction } from './notifier-function.ts';
import { POLL_MEMORY_MB } from './poll-memory.ts';
import { QueueWithDeadLetters } from './queue-with-dead-letters.ts';
import { runEnvironment } from './run-environment.ts';

/** Less than Lambda's limit: a message that failed is tried again after six times this. */
const TIMEOUT = Duration.minutes(5);

/** The poll queue and the function that takes one integration's message at a time. */
export class Poller extends Construct {
  readonly queue: QueueWithDeadLetters;
  readonly function: NotifierFunction;

  constructor(scope: Construct, id: string, { settings, state }: { settings: Settings; state: State }) {
    super(scope, id);
    this.queue = new QueueWithDeadLetters(this, 'Queue', { timeout: TIMEOUT });
    this.function = new NotifierFunction(this, 'Function', {
      settings,
      entry: 'functions/poll/lambda.ts',
      description: 'Polls one integration and publishes what changed',
      timeout: TIMEOUT,
      memorySize: POLL_MEMORY_MB,
      environment: { ...runEnvironment(settings, state), QUEUE_URL: this.queue.queueUrl },
      callsItself: true,
    });
    // One slow integration delays no other: one message an invocation, and a cap that throttles nobody.
    feedFunction(this.function, this.queue, { atOnce: settings.pollConcurrency });
    grantQueue(this.queue, this.function, 'SendMessage');
    state.bus.grantPutEventsTo(this.function);
    grantSecret(state.komboSecret, this.function, 'GetSecretValue');
    grantSecret(state.remoteIdsKey, this.function, 'GetSecretValue');
    grantTable(state.table, this.function, TABLE_CALLS.poll);
  }
}
