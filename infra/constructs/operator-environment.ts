import { stacksOff } from '../../consumers/deploy/settings.ts';
import type { Settings } from '../settings.ts';
import type { State } from './deployed-state.ts';
import type { Poller } from './poller.ts';
import type { Replayer } from './replayer.ts';
import { runEnvironment } from './run-environment.ts';

/** The environment in which the command line works on this deployment: `NAME=value` pairs, parted by spaces. */
export function operatorEnvironment(deployment: {
  settings: Settings;
  state: State;
  poller: Poller;
  replayer: Replayer;
}): string {
  const { settings, state, poller, replayer } = deployment;
  const variables = {
    ...runEnvironment(settings, state),
    QUEUE_URL: poller.queue.queueUrl,
    REPLAY_QUEUE_URL: replayer.queue.queueUrl,
    STACKS_OFF: stacksOff(settings).join(','),
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
