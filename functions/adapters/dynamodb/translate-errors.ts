import { codeOf, DeploymentError, IntegrationError, isRunError } from '../../core/errors.ts';
import { awsError } from '../aws-errors.ts';
import type { DynamoDbCalls } from './dynamodb-calls.ts';

/**
 * Returns calls that throw the core's errors instead of AWS's errors. The error of a failed condition is
 * thrown unchanged.
 */
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
    batchExecuteStatement: translated(calls.batchExecuteStatement),
  };
}

/**
 * Returns the error of `core/errors.ts` for an error of a DynamoDB call, after the AWS client's own retries, if any.
 * Throttling, 5xx, network and unknown errors become a TransientError, so that the next run tries again. The
 * error of a failed condition and an error of `core/errors.ts` are returned unchanged. The text of the new error
 * does not contain AWS's message, because it may quote an item.
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
      `The DynamoDB table ${table} does not exist: check TABLE_NAME, the region and the AWS account`,
      context,
    );
  }
  if (code === 'ValidationException') {
    return new IntegrationError(`DynamoDB refuses an item of table ${table} (${code})`, context);
  }
  return awsError(error, {
    temporary: `A request to the DynamoDB table ${table} failed`,
    refused: ['AWS refuses access to DynamoDB', 'check the credentials'],
  });
}

/**
 * Maps the error code of a failed statement to the name of the error that a whole call throws for the same
 * reason.
 */
const EXCEPTIONS: Record<string, string> = {
  AccessDenied: 'AccessDeniedException',
  ResourceNotFound: 'ResourceNotFoundException',
  ValidationError: 'ValidationException',
};

/**
 * Returns the core's error for a failed statement of a batch: the same error as for a whole call that fails
 * for the same reason.
 */
export function statementError(code: string, table: string): unknown {
  const name = EXCEPTIONS[code] ?? code;
  return translateError(Object.assign(new Error(`A DynamoDB statement failed: ${code}`), { name }), table);
}

/** Returns whether the error means that the condition of a write failed. */
export function isConditionFailed(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
