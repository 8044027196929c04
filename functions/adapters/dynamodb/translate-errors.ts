import { codeOf, DeploymentError, IntegrationError, isRunError, TransientError } from '../../core/errors.ts';
import { refusalOf } from '../aws-errors.ts';
import type { DynamoDbCalls } from './dynamodb-calls.ts';

/** The same calls; they throw errors of the core, and a failed condition unchanged. */
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
 * What an error of the AWS client means for the run. The client has already retried, so throttling, 5xx, network and unknown
 * errors are left to the next run. Messages of AWS are not passed on: they may quote an item.
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
  if (code === 'ValidationException') {
    return new IntegrationError(`DynamoDB refuses an item of table ${table} (${code})`, context);
  }
  const refusal = refusalOf(error);
  return refusal === null
    ? new TransientError(`DynamoDB did not serve table ${table} (${code})`, context)
    : new DeploymentError(`AWS refuses access to DynamoDB (${refusal}): check the credentials`, context);
}

/** The names under which a whole call fails as one of its statements did. */
const EXCEPTIONS: Record<string, string> = {
  AccessDenied: 'AccessDeniedException',
  ResourceNotFound: 'ResourceNotFoundException',
  ValidationError: 'ValidationException',
};

/** What the failure of one statement of a batch means for the run, as `translateError` says it for a whole call. */
export function statementError(code: string, table: string): unknown {
  const name = EXCEPTIONS[code] ?? code;
  return translateError(Object.assign(new Error(`A statement failed: ${code}`), { name }), table);
}

/** The condition of a write failed: the store then reads the stored item. */
export function isConditionFailed(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
