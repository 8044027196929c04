import { type App, type Stack, Tags } from 'aws-cdk-lib';
import { addConsumerStacks } from '../consumers/deploy/consumers-stack.ts';
import { keepData } from './constructs/keep-data.ts';
import { refuseOtherPlaces } from './refuse-other-places.ts';
import { refuseTooMany } from './refuse-too-many.ts';
import type { Settings } from './settings.ts';
import { NotifierStack } from './stacks/notifier-stack.ts';
import { StateStack } from './stacks/state-stack.ts';

/**
 * Creates and returns the stacks of a deployment: the state, the notifier, and the consumers that are switched on.
 *
 * @throws SettingsError for settings that AWS would reject
 */
export function addStacks(
  app: App,
  settings: Settings,
): { state: StateStack; notifier: NotifierStack; consumers: Stack[] } {
  const env = {
    ...(process.env['CDK_DEFAULT_ACCOUNT'] && { account: process.env['CDK_DEFAULT_ACCOUNT'] }),
    ...(process.env['CDK_DEFAULT_REGION'] && { region: process.env['CDK_DEFAULT_REGION'] }),
  };
  refuseOtherPlaces(settings, env);
  const state = new StateStack(app, `${settings.name}State`, { env, settings });
  const notifier = new NotifierStack(app, `${settings.name}Notifier`, { env, settings });
  const consumers = addConsumerStacks(app, { env, settings });
  refuseTooMany(consumers);
  // These stacks read the parameters that the state stack writes.
  for (const stack of [notifier, ...consumers]) stack.addStackDependency(state);
  for (const stack of [state, notifier, ...consumers]) {
    keepData(stack, settings.keepState);
    Tags.of(stack).add('schoolbell', settings.name);
  }
  return { state, notifier, consumers };
}
