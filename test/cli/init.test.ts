import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import product from '../../package.json' with { type: 'json' };
import { startSchoolbell } from './run-schoolbell.ts';

const CHECKOUT = join(import.meta.dirname, '../..');
const emptyDirectory = () => mkdtempSync(join(tmpdir(), 'schoolbell-init-'));
const Package = z.object({ name: z.string(), dependencies: z.record(z.string(), z.string()) });

test('`init` writes a CDK application with pinned versions and prints the next commands', async () => {
  const directory = join(emptyDirectory(), 'Learning Events');
  const { stdout, code } = await startSchoolbell(['init', directory], { cwd: tmpdir() }).ended;
  expect(code).toBe(0);
  expect(readdirSync(directory).toSorted()).toEqual([
    '.gitignore',
    'README.md',
    'app.ts',
    'cdk.json',
    'package.json',
    'settings.ts',
    'tsconfig.json',
  ]);
  // With --local, this directory has certificates, and the key of hashed ids.
  expect(readFileSync(join(directory, '.gitignore'), 'utf8').split('\n')).toContain('.schoolbell/');
  expect(stdout.slice(1)).toEqual([
    `  npm --prefix ${CHECKOUT} run build`,
    `  npm pack ${CHECKOUT} --pack-destination '${directory}'`,
    `  cd '${directory}' && npm install`,
    expect.stringMatching(/^ {2}npx cdk bootstrap /),
    '  npx cdk deploy --all',
  ]);
  const written = Package.parse(JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')));
  expect(written.name).toBe('learning-events');
  // A path outside the application would not exist for a person who clones it.
  expect(written.dependencies['schoolbell']).toBe(`file:schoolbell-${product.version}.tgz`);
  expect(written.dependencies['aws-cdk-lib']).toBe(product.devDependencies['aws-cdk-lib']);
});

test('`init` writes nothing when one of its files exists already', async () => {
  const directory = emptyDirectory();
  writeFileSync(join(directory, 'settings.ts'), 'mine');
  const { stderr, code } = await startSchoolbell(['init', directory], { cwd: tmpdir() }).ended;
  expect(code).toBe(1);
  expect(stderr.join('\n')).toContain('these files exist already: ');
  expect(readdirSync(directory)).toEqual(['settings.ts']);
  expect(readFileSync(join(directory, 'settings.ts'), 'utf8')).toBe('mine');
});
