import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { outputNames } from '../../functions/contract/names.ts';
import { CommandError } from '../terminal/exit-code.ts';

/** The file with each stack's outputs. `cdk deploy` writes it (see `outputsFile` in `cdk.json`). */
const OUTPUTS_FILE = 'schoolbell.outputs.json';

const Outputs = z.record(z.string(), z.record(z.string(), z.string()));

type Variables = Record<string, string | undefined>;

/**
 * Returns the environment variables of the deployment that the command works on. These are the process's
 * variables. If they do not contain TABLE_NAME, the outputs of the last `cdk deploy` from this folder are
 * added; the process's variables take precedence.
 *
 * @throws CommandError for a file that `cdk deploy` did not write
 */
export function deployedEnvironment(variables: Variables, file = OUTPUTS_FILE): Variables {
  if (variables['TABLE_NAME'] !== undefined || !existsSync(file)) return variables;
  const outputs = Outputs.safeParse(readJson(file));
  if (!outputs.success)
    throw new CommandError(`${file} does not contain the outputs of stacks: run npx cdk deploy --all again`);
  const environment = Object.values(outputs.data).flatMap((stack) => stack[outputNames.environment] ?? [])[0];
  if (environment === undefined) return variables;
  return { ...Object.fromEntries(environment.split(' ').map(pairOf)), ...variables };
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
