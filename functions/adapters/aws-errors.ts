import * as z from 'zod/mini';
import { codeOf } from '../core/errors.ts';

/** What is read of an error that the SDK throws. */
const Thrown = z.object({
  message: z.string(),
  $metadata: z.catch(z.optional(z.object({ httpStatusCode: z.optional(z.number()) })), undefined),
});

/**
 * Waiting does not help: the credentials are missing or rejected, the permission is missing, or the resource does not exist.
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

/** The SDK's plain errors for a region that is missing or malformed have no name of their own. */
const WRONG_REGION = /^Region (is missing|not accepted)/;

/**
 * Why AWS refuses every call like this one until a person changes the deployment: what is wrong, for an error message. Null
 * for an error that may pass.
 */
export function refusalOf(error: unknown): string | null {
  const { data } = Thrown.safeParse(error);
  if (data !== undefined && WRONG_REGION.test(data.message))
    return 'the AWS region is missing or invalid: set AWS_REGION';
  const code = codeOf(error);
  const status = statusOf(error);
  return REFUSALS.has(code) || status === 401 || status === 403 ? code : null;
}

/** The HTTP status of the response, or 0 where there was none. */
export function statusOf(error: unknown): number {
  return Thrown.safeParse(error).data?.$metadata?.httpStatusCode ?? 0;
}
