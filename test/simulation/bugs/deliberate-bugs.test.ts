import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { deliberateBugs } from './deliberate-bugs.ts';

it.each(deliberateBugs)('has its place in the sources: $name', ({ patches, setting }) => {
  for (const { file, replace } of [...patches, ...(setting?.patches ?? [])]) {
    expect(readFileSync(file, 'utf8').split(replace), `${file}: ${replace}`).toHaveLength(2);
  }
});
