import { type Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { addConsumerStacks } from '../consumers/deploy/consumers-stack.ts';
import { parseSettings } from './read-settings.ts';
import { type Place, refuseOtherPlaces } from './refuse-other-places.ts';
import { refuseTooMany } from './refuse-too-many.ts';
import type { SettingsInput } from './settings.ts';
import { NotifierStack } from './stacks/notifier-stack.ts';
import { StateStack } from './stacks/state-stack.ts';

/**
 * Creates and returns the stacks of a deployment: the state, the notifier, and the consumers that are
 * switched on.
 *
 * @param scope an app or a stage
 * @param place the account and Region of the stacks. If they are missing, the templates can be deployed to
 *   any account and Region
 * @throws SettingsError for settings that are wrong or that AWS would reject
 */
export function addStacks(
  scope: Construct,
  input: SettingsInput,
  place: Place = {},
): { state: StateStack; notifier: NotifierStack; consumers: Stack[] } {
  const settings = parseSettings(input, 'The settings');
  refuseOtherPlaces(settings, place);
  const { account, region } = place;
  const env = { ...(account && { account }), ...(region && { region }) };
  const state = new StateStack(scope, `${settings.name}State`, { env, settings });
  const notifier = new NotifierStack(scope, `${settings.name}Notifier`, { env, settings });
  const consumers = addConsumerStacks(scope, { env, settings });
  refuseTooMany(consumers);
  // These stacks read the parameters that the state stack writes.
  for (const stack of [notifier, ...consumers]) stack.addStackDependency(state);
  for (const stack of [state, notifier, ...consumers]) Tags.of(stack).add('schoolbell', settings.name);
  return { state, notifier, consumers };
}
