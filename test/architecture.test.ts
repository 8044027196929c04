import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const PAGE = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');

/** The folders that each folder may import, read from the table in docs/architecture.md. */
const described = new Map(
  [...PAGE.matchAll(/^\| `([\w/-]+)\/` \| [^|]+ \|([^|]*)\|$/gm)].map(([, folder = '', imports = '']) => [
    folder,
    [...imports.matchAll(/`([\w/-]+)`/g)].map(([, name = '']) => name).toSorted(),
  ]),
);
const folders = [...described.keys()].toSorted((one, other) => other.length - one.length);
const sources = [...new Set(folders.map((folder) => folder.split('/')[0] ?? ''))].flatMap((top) =>
  readdirSync(join(ROOT, top), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/(^|\/)(dist|node_modules)\//.test(file))
    .map((file) => join(top, file)),
);

/** Returns the deepest folder in the table that contains a file. */
function folderOf(file: string): string | undefined {
  return folders.find((folder) => file.startsWith(`${folder}/`));
}

/** Returns, for each folder in the table, the other folders in the table that its files import. */
function importsOf(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>(folders.map((folder) => [folder, new Set()]));
  for (const file of sources) {
    const from = folderOf(file);
    for (const [, path = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(
      /(?: from |import\()'(\.[^']+)'/g,
    )) {
      const to = folderOf(relative(ROOT, join(ROOT, dirname(file), path)));
      if (from !== undefined && to !== undefined && to !== from) found.get(from)?.add(to);
    }
  }
  return found;
}

test('docs/architecture.md has a row for the folder of each source file', () => {
  expect(sources.filter((file) => folderOf(file) === undefined)).toEqual([]);
});

test.each(folders)('docs/architecture.md lists exactly the folders that %s imports', (folder) => {
  expect(sources.some((file) => folderOf(file) === folder)).toBe(true);
  expect([...(importsOf().get(folder) ?? [])].toSorted()).toEqual(described.get(folder));
});

test('the graph in docs/architecture.md shows the imports between the top folders', () => {
  const topOf = (folder: string) => folder.split('/')[0] ?? '';
  const edges = new Set(
    [...importsOf()].flatMap(([from, to]) =>
      [...to]
        .map((each) => `  ${topOf(from)} --> ${topOf(each)}`)
        .filter((_, at) => topOf([...to][at] ?? '') !== topOf(from)),
    ),
  );
  const drawn = PAGE.split('\n').filter((line) => line.includes(' --> '));
  expect(drawn.toSorted()).toEqual([...edges].toSorted());
});

test('the description of a poll in docs/architecture.md mentions only files that exist', () => {
  const steps = PAGE.slice(PAGE.indexOf('## A poll'), PAGE.indexOf('## Folders'));
  const named = [...steps.matchAll(/`([\w/-]+\.ts)`/g)].map(([, file = '']) => file);
  expect(named.filter((file) => !sources.includes(file))).toEqual([]);
});
