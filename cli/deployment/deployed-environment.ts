import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { outputNames } from '../../functions/contract/names.ts';
import { CommandError } from '../terminal/exit-code.ts';

/** Written by `cdk deploy` (`outputsFile` in `cdk.json`): the outputs by stack. */
const OUTPUTS_FILE = 'schoolbell.outputs.json';

const Outputs = z.record(z.string(), z.record(z.string(), z.string()));

type Variables = Record<string, string | undefined>;

/**
 * The environment of the deployment to work on: the process's variables and, where these name no table, also the outputs of
 * the last `cdk deploy` from this folder. The process's variables take precedence.
 *
 * @throws CommandError for a file that `cdk deploy` did not write
 */
export function deployedEnvironment(variables: Variables, file = OUTPUTS_FILE): Variables {
  if (variables['TABLE_NAME'] !== undefined || !existsSync(file)) return variables;
  const outputs = Outputs.safeParse(readJson(file));
  if (!outputs.success)
    throw new CommandError(`${file} has no stacks' outputs: run npx cdk deploy --all again`);
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
