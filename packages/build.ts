import { execFileSync } from 'node:child_process';
import { cpSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { FileSystem, IgnoreMode } from 'aws-cdk-lib';
import * as z from 'zod/mini';
import { NO_FONTS, SHAPING } from '../consumers/certificates/fonts-directory.ts';
import { bundle } from '../infra/constructs/function-code.ts';
import product from '../package.json' with { type: 'json' };

/*
 * `npm run build`: what the packages `schoolbell` and `schoolbell-fonts` contain besides their committed files. Then
 * `npm pack` and `npm pack ./packages/fonts` write the packages.
 */
const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');
const FONTS = join(ROOT, 'packages/fonts/files');
const PackageFile = z.looseObject({
  name: z.string(),
  version: z.string(),
  license: z._default(z.string(), 'unknown'),
  main: z.optional(z.string()),
});

compile();
bundleFunctions();
copyFonts();

/** Compiles the command line and the constructs. Only the constructs keep their type declarations. */
function compile(): void {
  rmSync(DIST, { recursive: true, force: true });
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '--project', 'tsconfig.build.json'], { cwd: ROOT, stdio: 'inherit' });
  for (const file of globSync('{cli,local}/**/*.d.ts', { cwd: DIST })) rmSync(join(DIST, file));
  // The compiler copies the whole `package.json`, because a source file imports it. The sources read only
  // these fields.
  const { name, version, type, devDependencies } = product;
  writeFileSync(join(DIST, 'package.json'), `${JSON.stringify({ name, version, type, devDependencies })}\n`);
  cpSync(join(ROOT, 'cdk.json'), join(DIST, 'cdk.json'));
  cpSync(join(ROOT, 'packages/app'), join(DIST, 'packages/app'), { recursive: true });
}

/** Bundles each function, so that constructs in a package need no bundler. */
function bundleFunctions(): void {
  const inputs = new Set<string>();
  for (const entry of globSync('{functions,consumers}/*/lambda.ts', { cwd: ROOT })) {
    const packages = basename(dirname(entry)) === 'certificates' ? SHAPING : [];
    const folder = join(DIST, 'bundles', dirname(entry));
    for (const input of bundle(entry, packages, folder)) inputs.add(input);
    if (packages.length === 0) continue;
    // npm never packs a folder with the name `node_modules`. So the package contains this folder as
    // `packages`.
    renameSync(join(folder, 'node_modules'), join(folder, 'packages'));
    for (const file of globSync(join(folder, 'packages/*/package.json'))) dropExports(file);
  }
  writeLicences(inputs);
}

/** Writes the licences of the packages whose code is in the bundles. */
function writeLicences(inputs: Iterable<string>): void {
  const folders = [...inputs].flatMap((input) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  const licences = [...new Set(folders)].toSorted().map((folder) => {
    const cwd = join(ROOT, folder);
    const { name, version, license } = PackageFile.parse(
      JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8')),
    );
    const texts = globSync('{LICENSE,license}*', { cwd }).map((file) =>
      readFileSync(join(cwd, file), 'utf8'),
    );
    return [`${name} ${version}, licence ${license}`, ...texts].join('\n\n');
  });
  writeFileSync(join(DIST, 'bundles/LICENSES.txt'), licences.join(`\n\n${'='.repeat(80)}\n\n`));
}

/**
 * Removes the field `exports`, because package tools (publint) reject it outside of `node_modules`. Node then
 * uses `main`.
 */
function dropExports(file: string): void {
  const { exports, ...rest } = PackageFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  if (exports !== undefined && rest.main !== undefined) writeFileSync(file, JSON.stringify(rest));
}

/** Copies the font files and their licences from the packages with the fonts. */
function copyFonts(): void {
  rmSync(FONTS, { recursive: true, force: true });
  FileSystem.copyDirectory(join(ROOT, 'node_modules'), FONTS, {
    exclude: NO_FONTS,
    ignoreMode: IgnoreMode.GIT,
  });
  if (readFileSync(join(FONTS, '../package.json'), 'utf8').includes(`"${product.version}"`)) return;
  throw new Error('packages/fonts/package.json and package.json must have the same version');
}
