import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamoDbCalls } from '../../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from '../../../functions/adapters/dynamodb/store.ts';
import { translateError } from '../../../functions/adapters/dynamodb/translate-errors.ts';
import { DeploymentError, IntegrationError, TransientError } from '../../../functions/core/errors.ts';
import { EMBEDDED_CREDENTIALS } from '../../../local/dynamodb-engine.ts';
import { useEngine } from './engine.ts';
import { someEntry, someIntegration } from './some-items.ts';

const named = (name: string, message = 'a reason') => Object.assign(new Error(message), { name });

describe('an error of DynamoDB', () => {
  it.each([
    ['AccessDeniedException', DeploymentError],
    ['ResourceNotFoundException', DeploymentError],
    ['UnrecognizedClientException', DeploymentError],
    ['ExpiredTokenException', DeploymentError],
    ['CredentialsProviderError', DeploymentError],
    ['ValidationException', IntegrationError],
    ['ProvisionedThroughputExceededException', TransientError],
    ['ThrottlingException', TransientError],
    ['RequestLimitExceeded', TransientError],
    ['InternalServerError', TransientError],
    ['TimeoutError', TransientError],
    ['AnythingElse', TransientError],
  ])('the DynamoDB error %s is converted to an error of the class %o', (name, expected) => {
    const cause = named(name);

    const error = translateError(cause, 'schoolbell');

    expect(error).toBeInstanceOf(expected);
    expect(error).toMatchObject({ cause, code: name, message: expect.not.stringContaining('\n') });
  });
});

describe('a table that does not exist or cannot be reached', () => {
  const engine = useEngine();

  it('when the DynamoDB table does not exist, the error names the table and says what to check', async () => {
    const store = createStore({ calls: engine.calls(), table: 'another-table', retentionDays: 90 });

    await expect(store.readIntegrations()).rejects.toThrow(
      'The DynamoDB table another-table does not exist: check TABLE_NAME, the region and the AWS account',
    );
  });

  it('when the connection to DynamoDB is refused, a transient error that contains the code ECONNREFUSED is thrown', async () => {
    const client = new DynamoDBClient({
      endpoint: 'http://127.0.0.1:1',
      region: 'local',
      credentials: EMBEDDED_CREDENTIALS,
      maxAttempts: 1,
    });
    const store = createStore({ calls: dynamoDbCalls(client), table: 'schoolbell', retentionDays: 90 });

    const reading = store.readIntegrations();

    await expect(reading).rejects.toThrow(TransientError);
    await expect(reading).rejects.toThrow('ECONNREFUSED');
  });

  it('when every request fails, applying a journal entry with 400 changes stops after at most 8 of its 16 requests', async () => {
    let requests = 0;
    const calls = {
      ...engine.calls(),
      async batchExecuteStatement() {
        requests += 1;
        throw named('ThrottlingException');
      },
    };
    const changes = Array.from({ length: 400 }, (_, index) => {
      const [change] = someEntry({ integration: 'a:b' }).changes;
      if (change === undefined) throw new Error('no change');
      return { ...change, state: { ...change.state, id: `p${index}` } };
    });

    const applying = engine.store(calls).applyEntry(someEntry({ integration: someIntegration(), changes }));

    await expect(applying).rejects.toThrow(TransientError);
    expect(requests).toBeLessThanOrEqual(8);
  });
});
