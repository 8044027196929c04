import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

function foldersIn(path: string): string[] {
  return readdirSync(join(ROOT, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

const pages = globSync(['*.md', 'docs/**/*.md', 'test/**/*.md', 'examples/**/*.md'], {
  cwd: ROOT,
  exclude: ['**/node_modules/**'],
});

const topFolders = foldersIn('.').filter(
  (name) => !/^(\..*|node_modules|coverage|dist|cdk\.out)$/.test(name),
);
const sources = globSync(
  topFolders.map((folder) => `${folder}/**/*.ts`),
  { cwd: ROOT, exclude: ['**/node_modules/**', '**/dist/**'] },
);

/** The options of each command, from the snapshots of `--help`. */
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

/** Returns every command `schoolbell ...` on a page, in a code block or within back-ticks. */
function commandsOf(page: string): string[] {
  const text = read(page);
  const blocks = text.matchAll(/^ {4}(?:npx |[A-Z_]+=\S+ |\$ )*schoolbell ([^#\n]+)/gm);
  const inline = text.matchAll(/`(?:npx )?schoolbell ([^`]+)`/g);
  return [...blocks, ...inline].map(([, command = '']) => command.trim());
}

/**
 * Returns every path on a page that begins with a folder of the project, or with a folder beside the page.
 */
function pathsOf(page: string): string[] {
  const folders = [...topFolders, ...foldersIn(dirname(page))].join('|');
  const found = read(page).matchAll(new RegExp(`(?<![\\w/.:@-])(?:${folders})/[\\w./-]*\\w`, 'g'));
  return [...new Set([...found].map(([path]) => path))];
}

/** Returns the anchors that GitHub gives to the headings of a page. A repeated heading gets a number. */
function anchorsOf(page: string): string[] {
  const slugs = [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
  const explicit = [...read(page).matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
  return [...slugs, ...explicit].map((slug, at) => {
    const before = slugs.slice(0, at).filter((other) => other === slug).length;
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

test('the tests of the documentation find its pages, the sources and the help texts of the commands', () => {
  expect(pages).toEqual(
    expect.arrayContaining(['README.md', 'docs/runbook.md', 'test/simulation/README.md']),
  );
  expect(sources.length).toBeGreaterThan(100);
  expect(helps.get('replay')).toContain('--consumer');
  expect(helps.size).toBeGreaterThan(15);
  expect(commandsOf('docs/runbook.md').length).toBeGreaterThan(30);
  expect(pathsOf('docs/architecture.md').length).toBeGreaterThan(30);
});

describe.each(pages)('%s', (page) => {
  test('each page of the documentation mentions only commands and options that exist', () => {
    for (const command of commandsOf(page)) {
      const words = command.split(/\s+/);
      const name = helps.has(words.slice(0, 2).join(' ')) ? words.slice(0, 2).join(' ') : (words[0] ?? '');
      if (name.startsWith('--') || name === 'COMMAND') continue;
      expect([...helps.keys()], command).toContain(name);
      const options = words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.replace(/=.*/, ''));
      expect([...(helps.get(name) ?? [])], command).toEqual(expect.arrayContaining(options));
    }
  });

  test('each page of the documentation mentions only scripts of package.json', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read(page).matchAll(/npm run ([\w:-]+)/g)].map(([, script = '']) => script);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(named));
  });

  test('each page of the documentation mentions only paths that exist', () => {
    const missing = pathsOf(page).filter(
      (path) => !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, dirname(page), path)),
    );
    expect(missing).toEqual([]);
  });

  test('each page of the documentation links only to files and sections that exist', () => {
    for (const [, link = ''] of read(page).matchAll(/\]\(((?!https?:)[^)\s]+)\)/g)) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      expect(existsSync(join(ROOT, target)), link).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(target), link).toContain(anchor);
    }
  });
});

test('the source files mention only pages of the documentation that exist', () => {
  const files = globSync('docs/**', { cwd: ROOT });
  for (const source of sources) {
    for (const [name] of read(source).matchAll(/(?<![\w/.:-])docs\/[\w/-]+(?:\.md)?/g)) {
      expect(
        files.some((file) => file.startsWith(name)),
        `${source}: ${name}`,
      ).toBe(true);
    }
  }
});

test('the decision records are numbered without a gap, with the same number in the file name and in the heading', () => {
  const records = globSync('docs/adr/[0-9]*.md', { cwd: ROOT }).toSorted();
  for (const [at, file] of records.entries()) {
    expect(file).toMatch(new RegExp(`/${String(at + 1).padStart(4, '0')}-`));
    expect(read(file)).toMatch(new RegExp(`^# ${at + 1}\\. `));
  }
});

test('the runbook quotes only log lines and errors that the functions contain', () => {
  const code = sources
    .filter((source) => source.startsWith('functions/') || source.startsWith('consumers/'))
    .map(read)
    .join('\n');
  const [alarms = ''] = read('docs/runbook.md').split('\n# Commands\n');
  const quotes = [...alarms.matchAll(/`([A-Za-z]+(?: (?:[A-Za-z]+|\.\.\.))+)`/g)]
    .map(([, quote = '']) => quote)
    .filter((quote) => !/^(schoolbell|npx|cdk|aws) /.test(quote));
  expect(quotes).toContain('invocation failed');
  const parts = quotes.flatMap((quote) => quote.split(' ... '));
  expect(parts.filter((part) => !code.includes(part))).toEqual([]);
});

test('the runbook has a section about each command of an operator', () => {
  const [, commands = ''] = read('docs/runbook.md').split('\n# Commands\n');
  const sections = [...commands.matchAll(/^## (.+)$/gm)].flatMap(([, heading = '']) =>
    heading.split(' and '),
  );
  const named = [...helps.keys()].map((name) => name.split(' ')[0] ?? '');
  const forDevelopers = ['dev', 'init', 'sandbox'];
  expect(sections.toSorted()).toEqual(
    [...new Set(named)].filter((name) => !forDevelopers.includes(name)).toSorted(),
  );
});

test.each(['examples/consumer/app.ts', 'examples/consumer/handler.ts'])(
  'docs/consumers.md contains the file %s',
  (path) => {
    expect(read('docs/consumers.md')).toContain(`<!-- ${path} -->\n\`\`\`ts\n${read(path)}\`\`\``);
  },
);
