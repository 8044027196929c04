import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { onEvent } from 'schoolbell-consumer/cdk';

const stack = new Stack(new App(), 'Badges');
const bus = EventBus.fromEventBusArn(stack, 'Schoolbell', process.env['SCHOOLBELL_BUS_ARN'] ?? '');
const badges = new Table(stack, 'Badges', {
  partitionKey: { name: 'stream', type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
  removalPolicy: RemovalPolicy.DESTROY,
});
const handler = new NodejsFunction(stack, 'Handler', {
  entry: 'handler.ts',
  runtime: Runtime.NODEJS_24_X,
  environment: { BADGES: badges.tableName },
  bundling: { format: OutputFormat.ESM, mainFields: ['module', 'main'], bundleAwsSDK: true },
});
badges.grantReadWriteData(handler);

onEvent(
  stack,
  'CourseCompleted',
  { bus, consumer: 'badges', where: { course: { title: [{ prefix: 'Fire' }] } } },
  handler,
);

new CfnOutput(stack, 'BadgesTable', { value: badges.tableName });
