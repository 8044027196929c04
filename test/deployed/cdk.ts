import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { rehearsal } from './rehearsal-settings.ts';

const ROOT = join(import.meta.dirname, '../..');
const OUTPUTS = join(ROOT, 'cdk.out/rehearsal-outputs.json');

const Outputs = z.record(z.string(), z.record(z.string(), z.string()));

/** Runs the CDK's command line on the rehearsal's settings. */
export async function cdk(args: string[], environment: Record<string, string> = {}): Promise<void> {
  const config = join('test/deployed/rehearsal.config.ts');
  const child = spawn('npx', ['cdk', ...args, '-c', `config=${config}`, '--output', 'cdk.out/rehearsal'], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`cdk ${args.join(' ')} failed:\n${log}`);
}

/** Deploys both stacks and answers with their outputs. */
export async function deploy(environment: Record<string, string>): Promise<Record<string, string>> {
  await cdk(['deploy', '--all', '--require-approval', 'never', '--outputs-file', OUTPUTS], environment);
  const outputs = Outputs.parse(JSON.parse(readFileSync(OUTPUTS, 'utf8')));
  return { ...outputs[`${rehearsal.name}State`], ...outputs[`${rehearsal.name}Notifier`] };
}
