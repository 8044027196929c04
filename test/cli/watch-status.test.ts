import { expect, test } from 'vitest';
import { watch } from '../../cli/commands/status.ts';
import { untilProgramEnds } from '../../cli/terminal/interruption.ts';
import { DeploymentError, TransientError } from '../../functions/core/errors.ts';
import { polledWorld } from '../support/replay-world.ts';

/** Watches a deployment. Each error of `reads` is the result of one read, and Ctrl-C follows the last. */
async function watchedWith(reads: (Error | null)[]): Promise<string[]> {
  const { ports } = await polledWorld(1);
  const printed: string[] = [];
  let read = 0;
  const store = {
    ...ports.store,
    async readIntegrations() {
      const error = reads[read] ?? null;
      read += 1;
      if (read >= reads.length) process.emit('SIGINT');
      if (error !== null) throw error;
      return ports.store.readIntegrations();
    },
  };
  const output = {
    json: false,
    result: () => expect.unreachable(),
    say: () => printed.push('status'),
    error: (text: string) => printed.push(text),
  };
  await untilProgramEnds(() => watch({ ports: { ...ports, store } }, undefined, 0, output)).catch(
    (error: unknown) => printed.push(`ended: ${error}`),
  );
  return printed;
}

test('`status --watch` prints a temporary failure, and shows the state again after it', async () => {
  expect(await watchedWith([null, new TransientError('DynamoDB is throttled'), null])).toEqual([
    'status',
    'DynamoDB is throttled. The command continues, and reads again.',
    'status',
  ]);
});

test('`status --watch` ends at a failure that waiting does not resolve', async () => {
  expect(await watchedWith([null, new DeploymentError('AWS denies access'), null])).toEqual([
    'status',
    'ended: DeploymentError: AWS denies access',
  ]);
});
