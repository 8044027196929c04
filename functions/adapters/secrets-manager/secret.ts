import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { DeploymentError, type RunError } from '../../core/errors.ts';
import { awsError } from '../aws-errors.ts';

/** A rotated key takes effect after this time, without a deployment. */
const KEPT_MS = 5 * 60 * 1000;

/**
 * Returns a function that reads a secret's text. It throws a DeploymentError when the secret cannot be read
 * or has no text, and a TransientError when Secrets Manager cannot be reached.
 */
export function secretReader(client: SecretsManagerClient, id: string): () => Promise<string> {
  let kept: { value: string; until: number } | null = null;
  return async () => {
    if (kept !== null && Date.now() < kept.until) return kept.value;
    const value = await read(client, id);
    kept = { value, until: Date.now() + KEPT_MS };
    return value;
  };
}

async function read(client: SecretsManagerClient, id: string): Promise<string> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: id }));
    if (SecretString !== undefined && SecretString.trim() !== '') return SecretString.trim();
  } catch (error) {
    throw translate(error, id);
  }
  throw new DeploymentError(`The secret ${id} has no text: store its value in it as text`);
}

/** @throws DeploymentError when AWS denies access or there is no such secret, otherwise TransientError */
export async function storeSecret(client: SecretsManagerClient, id: string, value: string): Promise<void> {
  try {
    await client.send(new PutSecretValueCommand({ SecretId: id, SecretString: value }));
  } catch (error) {
    throw translate(error, id);
  }
}

function translate(error: unknown, id: string): RunError {
  return awsError(error, {
    temporary: 'Secrets Manager cannot be reached',
    refused: [
      `The secret ${id} cannot be used`,
      'check that it exists, has a value and is not scheduled for deletion, and that the role or user that runs this may use it and its KMS key',
    ],
    codes: /(?:De|En)cryptionFailure|InvalidRequest|InvalidParameter/,
  });
}
