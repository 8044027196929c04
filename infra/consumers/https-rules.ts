import { ApiDestination, type Authorization, Connection } from 'aws-cdk-lib/aws-events';
import { ApiDestination as ApiDestinationTarget } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { Rule } from '../../rules/rule.ts';
import { DeadLetters } from '../constructs/queue-with-dead-letters.ts';
import type { Settings } from '../settings.ts';
import type { AnyBus } from './any-bus.ts';
import { ConsumerRule } from './consumer-rule.ts';

export type HttpsRulesProps = {
  settings: Pick<Settings, 'secretsRevision'>;
  bus: AnyBus;
  rules: Rule[];
  endpoint: string;
  authorization: Authorization;
  /** More than that waits in EventBridge. */
  perSecond: number;
  description: string;
};

/** Rules that send to one HTTPS endpoint, without a function in the path, with one dead-letter queue. */
export class HttpsRules extends Construct {
  readonly deadLetters: DeadLetters;

  constructor(scope: Construct, id: string, props: HttpsRulesProps) {
    super(scope, id);
    const { settings, bus, rules, endpoint, authorization, perSecond, description } = props;
    // With another revision, both resources change, and CloudFormation reads the secrets that they refer to again.
    const described = `${description}. Revision of its secrets: ${settings.secretsRevision}`;
    this.deadLetters = new DeadLetters(this, 'DeadLetters');
    const connection = new Connection(this, 'Connection', {
      authorization,
      description: described,
    });
    const destination = new Destination(this, 'Destination', {
      connection,
      endpoint,
      rateLimitPerSecond: perSecond,
      description: described,
    });
    for (const { name, pattern, transformer } of rules) {
      const rule = { bus, pattern, transformer, description: `${description}: ${name}` };
      new ConsumerRule(
        this,
        name,
        { ...rule, deadLetters: this.deadLetters },
        (delivery) => new ApiDestinationTarget(destination, delivery),
      );
    }
  }
}

/** The CDK's class says that this may be undefined where its interface says that it may be absent. */
class Destination extends ApiDestination {
  override get apiDestinationArnForPolicy(): string {
    return super.apiDestinationArnForPolicy ?? this.apiDestinationArn;
  }
}
