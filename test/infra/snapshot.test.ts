import { expect, it } from 'vitest';
import { synthesize } from './synthesize.ts';

/** Hashes of the code are removed, because every change of the code changes them. */
function stable(template: { toJSON(): unknown }): unknown {
  return JSON.parse(JSON.stringify(template.toJSON()).replaceAll(/[0-9a-f]{64}/g, '<hash>'));
}

const { state, notifier } = synthesize({ webhook: true, alarms: 'ops@example.com' });

it('the template of the state stack matches its snapshot', () => expect(stable(state)).toMatchSnapshot());
it('the template of the notifier stack matches its snapshot', () =>
  expect(stable(notifier)).toMatchSnapshot());
