import { type App, Tags } from 'aws-cdk-lib';
import type { Settings } from './settings.ts';
import { NotifierStack } from './stacks/notifier-stack.ts';
import { StateStack } from './stacks/state-stack.ts';

/** The deployment: what must not be lost, and what runs. */
export function addStacks(app: App, settings: Settings): { state: StateStack; notifier: NotifierStack } {
  const env = {
    ...(process.env['CDK_DEFAULT_ACCOUNT'] && { account: process.env['CDK_DEFAULT_ACCOUNT'] }),
    ...(process.env['CDK_DEFAULT_REGION'] && { region: process.env['CDK_DEFAULT_REGION'] }),
  };
  const state = new StateStack(app, `${settings.name}State`, { env, settings });
  const notifier = new NotifierStack(app, `${settings.name}Notifier`, { env, settings, state });
  for (const stack of [state, notifier]) Tags.of(stack).add('schoolbell', settings.name);
  return { state, notifier };
}
