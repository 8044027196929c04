import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import * as z from 'zod/mini';
import product from '../../package.json' with { type: 'json' };
import { DEFAULT_DIRECTORY, globalOptionsOf, quoted } from '../options/global-options.ts';
import { CommandError } from '../terminal/exit-code.ts';
import { createOutput } from '../terminal/output.ts';

/** The directory of the checkout or, in the package, of the compiled files. */
const ROOT = join(import.meta.dirname, '../..');

const PACKAGE_FILE = `${product.name}-${product.version}.tgz`;

const TEMPLATE = join(ROOT, 'packages/app');

export function addInitCommand(program: Command): void {
  program
    .command('init')
    .argument('[dir]', 'the directory to write to', '.')
    .description('write a CDK application that deploys Schoolbell to your AWS account')
    .addHelpText('after', HELP)
    .action((directory: string, _options: object, command: Command) => {
      const files = writeApplication(directory);
      const { json } = globalOptionsOf(command);
      const enter = resolve(directory) === process.cwd() ? '' : `cd ${quoted(directory)} && `;
      createOutput(json).result(
        { directory: resolve(directory), files },
        `These files were written: ${files.join(', ')}. Read settings.ts, and then run:`,
        ...(isCheckout() ? packCommands(directory) : []),
        `  ${enter}npm install`,
        '  npx cdk bootstrap        (once per account and Region)',
        '  npx cdk deploy --all',
      );
    });
}

/** In a checkout, the application needs a package of the files that `npm run build` compiles. */
function packCommands(directory: string): string[] {
  const root = quoted(ROOT);
  return [`  npm --prefix ${root} run build`, `  npm pack ${root} --pack-destination ${quoted(directory)}`];
}

function isCheckout(): boolean {
  return existsSync(join(ROOT, 'cli/main.ts'));
}

const HELP = `
The command overwrites no file. If one of the files exists already, the command writes nothing.

Example:
  schoolbell init learning-events`;

/** Returns the names of the files. Throws a CommandError and writes nothing if one of them exists already. */
function writeApplication(directory: string): string[] {
  const copied = readdirSync(TEMPLATE).map((name): [string, string] => [
    name,
    readFileSync(join(TEMPLATE, name), 'utf8'),
  ]);
  const packed = isCheckout() ? null : installedFrom();
  const files = new Map<string, string | Uint8Array>([
    ...copied,
    // With a copy, people who clone the application can install it.
    ...(packed === null ? [] : ([[PACKAGE_FILE, readFileSync(packed)]] as const)),
    ['cdk.json', jsonFile(cdkSettings())],
    ['package.json', jsonFile(packageOf(directory, isCheckout() || packed !== null))],
    // npm leaves a file of this name out of a package, so it cannot be one of the copied files.
    ['.gitignore', `node_modules/\n${DEFAULT_DIRECTORY}/\ncdk.out/\nschoolbell.outputs.json\n`],
  ]);
  const existing = [...files.keys()].filter((name) => existsSync(join(directory, name)));
  if (existing.length > 0) {
    throw new CommandError(
      `The command overwrites no file, but these files exist already: ${existing.map((name) => join(directory, name)).join(', ')}. Name a directory without these files: schoolbell init DIR`,
    );
  }
  mkdirSync(directory, { recursive: true });
  for (const [name, content] of files) writeFileSync(join(directory, name), content, { flag: 'wx' });
  return [...files.keys()];
}

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });

/** Returns the application's `cdk.json`, with the feature flags that the tests of the constructs use. */
function cdkSettings(): object {
  const { context } = CdkJson.parse(JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')));
  return { app: 'node app.ts', outputsFile: 'schoolbell.outputs.json', context };
}

/** @param isCopied whether the application has a copy of the package file */
function packageOf(directory: string, isCopied: boolean): object {
  const {
    '@types/node': types,
    'aws-cdk': cdk,
    'aws-cdk-lib': library,
    constructs,
    typescript,
  } = product.devDependencies;
  const name = basename(resolve(directory))
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+/, '');
  return {
    name: name === '' || name === product.name ? `${product.name}-app` : name,
    version: '1.0.0',
    private: true,
    type: 'module',
    dependencies: {
      'aws-cdk-lib': library,
      constructs,
      schoolbell: isCopied ? `file:${PACKAGE_FILE}` : product.version,
    },
    devDependencies: { '@types/node': types, 'aws-cdk': cdk, typescript },
  };
}

const InstalledPackages = z.object({
  packages: z.record(z.string(), z.object({ resolved: z.optional(z.string()) })),
});

/**
 * Returns the path of the installed package file. For a package from a registry, returns null.
 *
 * @throws CommandError if npm did not install the package into a project, or if the file is missing
 */
function installedFrom(): string | null {
  const project = join(ROOT, '../../..');
  const list = join(project, 'node_modules/.package-lock.json');
  const installed = existsSync(list)
    ? InstalledPackages.safeParse(JSON.parse(readFileSync(list, 'utf8'))).data?.packages
    : undefined;
  const { resolved = 'file:' } = installed?.[`node_modules/${product.name}`] ?? {};
  if (!resolved.startsWith('file:')) return null;
  const file = resolve(project, resolved.slice('file:'.length));
  if (file.endsWith('.tgz') && existsSync(file)) return file;
  // The name alone could be the name of another package in the registry.
  throw new CommandError(
    `The file from which this package was installed cannot be found, for example after npm install --global. In the directory of the file, run npm install ./${PACKAGE_FILE}, and then npx schoolbell init.`,
  );
}

function jsonFile(content: object): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
