import { SecretValue } from 'aws-cdk-lib';
import { ApiDestination, Authorization, Connection } from 'aws-cdk-lib/aws-events';
import { ApiDestination as ApiDestinationTarget } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { DeadLetters } from '../../infra/constructs/queues.ts';
import { type AnyBus, ConsumerRule } from '../deploy/consumer-rule.ts';
import type { EndpointSettings } from '../deploy/settings.ts';
import { eventPatterns } from '../kit/event-pattern.ts';

/** Creates the rules by which EventBridge itself sends selected events to an HTTPS endpoint, without a function. */
export class Endpoint extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { endpoint, secretsRevision, bus }: { endpoint: EndpointSettings; secretsRevision: number; bus: AnyBus },
  ) {
    super(scope, id);
    const { name, events, courses, integrations, url, authorization, perSecond } = endpoint;
    // A new revision changes both resources, which makes CloudFormation read their secrets again.
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
    const deadLetters = new DeadLetters(this, 'DeadLetters');
    const filter = { ...(courses && { courses }), ...(integrations && { integrations }) };
    for (const [at, pattern] of eventPatterns(events, name, filter).entries()) {
      new ConsumerRule(
        this,
        `${name}-${at}`,
        { bus, pattern, description: `Schoolbell: ${name}`, deadLetters },
        (delivery) => new ApiDestinationTarget(destination, delivery),
      );
    }
  }
}

function authorizationOf(authorization: EndpointSettings['authorization']): Authorization {
  switch (authorization.type) {
    case 'header':
      return Authorization.apiKey(authorization.header, SecretValue.secretsManager(authorization.value));
    case 'basic':
      return Authorization.basic(authorization.user, SecretValue.secretsManager(authorization.password));
  }
}

/**
 * A destination that a rule's target accepts. In the CDK's class this property may be undefined, but in the CDK's interface it
 * may only be absent. So TypeScript rejects the CDK's class.
 */
class Destination extends ApiDestination {
  override get apiDestinationArnForPolicy(): string {
    return super.apiDestinationArnForPolicy ?? this.apiDestinationArn;
  }
}
