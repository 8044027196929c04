import { codeOf, DeploymentError, IntegrationError, isRunError } from '../../core/errors.ts';
import { awsError } from '../aws-errors.ts';
import type { DynamoDbCalls } from './dynamodb-calls.ts';

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
 * Throttling, 5xx, network and unknown errors become a TransientError. The error of a failed condition and
 * the core's errors are returned unchanged. No text contains AWS's message, because it may quote an item.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
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
    refused: ['AWS refuses access to DynamoDB', 'check the policy of the role or user that runs this'],
  });
}

/** Error codes of failed statements, and the names of the same errors of whole calls. */
const EXCEPTIONS: Record<string, string> = {
  AccessDenied: 'AccessDeniedException',
  ResourceNotFound: 'ResourceNotFoundException',
  ValidationError: 'ValidationException',
};

/** Returns the error that a whole call would throw for this error code of a failed statement. */
export function statementError(code: string, table: string): unknown {
  const name = EXCEPTIONS[code] ?? code;
  return translateError(Object.assign(new Error(`A DynamoDB statement failed: ${code}`), { name }), table);
}

export function isConditionFailed(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
