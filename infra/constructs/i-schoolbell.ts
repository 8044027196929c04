import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { AnyBus, AnySecret } from './resource-types.ts';
import type { SharedFunctionProps } from './shared-function-props.ts';

/**
 * What a consumer needs to know of a deployment. A `Schoolbell` has all of it. For a consumer in another account, which has the
 * bus, write an object with these properties.
 */
export interface ISchoolbell {
  /** The name of the deployment. The roles of the consumer's functions have it in their path. */
  readonly name: string;
  /** The bus with the events. Rules must be created in its account and Region. */
  readonly bus: AnyBus;
  /**
   * The topic to which alarms are published.
   *
   * @default - alarms notify nobody
   */
  readonly alarmTopic?: ITopic | undefined;
  /**
   * The path or URL of the runbook in the alarms' descriptions.
   *
   * @default 'docs/runbook.md'
   */
  readonly runbook?: string | undefined;
  /**
   * What the consumer's functions share, unless the consumer has its own.
   *
   * @default - the defaults of `SharedFunctionProps`
   */
  readonly functionProps?: SharedFunctionProps | undefined;
}

/** What a consumer needs that reads records from Kombo. */
export interface KomboAccess {
  /** The secret with the Kombo API key. */
  readonly komboSecret: AnySecret;
  /** The secret with the key of hashed ids. */
  readonly remoteIdsKey: AnySecret;
  /**
   * The region of Kombo's API (`eu` or `us`), or the complete URL of another host.
   *
   * @default 'eu'
   */
  readonly kombo?: string | undefined;
  /**
   * What is published of a platform's own ids.
   *
   * @default 'hash-emails'
   */
  readonly remoteIds?: 'keep' | 'hash' | 'omit' | 'hash-emails' | undefined;
}
