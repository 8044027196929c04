import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { changeProblems } from '../infra/changes/change-problems.ts';
import { holdsData, stackFacts } from '../infra/changes/stack-facts.ts';
import { DEPLOYMENTS } from './deployments.ts';
import { releases } from './releases.ts';

describe.each(releases())('a deployment of release $version', ({ folder }) => {
  it.each(Object.entries(DEPLOYMENTS))(
    'an update of a %s deployment of an earlier release to the present templates neither replaces nor deletes data',
    (name, stacks) => {
      const before = new Map(
        readdirSync(join(folder, 'templates', name)).map((file) => [
          file.replace('.json', ''),
          stackFacts(JSON.parse(readFileSync(join(folder, 'templates', name, file), 'utf8'))),
        ]),
      );
      const after = new Map(
        stacks().map((stack) => [stack.stackName, stackFacts(Template.fromStack(stack).toJSON())]),
      );
      expect(changeProblems(before, after, { keepsState: true })).toEqual([]);
      for (const [stack, { resources }] of before) {
        for (const [id, { Type }] of resources) {
          if (holdsData(Type)) expect(after.get(stack)?.resources.get(id)?.Type, `${stack} ${id}`).toBe(Type);
        }
      }
    },
  );
});
