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
 * What must not be lost: the table, the bus, the secrets. Kept when the stack goes, and when a setting names another one.
 * The alarm topic is here as well, since an e-mail address has to confirm its subscription, and once is enough.
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
    // Without the webhook as well: it can be filled in before the webhook is switched on, and outlives switching it off.
    const webhookSecret =
      adopt.webhookSecret ?? secretOf('WebhookSecret', 'What Kombo signs its webhooks with');

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

  /** There with each setting, so that a switch back gives the same hashes. */
  #remoteIdsKey(): string {
    const secret = new Secret(this, 'RemoteIdsKey', {
      description: "Hashes platforms' ids: another value gives other hashes",
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Another key would give every id another hash.',
    });
    return secret.secretArn;
  }

  /**
   * There whatever the settings are, since rules of others may be on it, and under a name of this stack alone: a bus has to
   * be named, and one that was kept would be in the way of the next of its name.
   */
  #ownBus(settings: Settings): string {
    const [, , stackUuid = ''] = Fn.split('/', this.stackId, 3);
    const bus = new EventBus(this, 'Bus', {
      eventBusName: `${settings.name}-${Fn.select(0, Fn.split('-', stackUuid))}`,
      description: 'What happened to course progressions',
      // The detail of an event can carry a name.
      logConfig: { level: Level.ERROR, includeDetail: IncludeDetail.NONE },
    });
    new BusLogs(this, 'BusLogs', { settings, bus });
    const onlyOurs = this.#onlyOursAsSchoolbell(settings, bus);
    // The CDK's `addToResourcePolicy` makes a Sid with a hyphen, which IAM's grammar does not know.
    new CfnEventBusPolicy(this, 'BusPolicy', {
      eventBusName: bus.eventBusName,
      statementId: onlyOurs.sid ?? '',
      statement: onlyOurs.toStatementJson(),
    });
    return bus.eventBusArn;
  }

  /**
   * Denies all others to send events as Schoolbell. Leaving the right out would deny nobody of this account, whose own policies
   * may give it. A request of several events counts with any of them. AWS services have no `aws:PrincipalArn`, which a negated
   * operator takes as another one: a rule of another bus cannot hand forged events on.
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
