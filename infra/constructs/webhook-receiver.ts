import { Duration, Stack } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type FunctionUrl, FunctionUrlAuthType, SystemLogLevel } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { SettingsError } from '../read-settings.ts';
import { grantQueue, grantSecret } from './grants.ts';
import { NotifierFunction } from './notifier-function.ts';
import type { AnySecret, DeploymentSettings } from './shared-props.ts';

/**
 * A deployment in one of these Regions would fail after it has created some of the resources:
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html
 */
const REGIONS_WITHOUT_URLS = new Set([
  'ap-east-2',
  'ap-south-2',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-west-1',
  'eu-central-2',
  'eu-south-2',
  'il-central-1',
  'me-central-1',
]);

/**
 * Anybody can call the function URL. So the function checks Kombo's signature first, and has no rights except
 * to read its secret and to send messages to the queue.
 *
 * @throws SettingsError in a Region that has no function URLs
 */
export class WebhookReceiver extends Construct {
  readonly function: NotifierFunction;
  readonly url: FunctionUrl;
  /** Calls with a 4xx response: refused webhooks, and calls above the reserved concurrency. */
  readonly refused: Metric;

  constructor(
    scope: Construct,
    id: string,
    { settings, secret, queue }: { settings: DeploymentSettings; secret: AnySecret; queue: IQueue },
  ) {
    super(scope, id);
    const { region } = Stack.of(this);
    if (REGIONS_WITHOUT_URLS.has(region)) {
      throw new SettingsError(
        `webhook: Lambda has no function URLs in ${region}. Leave the webhook off (polls find every change), or deploy to another Region`,
      );
    }
    this.function = new NotifierFunction(this, 'Function', {
      settings,
      entry: 'functions/webhook/lambda.ts',
      description: "Checks Kombo's webhooks and sends the requested work to the poll queue",
      timeout: Duration.seconds(10),
      memorySize: 256,
      // Anybody can call this function, so Lambda's log lines for each call could become expensive.
      systemLogLevelV2: SystemLogLevel.WARN,
      ...(settings.webhookConcurrency !== undefined && {
        reservedConcurrentExecutions: settings.webhookConcurrency,
      }),
      environment: { QUEUE_URL: queue.queueUrl, WEBHOOK_SECRET_ID: secret.secretArn },
    });
    grantSecret(secret, this.function, 'GetSecretValue');
    grantQueue(queue, this.function, 'SendMessage');
    this.url = this.function.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
    // https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html
    this.refused = this.function.metric('Url4xxCount', { statistic: 'Sum' });
  }
}
