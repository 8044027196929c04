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
 * The state: the table, the bus, the secrets. They are kept when the stack is destroyed, and when a setting names others. The
 * alarm topic is here as well, so that an e-mail address has to confirm its subscription only once.
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
    // Also without the webhook: it can be filled in before the webhook is switched on, and is kept when it is switched off.
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

  /** It exists whatever the settings are, so that the hashes are the same after switching back. */
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
   * It exists whatever the settings are, since rules of others may be on it. Its name is unique to this stack: a bus must have a
   * name, and a bus that was kept would conflict with the next one of the same name.
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
    // The CDK's `addToResourcePolicy` makes a Sid with a hyphen, which IAM does not allow.
    new CfnEventBusPolicy(this, 'BusPolicy', {
      eventBusName: bus.eventBusName,
      statementId: onlyOurs.sid ?? '',
      statement: onlyOurs.toStatementJson(),
    });
    return bus.eventBusArn;
  }

  /**
   * Denies all others to send events as Schoolbell. Without a denial, principals of this account could have the right by their
   * own policies. A request with several events is denied if one of them has this source. AWS services have no
   * `aws:PrincipalArn`, so that the negated operator matches: a rule of another bus cannot forward forged events.
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
