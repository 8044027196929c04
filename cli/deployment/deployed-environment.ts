import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { outputNames } from '../../functions/contract/names.ts';
import { plural } from '../../functions/contract/printable-text.ts';
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
  const [environment, ...others] = Object.values(outputs.data).flatMap(environmentsIn);
  if (others.length > 0) {
    throw new CommandError(
      `${file} contains several deployments: name the stack of the right deployment with --stack`,
    );
  }
  const [bucket, ...otherBuckets] = Object.values(outputs.data).flatMap((stack) =>
    valuesOf(stack, outputNames.certificatesBucket),
  );
  const isCertain = bucket !== undefined && otherBuckets.length === 0;
  return { ...environment, ...(isCertain && { CERTIFICATES_BUCKET: bucket }), ...variables };
}

/**
 * Returns the process's environment variables, replaced and completed by the variables of the deployment in a
 * stack.
 *
 * @param outputs the outputs of the stack; null if there is no such stack
 * @throws CommandError when the stack does not exist, or does not have exactly one deployment
 */
export function stackEnvironment(
  variables: Variables,
  stack: string,
  outputs: Record<string, string> | null,
): Variables {
  if (outputs === null) {
    throw new CommandError(
      `There is no stack ${stack} in this account and Region. Choose another account with --profile, or another Region with --region.`,
    );
  }
  const environments = environmentsIn(outputs);
  const [environment] = environments;
  if (environment !== undefined && environments.length === 1) return { ...variables, ...environment };
  throw new CommandError(
    `The stack ${stack} has ${plural(environments.length, 'deployment')} of Schoolbell instead of one. Choose a stack with exactly one output whose name contains ${outputNames.environment}.`,
  );
}

/**
 * Returns the variables of each deployment in the outputs of a stack. CDK puts the construct's path before
 * the name of an output, and a hash after it, if the output belongs to a construct within the stack.
 */
function environmentsIn(outputs: Record<string, string>): Variables[] {
  const environments = valuesOf(outputs, outputNames.environment);
  return environments.map((environment) => Object.fromEntries(environment.split(' ').map(pairOf)));
}

function valuesOf(outputs: Record<string, string>, partOfName: string): string[] {
  return Object.entries(outputs).flatMap(([name, value]) => (name.includes(partOfName) ? [value] : []));
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
