import { Duration } from 'aws-cdk-lib';
import { type FunctionUrl, FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import type { AnySecret } from './empty-secret.ts';
import { NotifierFunction } from './notifier-function.ts';

/**
 * The function URL for Kombo's webhooks. Anybody can call it: the function checks Kombo's signature first, may do nothing
 * but send a message, and its concurrency is capped.
 */
export class WebhookReceiver extends Construct {
  readonly function: NotifierFunction;
  readonly url: FunctionUrl;

  constructor(
    scope: Construct,
    id: string,
    { settings, secret, queue }: { settings: Settings; secret: AnySecret; queue: Queue },
  ) {
    super(scope, id);
    this.function = new NotifierFunction(this, 'Function', {
      settings,
      entry: 'webhook',
      description: "Checks Kombo's webhooks and queues what they ask for",
      timeout: Duration.seconds(10),
      memorySize: 256,
      reservedConcurrentExecutions: settings.webhookConcurrency,
      environment: { QUEUE_URL: queue.queueUrl, WEBHOOK_SECRET_ID: secret.secretArn },
    });
    secret.grantRead(this.function);
    queue.grantSendMessages(this.function);
    this.url = this.function.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
  }
}
