import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { changeProblems } from './change-problems.ts';
import { Deployments, factsOf } from './deployments.ts';
import { allChoices, type Choice, neighbours, OPTIONS, OTHER_SETTINGS, settingsOf } from './options.ts';

/**
 * Whether to compare all deployments, as `npm run test:changes` does. `npm test` compares only a small and a
 * large deployment, each with the deployments that differ from it in one setting.
 */
const takesAll = process.env['CHANGES'] === 'all';

const SMALL: Choice = OPTIONS.map(() => 0);
const LARGE: Choice = OPTIONS.map(({ name, values }) => (name === 'keepState' ? 0 : values.length - 1));
const KEEP_STATE = OPTIONS.findIndex(({ name }) => name === 'keepState');
const keepsState = (choice: Choice) => choice[KEEP_STATE] === 0;

function described(choice: Choice): string {
  return JSON.stringify(settingsOf(choice));
}

/** The timeout. Comparing all deployments takes minutes. */
const LONG_MS = 20 * 60_000;

/** Returns pairs of deployments that differ in one option, in both directions. */
function* pairs(): Generator<[before: Choice, after: Choice]> {
  for (const choice of takesAll ? allChoices() : [SMALL, LARGE]) {
    for (const neighbour of neighbours(choice)) {
      yield [choice, neighbour];
      // When all deployments are compared, the neighbour is also a `choice` of this loop, and yields the
      // opposite direction.
      if (!takesAll) yield [neighbour, choice];
    }
  }
}

describe('changes of one setting', () => {
  const deployments = new Deployments();

  beforeAll(() => {
    // Makes the validation of the CDK load its rules for all types of resources. Otherwise it would load them
    // again, in half a second, for each deployment with a new type.
    factsOf({ ...settingsOf(LARGE), bus: 'own', adopt: {}, alarms: 'ops@example.com' });
  });

  it(
    'a change of an option that adds or removes resources can be deployed with `cdk deploy --all` and keeps all data',
    () => {
      const began = performance.now();
      const problems: Record<string, string> = {};
      let count = 0;
      for (const [before, after] of pairs()) {
        count += 1;
        const found = changeProblems(deployments.factsOf(before), deployments.factsOf(after), {
          keepsState: keepsState(before),
        });
        for (const problem of found) problems[problem] ??= `from ${described(before)} to ${described(after)}`;
      }
      const seconds = Math.round((performance.now() - began) / 1000);
      if (takesAll) {
        console.log(
          `${allChoices().length} deployments, of which ${deployments.synthesised} were synthesised; ${count} ordered pairs in ${seconds} s`,
        );
      }
      expect(problems).toEqual({});
    },
    LONG_MS,
  );

  it('a change of a setting that adds and removes no resources can be deployed with `cdk deploy --all` and keeps all data', () => {
    const large = settingsOf(LARGE);
    const facts = factsOf(large);
    for (const changed of OTHER_SETTINGS) {
      const others = factsOf({ ...large, ...changed });
      expect(changeProblems(facts, others, { keepsState: true })).toEqual([]);
      expect(changeProblems(others, facts, { keepsState: true })).toEqual([]);
    }
  });

  it(
    'the template of a stack depends only on the options that list the stack in test/infra/changes/options.ts',
    () => {
      const values = fc.tuple(...OPTIONS.map(({ values }) => fc.nat(values.length - 1)));
      for (const choice of fc.sample(values, takesAll ? 20 : 3)) {
        expect(deployments.factsOf(choice), described(choice)).toEqual(factsOf(settingsOf(choice)));
      }
    },
    LONG_MS,
  );
});
