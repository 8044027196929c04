import {
  App,
  CfnParameter,
  CliCredentialsStackSynthesizer,
  Duration,
  PermissionsBoundary,
  Stack,
  Stage,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import {
  Certificates,
  Endpoint,
  Schoolbell,
  type SchoolbellProps,
  SchoolbellState,
  SlackChannel,
} from '../../infra/index.ts';
import { SettingsError } from '../../infra/read-settings.ts';

/** Returns an app without the feature flags of this repository, like an older application of a user. */
function plainApp(): App {
  return new App({ context: { 'aws:cdk:bundling-stacks': [] } });
}

function stackWith(props: SchoolbellProps, scope: Construct = plainApp()) {
  const stack = new Stack(scope, 'Learning');
  return { stack, schoolbell: new Schoolbell(stack, 'Schoolbell', props) };
}

const handlerOf = (stack: Stack) =>
  new LambdaFunction(stack, 'Handler', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => {}'),
  });

describe('the construct Schoolbell', () => {
  it('the construct Schoolbell creates a whole deployment in one stack without any property or feature flag', () => {
    const { stack, schoolbell } = stackWith({});
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
    template.resourceCountIs('AWS::Events::EventBus', 1);
    template.resourceCountIs('AWS::Lambda::Function', 3);
    template.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
    expect(schoolbell.name).toMatch(/^[A-Za-z][A-Za-z0-9-]{0,39}$/);
    expect(Object.keys(schoolbell.environment)).toEqual(
      expect.arrayContaining(['TABLE_NAME', 'BUS_NAME', 'QUEUE_URL', 'REPLAY_QUEUE_URL', 'KOMBO_SECRET_ID']),
    );
  });

  it('the construct Schoolbell gives two deployments of one application different names', () => {
    const app = plainApp();
    const names = ['Test', 'Production'].map((stage) => stackWith({}, new Stage(app, stage)).schoolbell.name);
    expect(new Set(names).size).toBe(2);
  });

  it('the construct Schoolbell uses the resources that the application passes, and does not create them again', () => {
    const stack = new Stack(plainApp(), 'Learning');
    const bus = new EventBus(stack, 'CompanyBus');
    const komboSecret = new Secret(stack, 'Kombo');
    new Schoolbell(stack, 'Schoolbell', {
      bus,
      komboSecret,
      webhookSecret: new Secret(stack, 'Webhook'),
      remoteIdsKey: new Secret(stack, 'Hashes'),
      table: Table.fromTableName(stack, 'Restored', 'restored'),
      alarmTopic: new Topic(stack, 'Alarms'),
    });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Events::EventBus', 1);
    template.resourceCountIs('AWS::SecretsManager::Secret', 3);
    template.resourceCountIs('AWS::DynamoDB::Table', 0);
    template.resourceCountIs('AWS::SNS::Topic', 1);
    expect(environmentOf(template, 'Poll')['KOMBO_SECRET_ID']).toEqual(stack.resolve(komboSecret.secretArn));
  });

  it('the construct Schoolbell accepts values that are only known during the deployment', () => {
    const stack = new Stack(plainApp(), 'Learning');
    const kombo = new CfnParameter(stack, 'KomboUrl').valueAsString;
    const integration = new CfnParameter(stack, 'Integration').valueAsString;
    const name = new CfnParameter(stack, 'Name').valueAsString;
    new Schoolbell(stack, 'Schoolbell', { name, kombo, integrations: [integration] });
    const template = Template.fromStack(stack);
    expect(environmentOf(template, 'Poll')['KOMBO_BASE_URL']).toEqual({ Ref: 'KomboUrl' });
    expect(environmentOf(template, 'Dispatch')['INTEGRATIONS']).toEqual({ Ref: 'Integration' });
  });

  it('the construct Schoolbell refuses numbers that are only known during the deployment, because it computes with them', () => {
    const stack = new Stack(plainApp(), 'Learning');
    const number = new CfnParameter(stack, 'Number', { type: 'Number' }).valueAsNumber;
    const properties: SchoolbellProps[] = [
      { pollEvery: Duration.minutes(number) },
      { overlap: Duration.minutes(number) },
      { behindAfter: Duration.minutes(number) },
      { journalRetention: Duration.days(number) },
      { pollConcurrency: number },
      { webhookConcurrency: number },
      { surgeShare: number },
      { surgeFloor: number },
    ];
    for (const [at, props] of properties.entries()) {
      const attempt = () => new Schoolbell(stack, `Schoolbell${at}`, props);
      expect(attempt, Object.keys(props)[0]).toThrow(/^Learning.*: must be a number, not a token$/);
    }
  });

  it.each<[SchoolbellProps, string]>([
    [{ kombo: 'http://kombo.example.com/v1' }, 'kombo'],
    [{ pollEvery: Duration.hours(7) }, 'pollEveryMinutes'],
    [{ pollEvery: Duration.seconds(90) }, 'pollEveryMinutes'],
    [{ baseline: 'loud' }, 'baseline'],
    [{ name: 'with a space' }, 'name'],
    [{ integrations: ['not an id'] }, 'integrations'],
    [{ operators: ['everybody'] }, 'operators'],
  ])(
    'the construct Schoolbell refuses the properties %j with one line that names the wrong property',
    (props, property) => {
      const attempt = () => stackWith(props);
      expect(attempt).toThrow(SettingsError);
      expect(attempt).toThrow(new RegExp(`^Learning/Schoolbell[^\n]*: ${property}[^\n]*$`));
    },
  );

  it('functions may read a secret that is imported by its name, whose ARN ends with six unknown characters', () => {
    const stack = new Stack(plainApp(), 'Learning');
    const komboSecret = Secret.fromSecretNameV2(stack, 'Kombo', 'kombo');
    new Schoolbell(stack, 'Schoolbell', { komboSecret });
    const statements = [
      ...Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy')),
      ...Object.values(Template.fromStack(stack).findResources('AWS::IAM::ManagedPolicy')),
    ].flatMap(({ Properties }): unknown[] => Properties.PolicyDocument.Statement);
    const granted = statements
      .map((one) => JSON.stringify(one))
      .filter((one) => one.includes('secret:kombo'));
    // Poll, replay and operators.
    expect(granted).toHaveLength(3);
    for (const statement of granted) expect(statement).toContain(':secret:kombo-??????"');
  });

  it('a SchoolbellState refuses to write the name of a secret to a parameter, because other stacks need the complete ARN', () => {
    const stack = new Stack(plainApp(), 'State');
    const komboSecret = Secret.fromSecretNameV2(stack, 'Kombo', 'kombo');
    expect(() => new SchoolbellState(stack, 'State', { komboSecret }).writeParameters()).toThrow(
      'State/Kombo: import the secret by its complete ARN',
    );
  });

  it('the construct Schoolbell can use a SchoolbellState of another stack, by reference or by the parameters that it writes', () => {
    const app = plainApp();
    const state = new SchoolbellState(new Stack(app, 'State'), 'State', { name: 'Academy' });
    state.writeParameters();
    const byReference = stackWith({ state }, app).stack;
    const stack = new Stack(app, 'Notifier');
    const found = SchoolbellState.fromParameters(stack, 'State', { name: 'Academy' });
    expect(new Schoolbell(stack, 'Schoolbell', { state: found }).name).toBe('Academy');
    expect(JSON.stringify(Template.fromStack(byReference))).toContain('Fn::ImportValue');
    Template.fromStack(stack).resourceCountIs('AWS::DynamoDB::Table', 0);
    expect(JSON.stringify(Template.fromStack(stack))).not.toContain('Fn::ImportValue');
  });
});

it('the construct Schoolbell refuses the property `name`, which belongs to the state, when a SchoolbellState is passed', () => {
  const state = new SchoolbellState(new Stack(plainApp(), 'State'), 'State');
  const stack = new Stack(plainApp(), 'Notifier');
  expect(() => new Schoolbell(stack, 'Schoolbell', { state, name: 'Other' })).toThrow(
    /^Notifier\/Schoolbell: name cannot be set here: set it on the construct/,
  );
});

describe('an application with the requirements of a company', () => {
  it('the roles of the construct Schoolbell have the permissions boundary of the stage, and its functions load code from the bucket of the synthesizer', () => {
    const app = plainApp();
    const stage = new Stage(app, 'Production', {
      env: { account: '111111111111', region: 'eu-west-1' },
      permissionsBoundary: PermissionsBoundary.fromName('developers'),
    });
    const stack = new Stack(stage, 'Learning', {
      // @ts-expect-error: under strict compiler options the CDK's class is not assignable to its own interface.
      synthesizer: new CliCredentialsStackSynthesizer({ fileAssetsBucketName: 'acme-assets' }),
    });
    new Schoolbell(stack, 'Schoolbell', { webhook: true });
    const template = Template.fromStack(stack);
    const roles = Object.values(template.findResources('AWS::IAM::Role'));
    expect(roles.length).toBeGreaterThan(4);
    for (const { Properties } of roles) {
      expect(JSON.stringify(Properties.PermissionsBoundary)).toContain('policy/developers');
    }
    for (const { Properties } of Object.values(template.findResources('AWS::Lambda::Function'))) {
      expect(Properties.Code.S3Bucket).toBe('acme-assets');
    }
  });

  it('one CDK application can contain deployments for several accounts and Regions, each template with only its own account', () => {
    const app = plainApp();
    const places = [
      { account: '111111111111', region: 'eu-central-1' },
      { account: '222222222222', region: 'us-east-1' },
    ];
    for (const [at, env] of places.entries()) {
      const stack = new Stack(new Stage(app, `Stage${at}`, { env }), 'Learning');
      const schoolbell = new Schoolbell(stack, 'Schoolbell', { name: 'Academy', webhook: true });
      new Certificates(stack, 'Certificates', { schoolbell });
      const text = JSON.stringify(Template.fromStack(stack));
      expect(text).toContain(env.account);
      expect(text).toContain(env.region);
      for (const other of places.filter((place) => place !== env)) expect(text).not.toContain(other.account);
    }
  });

  it('with a VPC and a KMS key as properties, every function of the constructs runs in the VPC, and all data is encrypted with the key', () => {
    const stack = new Stack(plainApp(), 'Learning');
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-1', 'subnet-2'],
    });
    const encryptionKey = new Key(stack, 'Key');
    const schoolbell = new Schoolbell(stack, 'Schoolbell', {
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
      encryptionKey,
      webhook: true,
    });
    new Certificates(stack, 'Certificates', { schoolbell });
    const token = Secret.fromSecretCompleteArn(stack, 'Token', secretArn('Slack'));
    new SlackChannel(stack, 'Learning', {
      schoolbell,
      name: 'learning',
      events: ['CourseCompleted'],
      digestAt: '17:00',
      via: { way: 'incoming-webhook', url: token },
    });
    schoolbell.onEvent(
      'CourseCompleted',
      { consumer: 'badges' },
      new Queue(stack, 'Badges', { encryptionMasterKey: encryptionKey }),
    );
    const template = Template.fromStack(stack);
    const ours = (type: string) =>
      Object.entries(template.findResources(type)).filter(([id]) => !/^(VpcRestrict|CustomVpc)/.test(id));
    for (const [id, { Properties }] of ours('AWS::Lambda::Function')) {
      expect(Properties.VpcConfig?.SubnetIds, id).toHaveLength(2);
    }
    for (const [id, { Properties }] of ours('AWS::SQS::Queue')) {
      expect(Properties.KmsMasterKeyId, id).toBeDefined();
    }
    for (const [id, { Properties }] of ours('AWS::SecretsManager::Secret')) {
      expect(Properties.KmsKeyId, id).toBeDefined();
    }
    for (const [id, { Properties }] of ours('AWS::DynamoDB::Table')) {
      expect(Properties.SSESpecification.KMSMasterKeyId, id).toBeDefined();
    }
    for (const [id, { Properties }] of ours('AWS::Events::EventBus')) {
      expect(Properties.KmsKeyIdentifier, id).toBeDefined();
    }
    for (const [id, { Properties }] of ours('AWS::S3::Bucket')) {
      expect(JSON.stringify(Properties.BucketEncryption), id).toContain('aws:kms');
    }
    // Rules send events to encrypted queues, so the policy of the key must allow EventBridge.
    expect(JSON.stringify(ours('AWS::KMS::Key'))).toContain('events.amazonaws.com');
  });
});

describe('a consumer of the construct Schoolbell', () => {
  it('each call of the method `onEvent` of the construct Schoolbell adds a rule and an alarm about events that were not delivered', () => {
    const { stack, schoolbell } = stackWith({});
    const target = handlerOf(stack);
    schoolbell.onEvent('CourseCompleted', { consumer: 'badges', courses: ['c1'] }, target);
    schoolbell.onEvent('LearnerDropped', { consumer: 'badges', scope: stack }, target);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Events::Rule', 2);
    const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
    expect(
      alarms.filter(({ Properties }) => /Events for badges could/.test(Properties.AlarmDescription)),
    ).toHaveLength(2);
  });

  it('the method `onEvent` of the construct Schoolbell accepts a function or a queue of another stack', () => {
    const { stack, schoolbell } = stackWith({});
    const app = stack.node.root;
    const [functions, queues] = [new Stack(app, 'Functions'), new Stack(app, 'Queues')];
    const handler = handlerOf(functions);
    schoolbell.onEvent('CourseCompleted', { consumer: 'badges' }, handler);
    schoolbell.onEvent('LearnerDropped', { consumer: 'badges' }, handler);
    schoolbell.onEvent('CourseCompleted', { consumer: 'archive' }, new Queue(queues, 'Archive'));
    Template.fromStack(functions).resourceCountIs('AWS::Events::Rule', 2);
    Template.fromStack(stack).resourceCountIs('AWS::Events::Rule', 1);
  });

  it('the construct of an endpoint is refused when its stack is in another account or Region than the bus', () => {
    const stack = new Stack(plainApp(), 'Consumers', {
      env: { account: '111111111111', region: 'eu-west-1' },
    });
    const busOf = (id: string, account: string, region: string) =>
      EventBus.fromEventBusArn(stack, id, `arn:aws:events:${region}:${account}:event-bus/learning`);
    const endpoint = (id: string, bus: EventBus | ReturnType<typeof busOf>) =>
      new Endpoint(stack, id, {
        schoolbell: { name: 'Academy', bus },
        name: id,
        events: ['CourseCompleted'],
        url: 'https://crm.example.com',
        authorization: {
          type: 'header',
          header: 'x-api-key',
          value: Secret.fromSecretCompleteArn(stack, `${id}Secret`, secretArn('Crm')),
        },
      });
    expect(() => endpoint('a', busOf('A', '222222222222', 'eu-west-1'))).toThrow(/the account 222222222222/);
    expect(() => endpoint('b', busOf('B', '111111111111', 'us-east-1'))).toThrow(/the region us-east-1/);
    expect(() => endpoint('c', busOf('C', '111111111111', 'eu-west-1'))).not.toThrow();
  });

  it.each([
    [{ digestAt: '5pm' }, 'Learning/Slack: digestAt: is not a time such as 17:00'],
    [{ timeZone: 'Berlin' }, 'Learning/Slack: timeZone: is not a time zone'],
    [{ name: 'a channel' }, 'Learning/Slack: name: must begin with a letter'],
    [{ events: [] }, 'Learning/Slack: events: '],
  ])('the construct SlackChannel refuses the properties %j', (wrong, message) => {
    const { stack, schoolbell } = stackWith({});
    const url = Secret.fromSecretNameV2(stack, 'Url', 'slack');
    const props = { schoolbell, name: 'learning', events: ['CourseCompleted' as const], ...wrong };
    const create = () =>
      new SlackChannel(stack, 'Slack', { ...props, via: { way: 'incoming-webhook', url } });
    const error = { name: SettingsError.name, message: expect.stringContaining(message) };
    expect(create).toThrow(expect.objectContaining(error));
  });

  it.each([
    [{ url: 'http://crm.example.com' }, 'Learning/Crm: url: is not an HTTPS URL'],
    [{ perSecond: 301 }, 'Learning/Crm: perSecond: '],
    [{ events: [] }, 'Learning/Crm: events: '],
  ])('the construct Endpoint refuses the properties %j', (wrong, message) => {
    const { stack, schoolbell } = stackWith({});
    const value = Secret.fromSecretNameV2(stack, 'Key', 'crm');
    const props = {
      schoolbell,
      name: 'crm',
      events: ['CourseCompleted' as const],
      url: 'https://crm.example.com',
    };
    const create = () =>
      new Endpoint(stack, 'Crm', {
        ...props,
        authorization: { type: 'header', header: 'x-api-key', value },
        ...wrong,
      });
    const error = { name: SettingsError.name, message: expect.stringContaining(message) };
    expect(create).toThrow(expect.objectContaining(error));
  });

  it('the construct Endpoint accepts a URL that is only known during the deployment', () => {
    const { stack, schoolbell } = stackWith({});
    const url = new CfnParameter(stack, 'Url').valueAsString;
    new Endpoint(stack, 'Crm', {
      schoolbell,
      name: 'crm',
      events: ['CourseCompleted'],
      url,
      authorization: { type: 'basic', user: 'me', password: Secret.fromSecretNameV2(stack, 'Key', 'crm') },
    });
    Template.fromStack(stack).hasResourceProperties('AWS::Events::ApiDestination', {
      InvocationEndpoint: { Ref: 'Url' },
    });
  });

  it('every table, bus, bucket and queue of the constructs is retained when its stack is deleted', () => {
    const { stack, schoolbell } = stackWith({});
    new Certificates(stack, 'Certificates', { schoolbell });
    schoolbell.onEvent('CourseCompleted', { consumer: 'badges' }, handlerOf(stack));
    const resources = Object.entries(Template.fromStack(stack).toJSON()['Resources']);
    const types = new Set([
      'AWS::DynamoDB::Table',
      'AWS::Events::EventBus',
      'AWS::S3::Bucket',
      'AWS::SQS::Queue',
    ]);
    for (const [id, resource] of resources) {
      const { Type, DeletionPolicy } = Object(resource);
      if (types.has(Type)) expect(DeletionPolicy, id).toBe('Retain');
    }
  });
});

function secretArn(name: string): string {
  return `arn:aws:secretsmanager:eu-west-1:111111111111:secret:${name}-AbCdEf`;
}

function environmentOf(template: Template, id: string): Record<string, unknown> {
  const functions = Object.entries(template.findResources('AWS::Lambda::Function'));
  const [, found] = functions.find(([logicalId]) => logicalId.includes(`${id}Function`)) ?? [];
  return found?.['Properties'].Environment.Variables ?? {};
}
