import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Each command with its options, as the snapshots of `--help` hold them. */
const helps = new Map(
  read('test/cli/__snapshots__/help.test.ts.snap')
    .split(/^exports\[/m)
    .flatMap((help) => {
      const [, usage = ''] = /Usage: schoolbell (.*)/.exec(help) ?? [];
      const name = usage.replace(/ ?[[<(].*/, '');
      const options = [...help.matchAll(/^ +(?:-\w, )?(--[a-z-]+)/gm)].map(([, option = '']) => option);
      return name === '' ? [] : [[name, new Set(options)] as const];
    }),
);

/** Every `schoolbell ...` of a page: in a block, or within back-ticks. */
function commandsOf(page: string): string[] {
  const text = read(page);
  const blocks = text.matchAll(/^ {4}(?:npx |[A-Z_]+=\S+ |\$ )*schoolbell ([^#\n]+)/gm);
  const inline = text.matchAll(/`(?:npx )?schoolbell ([^`]+)`/g);
  return [...blocks, ...inline].map(([, command = '']) => command.trim());
}

test('the snapshots of the help are read', () => {
  expect(helps.get('replay')).toContain('--consumer');
  expect(helps.size).toBeGreaterThan(15);
});

test.each(['README.md', 'docs/runbook.md', 'docs/consumers.md'])(
  '%s has no command that is not there',
  (page) => {
    const commands = commandsOf(page);
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) {
      const words = command.split(/\s+/);
      const name = helps.has(words.slice(0, 2).join(' ')) ? words.slice(0, 2).join(' ') : (words[0] ?? '');
      if (name.startsWith('--') || name === 'COMMAND') continue;
      expect([...helps.keys()], command).toContain(name);
      const options = words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.replace(/=.*/, ''));
      expect([...(helps.get(name) ?? [])], command).toEqual(expect.arrayContaining(options));
    }
  },
);

test('the runbook has a section for every command of an operator', () => {
  const [, commands = ''] = read('docs/runbook.md').split('\n# Commands\n');
  const sections = [...commands.matchAll(/^## (.+)$/gm)].flatMap(([, heading = '']) =>
    heading.split(' and '),
  );
  const named = [...helps.keys()].map((name) => name.split(' ')[0] ?? '');
  const forDevelopers = ['dev', 'sandbox'];
  expect(sections.toSorted()).toEqual(
    [...new Set(named)].filter((name) => !forDevelopers.includes(name)).toSorted(),
  );
});
