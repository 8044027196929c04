import { describe, expect, it } from 'vitest';
import { synthesize } from './synthesize.ts';

/** What changes with every line of code is left out. */
function stable(template: { toJSON(): unknown }): unknown {
  return JSON.parse(JSON.stringify(template.toJSON()).replaceAll(/[0-9a-f]{64}/g, '<hash>'));
}

describe('the templates', () => {
  const { state, notifier } = synthesize({ webhook: true, alarms: 'ops@example.com' });

  it('of the state stack', () => expect(stable(state)).toMatchSnapshot());
  it('of the notifier stack', () => expect(stable(notifier)).toMatchSnapshot());
});
