import { PutSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { translateSecretError } from './secret.ts';

/**
 * Stores a secret's text as its current value.
 *
 * @throws DeploymentError when it may not be written or does not exist, TransientError when Secrets Manager cannot be reached
 */
export async function storeSecret(client: SecretsManagerClient, id: string, value: string): Promise<void> {
  try {
    await client.send(new PutSecretValueCommand({ SecretId: id, SecretString: value }));
  } catch (error) {
    throw translateSecretError(error, id);
  }
}
