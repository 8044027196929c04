import { RemovalPolicy } from 'aws-cdk-lib';
import { ApiDestination, Authorization, Connection } from 'aws-cdk-lib/aws-events';
import { ApiDestination as ApiDestinationTarget } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { keepData } from '../../infra/constructs/keep-data.ts';
import { addQueueAlarms } from '../../infra/constructs/learner-alarm.ts';
import { DeadLetters } from '../../infra/constructs/queues.ts';
import {
  type AnySecret,
  functionSettings,
  type SharedFunctionProps,
} from '../../infra/constructs/shared-props.ts';
import { parseProps } from '../../infra/read-settings.ts';
import type { SubscriberProps } from '../channels/message-channel.ts';
import { ConsumerRule } from '../deploy/consumer-rule.ts';
import { EndpointSchema } from '../deploy/settings.ts';
import { eventPatterns } from '../kit/event-pattern.ts';

/** How Schoolbell authenticates to an endpoint. Each secret contains only the value, as plain text. */
export type EndpointAuthorization =
  | { readonly type: 'header'; readonly header: string; readonly value: AnySecret }
  | { readonly type: 'basic'; readonly user: string; readonly password: AnySecret };

/** Properties of `Endpoint`. */
export interface EndpointProps extends SubscriberProps, Pick<SharedFunctionProps, 'encryptionKey'> {
  /** The HTTPS URL to which events are posted. */
  readonly url: string;

  /** The authorization of each request. */
  readonly authorization: EndpointAuthorization;

  /**
   * The maximum number of requests per second, from 1 to 300.
   *
   * @default 10
   */
  readonly perSecond?: number | undefined;

  /**
   * Increase this number and deploy when the secret has a new value: CloudFormation reads the secret of a
   * resource again only when the resource changes.
   *
   * @default 1
   */
  readonly secretsRevision?: number | undefined;
}

/** Rules by which EventBridge itself, without a function, sends selected events to an HTTPS endpoint. */
export class Endpoint extends Construct {
  constructor(scope: Construct, id: string, props: EndpointProps) {
    super(scope, id);
    const { schoolbell, name, events, courses, integrations, url, authorization } = props;
    const { perSecond = 10, secretsRevision = 1, removalPolicy = RemovalPolicy.RETAIN } = props;
    parseProps(EndpointSchema, props, this.node.path);
    const { encryptionKey } = functionSettings(schoolbell, props);
    // A new revision changes the connection and the destination, so CloudFormation reads the secret again.
    const description = `Schoolbell: ${name}. Revision of its secrets: ${secretsRevision}`;
    const connection = new Connection(this, 'Connection', {
      authorization: authorizationOf(authorization),
      description,
    });
    const destination = new Destination(this, 'Destination', {
      connection,
      endpoint: url,
      rateLimitPerSecond: perSecond,
      description,
    });
    const deadLetters = new DeadLetters(this, 'DeadLetters', { encryptionKey });
    for (const [at, pattern] of eventPatterns(events, name, { courses, integrations }).entries()) {
      new ConsumerRule(
        this,
        `${name}-${at}`,
        { bus: schoolbell.bus, pattern, description: `Schoolbell: ${name}`, deadLetters },
        (delivery) => new ApiDestinationTarget(destination, delivery),
      );
    }
    addQueueAlarms(this, schoolbell);
    keepData(this, removalPolicy);
  }
}

function authorizationOf(authorization: EndpointAuthorization): Authorization {
  return authorization.type === 'header'
    ? Authorization.apiKey(authorization.header, authorization.value.secretValue)
    : Authorization.basic(authorization.user, authorization.password.secretValue);
}

/**
 * An API destination that TypeScript accepts as a target with `exactOptionalPropertyTypes`. In the CDK's class,
 * `apiDestinationArnForPolicy` may be undefined, but in the CDK's interface for targets it may only be absent.
 */
class Destination extends ApiDestination {
  override get apiDestinationArnForPolicy(): string {
    return super.apiDestinationArnForPolicy ?? this.apiDestinationArn;
  }
}
