import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { outputNames } from '../../functions/contract/names.ts';
import { parsedJson } from '../../functions/contract/parsing.ts';
import { plural } from '../../functions/contract/printable-text.ts';
import { CommandError } from '../terminal/exit-code.ts';

/** `cdk deploy` writes each stack's outputs to this file: see `outputsFile` in `cdk.json`. */
export const OUTPUTS_FILE = 'schoolbell.outputs.json';

const Outputs = parsedJson(z.record(z.string(), z.record(z.string(), z.string())));

type Variables = Record<string, string | undefined>;

/**
 * Returns the process's environment variables. If they do not contain TABLE_NAME, adds the outputs of the
 * last `cdk deploy` from this folder, without replacing a variable.
 *
 * @throws CommandError for a file that `cdk deploy` did not write, or that contains several deployments
 */
export function deployedEnvironment(variables: Variables, file = OUTPUTS_FILE): Variables {
  if (variables['TABLE_NAME'] !== undefined || !existsSync(file)) return variables;
  const outputs = Outputs.safeParse(readFileSync(file, 'utf8'));
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
  // With several buckets it is unknown which one belongs to the deployment.
  const isCertain = bucket !== undefined && otherBuckets.length === 0;
  return { ...environment, ...(isCertain && { CERTIFICATES_BUCKET: bucket }), ...variables };
}

/**
 * Returns the process's variables with those of the deployment in a stack, which take precedence.
 *
 * @param outputs null if there is no such stack
 * @throws CommandError unless the stack exists and has exactly one deployment
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
 * Returns the name of the bucket with the certificates, or undefined if none is known. A stack named
 * `NAMENotifier` belongs to the same deployment as `NAMECertificates`, which has an output with the name.
 */
export async function certificatesBucket(
  variables: Variables,
  stack: string | null,
  readOutputs: (stack: string) => Promise<Record<string, string> | null>,
): Promise<string | undefined> {
  const outputs = stack === null ? null : await readOutputs(stack.replace(/Notifier$/, 'Certificates'));
  return outputs?.[outputNames.certificatesBucket] ?? variables['CERTIFICATES_BUCKET'];
}

function environmentsIn(outputs: Record<string, string>): Variables[] {
  const environments = valuesOf(outputs, outputNames.environment);
  return environments.map((environment) => Object.fromEntries(environment.split(' ').map(pairOf)));
}

/**
 * Returns the values of the outputs whose name contains `partOfName`. CDK puts the path of the construct
 * before the name of an output, and a hash after it.
 */
function valuesOf(outputs: Record<string, string>, partOfName: string): string[] {
  return Object.entries(outputs).flatMap(([name, value]) => (name.includes(partOfName) ? [value] : []));
}

function pairOf(text: string): [string, string] {
  const at = text.indexOf('=');
  return [text.slice(0, at), text.slice(at + 1)];
}
