import { CfnOutput, Fn, Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { CfnEventBusPolicy, EventBus, IncludeDetail, Level } from 'aws-cdk-lib/aws-events';
import { Effect, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { EVENT_SOURCE, outputNames } from '../../functions/contract/names.ts';
import { BusLogs } from '../constructs/bus-logs.ts';
import { writeStateNames } from '../constructs/deployed-state.ts';
import { rolePath } from '../constructs/notifier-function.ts';
import { alarmTopicArn, EmptySecret, JournalTable } from '../constructs/state-resources.ts';
import type { Settings } from '../settings.ts';

/**
 * The stack with the state: the table, the bus and the secrets. They are kept when the stack is destroyed, and when a setting
 * selects others. The alarm topic is also in this stack, so that an e-mail address must confirm its subscription only once.
 */
export class StateStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    super(scope, id, {
      ...props,
      description: 'Schoolbell: table, event bus and secrets',
      terminationProtection: settings.keepState,
    });
    const { adopt, keepState } = settings;
    const table = adopt.table ?? new JournalTable(this, 'Table', { deletionProtection: keepState }).tableName;
    const ownBus = this.#ownBus(settings);
    const bus = settings.bus === 'own' ? ownBus : settings.bus;
    const secretOf = (id: string, description: string) =>
      new EmptySecret(this, id, { description }).secretArn;
    const komboSecret = adopt.komboSecret ?? secretOf('KomboSecret', 'The Kombo API key');
    // The secret is created even if the webhook is off. An operator can set its value before the webhook is switched on, and the
    // value is kept when the webhook is switched off.
    const webhookSecret =
      adopt.webhookSecret ?? secretOf('WebhookSecret', 'The secret with which Kombo signs its webhooks');

    const remoteIdsKey = adopt.remoteIdsKey ?? this.#remoteIdsKey();
    writeStateNames(this, settings, {
      table,
      bus,
      'kombo-secret': komboSecret,
      'webhook-secret': webhookSecret,
      'remote-ids-key': remoteIdsKey,
      'alarm-topic': alarmTopicArn(this, settings.alarms),
    });
    new CfnOutput(this, outputNames.table, { value: table });
    new CfnOutput(this, outputNames.bus, { value: bus });
    new CfnOutput(this, outputNames.komboSecret, { value: komboSecret });
    new CfnOutput(this, outputNames.webhookSecret, { value: webhookSecret });
    new CfnOutput(this, outputNames.remoteIdsKey, { value: remoteIdsKey });
  }

  /**
   * Creates the key for hashed ids and returns its ARN. It is created for any settings, so that ids have the same hashes after
   * a setting was changed and changed back.
   */
  #remoteIdsKey(): string {
    const secret = new Secret(this, 'RemoteIdsKey', {
      description: "The key with which platforms' ids are hashed: another value gives other hashes",
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Another key would give every id another hash.',
    });
    return secret.secretArn;
  }

  /**
   * Creates the deployment's own bus and returns its ARN. It is created for any settings, because other systems may have rules on
   * it. A bus must have a name, and a bus that was kept would conflict with a new bus of the same name. So the name is different
   * for each stack.
   */
  #ownBus(settings: Settings): string {
    const [, , stackUuid = ''] = Fn.split('/', this.stackId, 3);
    const bus = new EventBus(this, 'Bus', {
      eventBusName: `${settings.name}-${Fn.select(0, Fn.split('-', stackUuid))}`,
      description: 'What happened to course progressions',
      // The detail of an event can contain a learner's name, so it is not logged.
      logConfig: { level: Level.ERROR, includeDetail: IncludeDetail.NONE },
    });
    new BusLogs(this, 'BusLogs', { settings, bus });
    const onlyOurs = this.#onlyOursAsSchoolbell(settings, bus);
    // The CDK's `addToResourcePolicy` is not used: it creates a Sid with a hyphen, which IAM does not allow.
    new CfnEventBusPolicy(this, 'BusPolicy', {
      eventBusName: bus.eventBusName,
      statementId: onlyOurs.sid ?? '',
      statement: onlyOurs.toStatementJson(),
    });
    return bus.eventBusArn;
  }

  /**
   * Returns a statement that denies all principals except the functions and the operators the right to send events as
   * Schoolbell. Without it, other principals of this account could have this right by their own policies. A request with several
   * events is denied if one of them has Schoolbell's source. A request of an AWS service has no `aws:PrincipalArn`, so the
   * negated operator matches and denies it. So a rule of another bus cannot forward forged events.
   * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html,
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
   */
  #onlyOursAsSchoolbell(settings: Settings, bus: EventBus): PolicyStatement {
    const functions = this.formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: `${rolePath(settings).slice(1)}*`,
    });
    return new PolicyStatement({
      sid: 'OnlySchoolbellSendsAsSchoolbell',
      effect: Effect.DENY,
      principals: [new StarPrincipal()],
      actions: ['events:PutEvents'],
      resources: [bus.eventBusArn],
      conditions: {
        'ForAnyValue:StringEquals': { 'events:source': EVENT_SOURCE },
        ArnNotLike: { 'aws:PrincipalArn': [functions, ...settings.operators] },
      },
    });
  }
}
