import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { codeOf } from '../../core/errors.ts';
import { awsError } from '../aws-errors.ts';

/**
 * Returns the outputs of a stack by their keys, or null if there is no stack with this name.
 *
 * @throws DeploymentError when AWS denies the permission; TransientError for temporary failures
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
    // CloudFormation has no specific error code for a stack that does not exist, or whose name is invalid.
    if (codeOf(error) === 'ValidationError') return null;
    throw awsError(error, {
      temporary: `CloudFormation cannot describe the stack ${name}`,
      refused: [`The stack ${name} cannot be described`, 'check your credentials and permissions'],
    });
  }
}
