import type { Template } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { synthesize } from './synthesize.ts';

/** Returns the only resource of a type. */
function only(template: Template, type: string): { id: string; properties: Record<string, unknown> } {
  const [[id, resource] = [], ...others] = Object.entries(template.findResources(type));
  if (id === undefined || others.length > 0)
    throw new Error(`The template does not have exactly one ${type}`);
  return { id, properties: resource?.['Properties'] };
}

it('the bus that Schoolbell creates logs failed deliveries, but not the detail of the events', () => {
  const { properties } = only(synthesize().state, 'AWS::Events::EventBus');
  expect(properties['LogConfig']).toEqual({ Level: 'ERROR', IncludeDetail: 'NONE' });
});

it('the bus that Schoolbell creates logs to a log group with the retention in the settings', () => {
  const { state } = synthesize({ logRetentionDays: 7 });
  const bus = only(state, 'AWS::Events::EventBus');
  const group = only(state, 'AWS::Logs::LogGroup');
  const source = only(state, 'AWS::Logs::DeliverySource');
  const destination = only(state, 'AWS::Logs::DeliveryDestination');
  expect(group.properties['RetentionInDays']).toBe(7);
  expect(source.properties).toMatchObject({
    LogType: 'ERROR_LOGS',
    ResourceArn: { 'Fn::GetAtt': [bus.id, 'Arn'] },
  });
  expect(JSON.stringify(destination.properties['DestinationResourceArn'])).toContain(
    `:log-group:${group.properties['LogGroupName']}"`,
  );
  state.hasResource('AWS::Logs::Delivery', {
    Properties: {
      DeliverySourceName: source.properties['Name'],
      DeliveryDestinationArn: { 'Fn::GetAtt': [destination.id, 'Arn'] },
    },
    DependsOn: [source.id],
  });
});

it('the log group of the bus has no retention when the settings keep logs without an end', () => {
  const { state } = synthesize({ logRetentionDays: RetentionDays.INFINITE });
  expect(only(state, 'AWS::Logs::LogGroup').properties).not.toHaveProperty('RetentionInDays');
});

it('only the log delivery of the same account may write to the log group of the bus', () => {
  const { properties } = only(synthesize().state, 'AWS::Logs::LogGroup');
  expect(properties['ResourcePolicyDocument']).toMatchObject({
    Statement: [
      {
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      },
    ],
  });
  expect(JSON.stringify(properties['ResourcePolicyDocument'])).toContain(
    `:log-group:${properties['LogGroupName']}:log-stream:*`,
  );
});

it('the delivery source and destination for the logs of the bus have valid names, whatever the name of the deployment is', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,39}$/), (name) => {
      const { state } = synthesize({ name });
      // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html
      for (const type of ['AWS::Logs::DeliverySource', 'AWS::Logs::DeliveryDestination']) {
        expect(only(state, type).properties['Name']).toMatch(/^[\w-]{1,60}$/);
      }
    }),
    { numRuns: 5, examples: [['A'.repeat(40)]] },
  );
});

it('the stacks do not change the log settings of a bus that Schoolbell did not create', () => {
  const bus = 'arn:aws:events:eu-central-1:123456789012:event-bus/company';
  const { state } = synthesize({ bus });
  for (const type of ['AWS::Logs::Delivery', 'AWS::Logs::DeliverySource', 'AWS::Logs::LogGroup']) {
    expect(JSON.stringify(state.findResources(type))).not.toContain(bus);
  }
});
