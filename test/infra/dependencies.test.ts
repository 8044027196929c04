import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.optional(z.string()),
      integrity: z.optional(z.string()),
      hasInstallScript: z.optional(z.boolean()),
      inBundle: z.optional(z.boolean()),
      link: z.optional(z.boolean()),
    }),
  ),
});
const packages = Object.fromEntries(
  Object.entries(Lock.parse(read('package-lock.json')).packages).filter(
    // Leaves out the packages of this repository, which are outside `node_modules` or linked into it.
    ([path, { link }]) => path.startsWith('node_modules/') && !link,
  ),
);

test('every installed package has a SHA-512 digest in package-lock.json, or is bundled in a package that has such a digest', () => {
  const without = Object.entries(packages).filter(
    ([, { integrity, inBundle }]) => !inBundle && !integrity?.startsWith('sha512-'),
  );

  expect(without).toEqual([]);
});

test('npm runs no installation script of a package, because such a script could download unchecked files', () => {
  expect(readFileSync(join(ROOT, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
});

test('the Node.js that runs the npm scripts is a package in package-lock.json, with the same version on every platform', () => {
  const builds = Object.entries(packages).filter(([path]) => /^node_modules\/node-(linux|win)-/.test(path));

  expect(builds.map(([path]) => path)).toEqual(
    ['linux-arm64', 'linux-x64', 'win-x64'].map((build) => `node_modules/node-${build}`),
  );
  expect(new Set(builds.map(([, { version }]) => version)).size).toBe(1);
  expect(Object.keys(packages)).not.toContain('node_modules/node');
});

test.runIf(process.platform === 'linux')(
  'the npm scripts run the Node.js that is a package in package-lock.json',
  () => {
    const file = realpathSync(join(ROOT, 'node_modules/.bin/node'));

    expect(file).toBe(join(ROOT, `node_modules/node-linux-${process.arch}/bin/node`));
    expect(execFileSync(file, ['--version'], { encoding: 'utf8' }).trim()).toBe(
      `v${packages[`node_modules/node-linux-${process.arch}`]?.version}`,
    );
  },
);
