import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { codeOf, DeploymentError, TransientError } from '../../core/errors.ts';
import { refusalOf } from '../aws-errors.ts';

/**
 * Returns whether a stack with this name exists.
 *
 * @throws DeploymentError when AWS denies the permission to describe stacks; TransientError when
 *   CloudFormation cannot be reached
 */
export async function hasStack(client: CloudFormationClient, name: string): Promise<boolean> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks.length > 0;
  } catch (error) {
    const code = codeOf(error);
    // CloudFormation has no specific error code for a stack that does not exist.
    if (code === 'ValidationError' && String(error).includes('does not exist')) return false;
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
