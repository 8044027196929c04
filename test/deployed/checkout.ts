import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';

const ROOT = join(import.meta.dirname, '../..');

/** What is a checkout's own; everything else is linked to this one. */
const OWN = new Set(['.git', 'cdk.json', 'cdk.out', 'schoolbell.config.ts', 'schoolbell.outputs.json']);

const Outputs = z.record(z.string(), z.record(z.string(), z.string()));

export type Ran = { code: number | null; stdout: string; stderr: string };

/** A checkout after `npm ci` whose settings are those of the rehearsal. */
export type Checkout = {
  /**
   * Runs a command as a person would type it there.
   *
   * @throws Error with what it wrote when it fails
   */
  shell(command: string): Promise<string>;
  /** The same for `schoolbell`, without npx on the way. */
  schoolbell(...args: string[]): Promise<string>;
  /** Runs `schoolbell`, whatever its exit code is. */
  attempt(...args: string[]): Promise<Ran>;
  /** Runs a command that never ends, interrupts it after its first output as by Ctrl-C, and answers with that. */
  glance(command: string): Promise<string>;
  /** What the last deployment wrote down. */
  outputs(): Record<string, string>;
  remove(): void;
};

/** @param environment set for every command */
export async function createCheckout(environment: () => Record<string, string>): Promise<Checkout> {
  const directory = mkdtempSync(join(tmpdir(), 'schoolbell-rehearsal-'));
  for (const name of await readdir(ROOT)) {
    if (!OWN.has(name)) symlinkSync(join(ROOT, name), join(directory, name));
  }
  // Nobody is there to say yes to new roles.
  const cdk: unknown = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8'));
  writeFileSync(
    join(directory, 'cdk.json'),
    JSON.stringify({ ...z.looseObject({}).parse(cdk), requireApproval: 'never' }),
  );
  const settings = join(import.meta.dirname, 'rehearsal.config.ts');
  writeFileSync(
    join(directory, 'schoolbell.config.ts'),
    `export { default } from ${JSON.stringify(settings)};\n`,
  );

  const start = (command: string, args: string[] = [], shell = false): ChildProcess =>
    spawn(command, args, {
      cwd: directory,
      env: { ...process.env, ...environment() },
      shell,
      // A group of its own, so that an interrupt reaches what npx started, too.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const attempt = (...args: string[]) =>
    ended(start(process.execPath, [join(directory, 'cli/main.ts'), ...args]));
  return {
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
