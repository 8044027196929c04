import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { codeOf, DeploymentError, TransientError } from '../../core/errors.ts';
import { refusalOf } from '../aws-errors.ts';

/**
 * Returns whether a stack with this name exists.
 *
 * @throws the errors of `readOutputs`
 */
export async function hasStack(client: CloudFormationClient, name: string): Promise<boolean> {
  return (await readOutputs(client, name)) !== null;
}

/**
 * Returns the outputs of a stack by their keys, or null if there is no stack with this name.
 *
 * @throws DeploymentError when AWS denies the permission to describe stacks; TransientError when CloudFormation cannot
 *   be reached
 */
export async function readOutputs(
  client: CloudFormationClient,
  name: string,
): Promise<Record<string, string> | null> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    if (Stacks.length === 0) return null;
    const outputs = Stacks.flatMap(({ Outputs = [] }) => Outputs);
    return Object.fromEntries(
      outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
    );
  } catch (error) {
    const code = codeOf(error);
    // CloudFormation has no specific error code for a stack that does not exist.
    if (code === 'ValidationError' && String(error).includes('does not exist')) return null;
    const refusal = refusalOf(error);
    const context = { code, cause: error };
    throw refusal === null
      ? new TransientError(`CloudFormation cannot describe the stack ${name} (${code})`, context)
      : new DeploymentError(
          `The stack ${name} cannot be described (${refusal}): check your permissions`,
          context,
        );
  }
}
