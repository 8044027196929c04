import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { expect, it } from 'vitest';
import {
  Certificates,
  type CertificatesProps,
  Endpoint,
  type EndpointProps,
  Schoolbell,
  type SchoolbellProps,
  SlackChannel,
  type SlackChannelProps,
} from '../../../infra/index.ts';
import { changeProblems, type DeploymentFacts } from './change-problems.ts';
import { stackFacts } from './stack-facts.ts';

/** Properties that differ from those of the first deployment. */
type Changes = {
  schoolbell?: SchoolbellProps;
  certificates?: Partial<CertificatesProps>;
  slack?: Partial<SlackChannelProps>;
  endpoint?: Partial<EndpointProps>;
};

function factsOf(changesIn: (stack: Stack) => Changes): DeploymentFacts {
  const app = new App({
    context: { 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:validationReportPrettyPrint': false },
  });
  const stack = new Stack(app, 'Learning');
  const changes = changesIn(stack);
  const schoolbell = new Schoolbell(stack, 'Schoolbell', changes.schoolbell);
  const events = ['CourseCompleted' as const];
  new Certificates(stack, 'Certificates', { schoolbell, ...changes.certificates });
  const url = Secret.fromSecretNameV2(stack, 'SlackUrl', 'slack');
  new SlackChannel(stack, 'Slack', {
    schoolbell,
    name: 'learning',
    events,
    via: { way: 'incoming-webhook', url },
    ...changes.slack,
  });
  new Endpoint(stack, 'Crm', {
    schoolbell,
    name: 'crm',
    events,
    url: 'https://crm.example.com',
    authorization: { type: 'header', header: 'x-api-key', value: url },
    ...changes.endpoint,
  });
  schoolbell.onEvent('CourseCompleted', { consumer: 'badges' }, new Queue(stack, 'Badges'));
  return new Map([['Learning', stackFacts(Template.fromStack(stack).toJSON())]]);
}

const before = factsOf(() => ({}));

it.each<[string, (stack: Stack) => Changes]>([
  [
    'a VPC, a KMS key, a webhook and other properties of every construct',
    (stack) => ({
      schoolbell: {
        encryptionKey: new Key(stack, 'Key'),
        vpc: Vpc.fromVpcAttributes(stack, 'Vpc', {
          vpcId: 'vpc-0123456789abcdef0',
          availabilityZones: ['eu-west-1a'],
          privateSubnetIds: ['subnet-1'],
        }),
        webhook: true,
        logRetention: 7,
        operators: ['arn:aws:iam::111111111111:role/operators'],
        pollConcurrency: 10,
      },
      certificates: { courses: ['fire-safety'], revoke: true, onErasure: 'keep' },
      slack: { name: 'daily', digestAt: '17:00', events: ['CourseCompleted', 'ChangesHeld'] },
      endpoint: {
        name: 'warehouse',
        url: 'https://warehouse.example.com',
        authorization: {
          type: 'basic',
          user: 'me',
          password: Secret.fromSecretNameV2(stack, 'Password', 'crm'),
        },
        secretsRevision: 2,
      },
    }),
  ],
  ['data that is deleted with its stack', () => ({ schoolbell: { removalPolicy: RemovalPolicy.DESTROY } })],
])('a change to %s, and back, can be deployed and keeps all data', (_, changesIn) => {
  const after = factsOf(changesIn);
  expect(changeProblems(before, after, { keepsState: true })).toEqual([]);
  expect(changeProblems(after, before, { keepsState: true })).toEqual([]);
});
