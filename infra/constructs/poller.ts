import { Duration } from 'aws-cdk-lib';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { type Environment, KOMBO_HOSTS } from '../../functions/contract/environment.ts';
import type { Settings } from '../settings.ts';
import type { StateStack } from '../stacks/state-stack.ts';
import { grantTable } from './grant-table.ts';
import { NotifierFunction } from './notifier-function.ts';
import { QueueWithDeadLetters } from './queue-with-dead-letters.ts';

/** Less than Lambda's limit: a message that failed is tried again after six times this. */
const TIMEOUT = Duration.minutes(5);

/** The poll queue and the function that takes one integration's message at a time. */
export class Poller extends Construct {
  readonly queue: QueueWithDeadLetters;
  readonly function: NotifierFunction;

  constructor(scope: Construct, id: string, { settings, state }: { settings: Settings; state: StateStack }) {
    super(scope, id);
    this.queue = new QueueWithDeadLetters(this, 'Queue', { timeout: TIMEOUT });
    const environment: Record<keyof Environment, string> = {
      TABLE_NAME: state.table.tableName,
      BUS_NAME: state.bus.eventBusArn,
      QUEUE_URL: this.queue.queueUrl,
      KOMBO_SECRET_ID: state.komboSecret.secretArn,
      KOMBO_BASE_URL: komboUrl(settings.kombo),
      BASELINE: settings.baseline,
      LEARNER_DETAILS: settings.learnerDetails,
      OVERLAP_SECONDS: String(settings.overlapMinutes * 60),
      JOURNAL_RETENTION_DAYS: String(settings.journalRetentionDays),
      SURGE_SHARE: String(settings.surgeShare),
      SURGE_FLOOR: String(settings.surgeFloor),
    };
    this.function = new NotifierFunction(this, 'Function', {
      settings,
      entry: 'poll',
      description: 'Polls one integration and publishes what changed',
      timeout: TIMEOUT,
      memorySize: 512,
      environment,
      callsItself: true,
    });
    // One slow integration delays no other: one message an invocation, and a cap that throttles nobody.
    this.function.addEventSource(
      new SqsEventSource(this.queue, { batchSize: 1, maxConcurrency: settings.pollConcurrency }),
    );
    this.queue.grantSendMessages(this.function);
    state.bus.grantPutEventsTo(this.function);
    state.komboSecret.grantRead(this.function);
    grantTable(state.table, this.function, 'GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem');
  }
}

function komboUrl(kombo: string): string {
  return kombo === 'eu' || kombo === 'us' ? KOMBO_HOSTS[kombo] : kombo;
}
