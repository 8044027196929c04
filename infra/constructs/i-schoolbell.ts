import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { AnyBus, AnySecret } from './resource-types.ts';
import type { SharedFunctionProps } from './shared-function-props.ts';

/**
 * The properties of a deployment that a consumer needs. A `Schoolbell` has all of them. For a consumer in the
 * account of a bus that belongs to another account, write an object with these properties.
 */
export interface ISchoolbell {
  /** The name of the deployment. The path of the roles of the consumer's functions contains it. */
  readonly name: string;
  /** The bus with the events. Rules must be created in its account and Region. */
  readonly bus: AnyBus;
  /**
   * The account whose functions publish the events. Certificates are issued for events of this account only.
   *
   * @default - the account of the stack
   */
  readonly account?: string | undefined;
  /**
   * The topic to which alarms are published.
   *
   * @default - alarms notify nobody
   */
  readonly alarmTopic?: ITopic | undefined;
  /**
   * The path or URL of the runbook to which the descriptions of alarms refer.
   *
   * @default 'docs/runbook.md'
   */
  readonly runbook?: string | undefined;
  /**
   * The properties of the consumer's functions. The consumer can override them.
   *
   * @default - the defaults of `SharedFunctionProps`
   */
  readonly functionProps?: SharedFunctionProps | undefined;
}

/** The properties that a consumer needs if it reads records from Kombo. */
export interface KomboAccess {
  /** The secret with the Kombo API key. */
  readonly komboSecret: AnySecret;
  /** The secret with the key for hashed ids. */
  readonly remoteIdsKey: AnySecret;
  /**
   * The region of Kombo's API (`eu` or `us`), or the complete URL of another host.
   *
   * @default 'eu'
   */
  readonly kombo?: string | undefined;
  /**
   * How a platform's own ids are published.
   *
   * @default 'hash-emails'
   */
  readonly remoteIds?: 'keep' | 'hash' | 'omit' | 'hash-emails' | undefined;
}
