import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { SettingsInput } from '../../infra/settings.ts';
import { WithheldResource } from './fit-template.ts';
import { rehearsal } from './rehearsal-settings.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The files that each checkout has separately. All other files are links to this repository. */
const OWN = new Set(['.git', 'cdk.json', 'cdk.out', 'schoolbell.config.ts', 'schoolbell.outputs.json']);

const Outputs = z.record(z.string(), z.record(z.string(), z.string()));

export type Credentials = { accessKeyId: string; secretAccessKey: string };
export type Ran = { code: number | null; stdout: string; stderr: string };

/** A copy of this repository after `npm ci`, with its own settings. */
export type Checkout = {
  /** Writes `schoolbell.config.ts`. */
  configure(settings: SettingsInput): void;
  /** Sets the credentials for all later commands except those of the CDK. */
  signIn(credentials: Credentials): void;
  /**
   * Runs a command as a person would type it.
   *
   * @throws Error with the command's output if it fails
   */
  shell(command: string): Promise<string>;
  /**
   * Runs `schoolbell` with these arguments, without npx.
   *
   * @throws Error with the command's output if it fails
   */
  schoolbell(...args: string[]): Promise<string>;
  /**
   * Runs `schoolbell` with these arguments, without npx, and returns its output and exit code, whatever the
   * code is.
   */
  attempt(...args: string[]): Promise<Ran>;
  /**
   * Runs a command that does not end by itself, interrupts it with Ctrl-C after its first output, and returns
   * this output.
   */
  glance(command: string): Promise<string>;
  /** Returns the outputs of the last deployment. */
  outputs(): Record<string, string>;
  /**
   * Returns the resources that the last synthesis removed from the templates, because the emulator refuses
   * them.
   */
  withheld(): WithheldResource[];
  remove(): void;
};

export async function createCheckout(): Promise<Checkout> {
  const directory = mkdtempSync(join(tmpdir(), 'schoolbell-rehearsal-'));
  for (const name of await readdir(ROOT)) {
    if (!OWN.has(name)) symlinkSync(join(ROOT, name), join(directory, name));
  }
  const cdk = z
    .looseObject({ app: z.string() })
    .parse(JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')));
  const fit = `node ${JSON.stringify(join(import.meta.dirname, 'fit-assembly.ts'))}`;
  writeFileSync(
    join(directory, 'cdk.json'),
    JSON.stringify({
      ...cdk,
      ...(rehearsal.isEmulated && { app: `${cdk.app} && ${fit}` }),
      // New roles are approved automatically, because no person is present.
      requireApproval: 'never',
    }),
  );

  let operator: Record<string, string> = {};
  const start = (command: string, args: string[] = [], shell = false): ChildProcess =>
    spawn(command, args, {
      cwd: directory,
      env: { ...process.env, ...(!command.startsWith('npx cdk') && operator) },
      shell,
      // The command gets its own process group, so that the interrupt also reaches the processes that npx
      // starts.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const attempt = (...args: string[]) =>
    ended(start(process.execPath, [join(directory, 'cli/main.ts'), ...args]));
  return {
    configure: (settings) =>
      writeFileSync(
        join(directory, 'schoolbell.config.ts'),
        `export default ${JSON.stringify(settings, null, 2)};\n`,
      ),
    signIn({ accessKeyId, secretAccessKey }) {
      operator = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    },
    attempt,
    shell: async (command) => successOf(command, await ended(start(command, [], true))),
    schoolbell: async (...args) => successOf(`schoolbell ${args.join(' ')}`, await attempt(...args)),
    async glance(command) {
      const child = start(command, [], true);
      child.stdout?.once('data', () => process.kill(-(child.pid ?? 0), 'SIGINT'));
      return (await ended(child)).stdout;
    },
    outputs() {
      const file = join(directory, 'schoolbell.outputs.json');
      const stacks = Outputs.parse(JSON.parse(readFileSync(file, 'utf8')));
      return Object.assign({}, ...Object.values(stacks));
    },
    withheld() {
      const file = join(directory, 'cdk.out/withheld.json');
      return z.array(WithheldResource).parse(JSON.parse(readFileSync(file, 'utf8')));
    },
    remove: () => rmSync(directory, { recursive: true }),
  };
}

function successOf(command: string, { code, stdout, stderr }: Ran): string {
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${stdout}${stderr}`);
  return stdout;
}

async function ended(child: ChildProcess): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, stdout, stderr };
}
