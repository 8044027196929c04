import { codeOf, DeploymentError, type RunError, statusOf, TransientError } from '../core/errors.ts';

/**
 * Errors that waiting does not resolve: the credentials are missing or rejected, the permission is missing,
 * or the resource does not exist.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/CommonErrors.html
 */
const REFUSALS = new Set([
  'AccessDeniedException',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'NotAuthorized',
  'OptInRequired',
  'ResourceNotFoundException',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnknownOperationException',
  'UnrecognizedClientException',
]);

/** The SDK's errors for a missing or malformed region have no specific name. */
const WRONG_REGION = /^Region (is missing|not accepted)/;

/** Returns why AWS refuses a call until a person changes the deployment or the credentials, or null. */
export function refusalOf(error: unknown): string | null {
  if (error instanceof Error && WRONG_REGION.test(error.message))
    return 'the AWS region is missing or invalid: set AWS_REGION';
  const code = codeOf(error);
  const status = statusOf(error);
  return REFUSALS.has(code) || status === 401 || status === 403 ? code : null;
}

/**
 * Returns a DeploymentError if a person must resolve the failure of a call, otherwise a TransientError. AWS's
 * message is omitted from the text, because it may quote the request.
 *
 * @param texts.codes matches further error codes that waiting does not resolve
 */
export function awsError(
  error: unknown,
  texts: { temporary: string; refused: [what: string, advice: string]; codes?: RegExp },
): RunError {
  const code = codeOf(error);
  const context = { code, cause: error };
  const refusal = texts.codes?.test(code) ? code : refusalOf(error);
  if (refusal === null) return new TransientError(`${texts.temporary} (${code})`, context);
  const [what, advice] = texts.refused;
  return new DeploymentError(`${what} (${refusal}): ${advice}`, context);
}
