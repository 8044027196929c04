import { SecretValue } from 'aws-cdk-lib';
import { Authorization } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { eventPatterns } from '../../rules/event-pattern.ts';
import type { Settings } from '../settings.ts';
import type { AnyBus } from './any-bus.ts';
import { HttpsRules } from './https-rules.ts';
import type { EndpointSettings } from './settings.ts';

/** Sends chosen events to an HTTPS endpoint, as EventBridge delivers them. */
export class Endpoint extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { settings, endpoint, bus }: { settings: Settings; endpoint: EndpointSettings; bus: AnyBus },
  ) {
    super(scope, id);
    const { name, events, courses, integrations, url, authorization, perSecond } = endpoint;
    const filter = { ...(courses && { courses }), ...(integrations && { integrations }) };
    new HttpsRules(this, 'Events', {
      settings,
      bus,
      rules: eventPatterns(events, name, filter).map((pattern, at) => ({
        name: `${name}-${at}`,
        pattern,
        transformer: null,
      })),
      endpoint: url,
      authorization: authorizationOf(authorization),
      perSecond,
      description: `Schoolbell: ${name}`,
    });
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
