import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import type { SchoolbellProps } from './constructs/schoolbell.ts';
import { type ISchoolbellState, SchoolbellState } from './constructs/schoolbell-state.ts';
import type { AnySecret, ISchoolbell } from './constructs/shared-props.ts';
import { NotifierSettings, type Settings } from './settings.ts';

export function removalPolicyOf({ keepState }: Settings): RemovalPolicy.RETAIN | RemovalPolicy.DESTROY {
  return keepState ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
}

export function notifierProps(settings: Settings): SchoolbellProps {
  const { pollEveryMinutes, overlapMinutes, journalRetentionDays, behindMinutes, ...unchanged } =
    NotifierSettings.parse(settings);
  return {
    ...unchanged,
    pollEvery: Duration.minutes(pollEveryMinutes),
    overlap: Duration.minutes(overlapMinutes),
    journalRetention: Duration.days(journalRetentionDays),
    logRetention: settings.logRetentionDays,
    behindAfter: behindMinutes === undefined ? undefined : Duration.minutes(behindMinutes),
    removalPolicy: removalPolicyOf(settings),
  };
}

/** Returns the state that the state stack created, for use in another stack. */
export function deployedState(scope: Construct, settings: Settings): ISchoolbellState {
  const { name, bus, alarms, adopt } = settings;
  const key = (id: string, arn: string | undefined): IKey | undefined =>
    arn === undefined ? undefined : Key.fromKeyArn(scope, id, arn);
  return SchoolbellState.fromParameters(scope, 'Deployed', {
    name,
    hasOwnBus: bus === 'own',
    hasAlarms: alarms !== 'none',
    tableKey: key('TableKey', adopt.tableKey),
    komboSecretKey: key('KomboSecretKey', adopt.komboSecretKey),
    webhookSecretKey: key('WebhookSecretKey', adopt.webhookSecretKey),
  });
}

export function deployedSchoolbell(scope: Construct, settings: Settings): ISchoolbell & ISchoolbellState {
  const state = deployedState(scope, settings);
  const { kombo, remoteIds, runbook, logRetentionDays: logRetention } = settings;
  return Object.assign(state, { kombo, remoteIds, runbook, functionProps: { logRetention } });
}

/** `key` is the ARN of the secret's KMS key. */
export function namedSecret(
  scope: Construct,
  id: string,
  { arn, key }: { arn: string; key?: string | undefined },
): AnySecret {
  return Secret.fromSecretAttributes(scope, id, {
    secretCompleteArn: arn,
    ...(key !== undefined && { encryptionKey: Key.fromKeyArn(scope, `${id}Key`, key) }),
  });
}
