import {
  type CloudFormationClient,
  CloudFormationServiceException,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { codeOf, DeploymentError, TransientError } from '../../core/errors.ts';

/**
 * Whether there is a stack of this name.
 *
 * @throws DeploymentError when stacks may not be described; TransientError when CloudFormation cannot be reached
 */
export async function hasStack(client: CloudFormationClient, name: string): Promise<boolean> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return Stacks.length > 0;
  } catch (error) {
    if (!(error instanceof CloudFormationServiceException)) throw error;
    const { message, $metadata } = error;
    const code = codeOf(error);
    // CloudFormation has no error of its own for this.
    if (code === 'ValidationError' && message.includes('does not exist')) return false;
    const status = $metadata.httpStatusCode ?? 0;
    throw status === 401 || status === 403
      ? new DeploymentError(`The stack ${name} cannot be described (${code}): check your permissions`, {
          code,
          cause: error,
        })
      : new TransientError(`CloudFormation cannot describe the stack ${name} (${code})`, {
          code,
          cause: error,
        });
  }
}
