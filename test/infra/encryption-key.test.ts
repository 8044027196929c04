import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alias, type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import {
  Certificates,
  Endpoint,
  Schoolbell,
  SlackChannel,
  type SlackChannelProps,
} from '../../infra/index.ts';

function newApp(): App {
  return new App({ context: { 'aws:cdk:bundling-stacks': [], 'aws:cdk:disable-stack-trace': true } });
}

function secretOf(scope: Stack, id: string): ReturnType<typeof Secret.fromSecretCompleteArn> {
  return Secret.fromSecretCompleteArn(
    scope,
    id,
    `arn:aws:secretsmanager:eu-west-1:111111111111:secret:${id}-AbCdEf`,
  );
}

function slackChannel(
  scope: Stack,
  id: string,
  props: Pick<SlackChannelProps, 'schoolbell' | 'digestAt' | 'encryptionKey'>,
) {
  const via = { way: 'incoming-webhook' as const, url: secretOf(scope, `${id}Url`) };
  return new SlackChannel(scope, id, { name: id, events: ['CourseCompleted'], via, ...props });
}

/** Returns a statement of a key policy that allows an AWS service to use the key under a condition. */
const allowed = (service: string, actions: string[], condition: object) =>
  Match.objectLike({ Principal: { Service: service }, Action: actions, Condition: condition });

describe('a KMS key of another stack of the same app', () => {
  const app = newApp();
  const keys = new Stack(app, 'Keys');
  const encryptionKey = new Key(keys, 'Key');
  const stack = new Stack(app, 'Learning');
  const schoolbell = new Schoolbell(stack, 'Schoolbell', { encryptionKey });
  new Certificates(stack, 'Certificates', { schoolbell });
  slackChannel(stack, 'digests', { schoolbell, digestAt: '17:00' });

  it('a KMS key of another stack can encrypt a deployment: the key refers to nothing in the stack of the deployment', () => {
    expect(() => app.synth()).not.toThrow();
    Template.fromStack(stack).hasResourceProperties('AWS::Events::EventBus', {
      KmsKeyIdentifier: { 'Fn::ImportValue': Match.stringLikeRegexp('^Keys:') },
    });
  });

  it('the policy of a KMS key allows EventBridge to use the key for the bus and the queues, and the delivery of logs to use it for the logs of the bus', () => {
    const logs = {
      StringLike: {
        'kms:EncryptionContext:SourceArn': {
          'Fn::Join': [
            '',
            [
              'arn:',
              { Ref: 'AWS::Partition' },
              ':logs:',
              { Ref: 'AWS::Region' },
              ':',
              { Ref: 'AWS::AccountId' },
              ':*',
            ],
          ],
        },
      },
    };
    const statements = [
      allowed('events.amazonaws.com', ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'], {
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
      }),
      allowed('events.amazonaws.com', ['kms:Decrypt', 'kms:GenerateDataKey'], logs),
      allowed('delivery.logs.amazonaws.com', ['kms:Decrypt', 'kms:GenerateDataKey'], logs),
    ];
    for (const statement of statements) {
      Template.fromStack(keys).hasResourceProperties('AWS::KMS::Key', {
        KeyPolicy: { Statement: Match.arrayWith([statement]) },
      });
    }
  });
});

describe('a KMS key that is given by an alias', () => {
  const stackWith = (keyOf: (stack: Stack) => IKey) => {
    const stack = new Stack(newApp(), 'Learning');
    new Schoolbell(stack, 'Schoolbell', { encryptionKey: keyOf(stack) });
    return Template.fromStack(stack);
  };

  it('IAM policies refer to the KMS key of an alias, because IAM ignores the alias', () => {
    const template = stackWith(
      (stack) => new Alias(stack, 'Alias', { aliasName: 'alias/company', targetKey: new Key(stack, 'Key') }),
    );
    const policies = JSON.stringify([
      template.findResources('AWS::IAM::Policy'),
      template.findResources('AWS::IAM::ManagedPolicy'),
    ]);
    expect(policies).toContain('"kms:Decrypt"');
    expect(policies).not.toContain('alias/company');
  });

  it('an imported alias of a KMS key is refused, because its key is not known', () => {
    expect(() => stackWith((stack) => Alias.fromAliasName(stack, 'Alias', 'alias/company'))).toThrow(
      'Learning/Alias: the key of an imported alias is not known. Import the key by Key.fromKeyArn or Key.fromLookup',
    );
  });
});

it('a consumer whose property `encryptionKey` is undefined inherits the KMS key of the deployment', () => {
  const stack = new Stack(newApp(), 'Learning');
  const encryptionKey = new Key(stack, 'Key');
  const schoolbell = new Schoolbell(stack, 'Schoolbell', { encryptionKey });
  const undefinedKey = { schoolbell, encryptionKey: undefined };
  new Certificates(stack, 'Certificates', undefinedKey);
  slackChannel(stack, 'learning', undefinedKey);
  new Endpoint(stack, 'Crm', {
    ...undefinedKey,
    name: 'crm',
    events: ['CourseCompleted'],
    url: 'https://crm.example.com',
    authorization: { type: 'header', header: 'x-api-key', value: secretOf(stack, 'CrmKey') },
  });
  const badges = new Queue(stack, 'Badges', { encryptionMasterKey: encryptionKey });
  schoolbell.onEvent('CourseCompleted', { consumer: 'badges', encryptionKey: undefined }, badges);
  const queues = Object.entries(Template.fromStack(stack).findResources('AWS::SQS::Queue'));
  expect(queues.filter(([, { Properties }]) => Properties?.KmsMasterKeyId === undefined)).toEqual([]);
});

it('the schedule of a digest may use the KMS key of its dead-letter queue, also if the first channel of the stack has no key', () => {
  const stack = new Stack(newApp(), 'Learning');
  const schoolbell = new Schoolbell(stack, 'Schoolbell');
  const digest = { schoolbell, digestAt: '17:00' };
  slackChannel(stack, 'first', digest);
  const key = new Key(stack, 'Key');
  slackChannel(stack, 'second', { ...digest, encryptionKey: key });
  Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
    PolicyName: Match.stringLikeRegexp('^DigestsScheduleRole'),
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
          Resource: stack.resolve(key.keyArn),
        }),
      ]),
    },
  });
});
