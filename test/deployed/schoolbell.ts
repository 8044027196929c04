import { spawn } from 'node:child_process';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../cli/main.ts');

/**
 * Runs the command line on the deployment.
 *
 * @param environment the output of that name: `NAME=value` pairs
 * @returns its standard output
 */
export async function schoolbell(args: string[], environment: string): Promise<string> {
  const variables = environment.split(' ').map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, ...Object.fromEntries(variables) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`schoolbell ${args.join(' ')} ended with ${code}: ${errors}`);
  return output;
}
