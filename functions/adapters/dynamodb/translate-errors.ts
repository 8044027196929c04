import { codeOf, DeploymentError, IntegrationError, isRunError, TransientError } from '../../core/errors.ts';
import type { DynamoDbCalls } from './dynamodb-calls.ts';

const CREDENTIALS_REFUSED = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'OptInRequired',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
]);

/** The same calls; what they throw is a failed condition as it is, or an error of the core. */
export function withCoreErrors(calls: DynamoDbCalls, table: string): DynamoDbCalls {
  const translated =
    <Input, Output>(call: (input: Input) => Promise<Output>) =>
    async (input: Input): Promise<Output> => {
      try {
        return await call(input);
      } catch (error) {
        throw translateError(error, table);
      }
    };
  return {
    getItem: translated(calls.getItem),
    batchGetItem: translated(calls.batchGetItem),
    putItem: translated(calls.putItem),
    updateItem: translated(calls.updateItem),
    deleteItem: translated(calls.deleteItem),
    query: translated(calls.query),
  };
}

/**
 * What an error of the AWS client means for the run. The client has already retried what is worth it, so that throttling,
 * 5xx and network errors, and whatever is not known here, are for the next run. Messages of AWS, which may quote an item,
 * are not handed on.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
export function translateError(error: unknown, table: string): unknown {
  if (isConditionFailed(error) || isRunError(error)) return error;
  const code = codeOf(error);
  const context = { code, cause: error };
  if (code === 'AccessDeniedException') {
    return new DeploymentError(
      `AWS denies access to the DynamoDB table ${table}: check the policy of the role or user that runs this`,
      context,
    );
  }
  if (code === 'ResourceNotFoundException') {
    return new DeploymentError(
      `There is no DynamoDB table ${table} here: check TABLE_NAME, the region and the AWS account`,
      context,
    );
  }
  if (CREDENTIALS_REFUSED.has(code)) {
    return new DeploymentError(
      `AWS does not take the credentials (${code}): check them and sign in again`,
      context,
    );
  }
  if (error instanceof Error && error.message === 'Region is missing') {
    return new DeploymentError('The AWS region is not known: set AWS_REGION', context);
  }
  if (code === 'ValidationException') {
    return new IntegrationError(`DynamoDB refuses an item of table ${table} (${code})`, context);
  }
  return new TransientError(`DynamoDB did not serve table ${table} (${code})`, context);
}

/** The condition of a write did not hold: the store then reads what stands there. */
export function isConditionFailed(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
