import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { deliberateBugs } from './deliberate-bugs.ts';

it.each(deliberateBugs)(
  'each source text that the deliberate bug "$name" replaces exists exactly once in its file',
  ({ patches, setting }) => {
    for (const { file, replace } of [...patches, ...(setting?.patches ?? [])]) {
      expect(readFileSync(file, 'utf8').split(replace), `${file}: ${replace}`).toHaveLength(2);
    }
  },
);

it("the table in the simulation's README has one row for each deliberate bug", () => {
  const page = readFileSync('test/simulation/README.md', 'utf8');
  const rows = [...page.matchAll(/^\| (.+?) \| (?:\d+ \||a test \| (.+) \|$)/gm)].map(([, name, files]) => [
    name,
    files,
  ]);
  const bugs = deliberateBugs.map(({ name, testedBy }) => [
    name,
    testedBy?.map((file) => `\`${file}\``).join(', '),
  ]);
  expect(rows.toSorted()).toEqual(bugs.toSorted());
});
