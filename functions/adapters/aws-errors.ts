import { codeOf, DeploymentError, type RunError, statusOf, TransientError } from '../core/errors.ts';

/**
 * The credentials are missing, expired or rejected.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/CommonErrors.html
 */
const CREDENTIALS = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
]);

/** Other errors that waiting does not resolve: the permission is missing, or the resource does not exist. */
const REFUSALS = new Set([
  'AccessDeniedException',
  'NotAuthorized',
  'OptInRequired',
  'ResourceNotFoundException',
  'UnknownOperationException',
]);
const REFUSED = new Set([401, 403, 404]);

/**
 * SQS and S3 return these codes with the status 400 when they cannot use a KMS key.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const KMS_KEY =
  /^(?:KMS\.?|Kms)(?:KMS)?(?:AccessDenied|Disabled|InvalidKeyUsage|InvalidState|NotFound|OptInRequired)/;

/** The SDK's errors for a missing or malformed region have no specific name. */
const WRONG_REGION = /^Region (is missing|not accepted)/;

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
  const [what, advice] = texts.refused;
  if (error instanceof Error && WRONG_REGION.test(error.message))
    return new DeploymentError('The AWS Region is missing or invalid: set AWS_REGION', context);
  if (CREDENTIALS.has(code))
    return new DeploymentError(`${what} (${code}): check the AWS credentials`, context);
  const isRefused = REFUSALS.has(code) || REFUSED.has(statusOf(error)) || KMS_KEY.test(code);
  return isRefused || texts.codes?.test(code)
    ? new DeploymentError(`${what} (${code}): ${advice}`, context)
    : new TransientError(`${texts.temporary} (${code})`, context);
}
