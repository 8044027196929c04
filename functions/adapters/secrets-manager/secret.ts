import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { codeOf, DeploymentError, TransientError } from '../../core/errors.ts';

/** How long a value is used before it is read again, so that a rotated key is taken up without a deployment. */
const KEPT_MS = 5 * 60 * 1000;

/**
 * A secret's text, read when it is first needed.
 *
 * @throws DeploymentError when it cannot be read or holds no text, TransientError when Secrets Manager cannot be reached
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
    throw translateSecretError(error, id);
  }
  throw new DeploymentError(`The secret ${id} is empty: store its value in it`);
}

/** What an error of Secrets Manager means for the deployment. */
export function translateSecretError(error: unknown, id: string): unknown {
  if (!(error instanceof Error)) return error;
  const code = codeOf(error);
  return /AccessDenied|ResourceNotFound|DecryptionFailure|InvalidRequest|InvalidParameter/.test(code)
    ? new DeploymentError(
        `The secret ${id} cannot be used (${code}): check that it exists, holds a value, and that this role may use it`,
        {
          code,
          cause: error,
        },
      )
    : new TransientError(`Secrets Manager cannot be reached (${code})`, { code, cause: error });
}
