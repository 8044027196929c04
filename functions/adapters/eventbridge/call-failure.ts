import * as z from 'zod/mini';
import { codeOf, DeploymentError, type RunError, TransientError } from '../../core/errors.ts';

/** What is read of an error that the SDK throws. */
const Thrown = z.object({
  name: z.string(),
  message: z.string(),
  $metadata: z.catch(z.optional(z.object({ httpStatusCode: z.optional(z.number()) })), undefined),
});
type Thrown = z.infer<typeof Thrown>;

/**
 * Nothing gets better by itself: rejected or missing credentials, no permission, no such bus, or a request that
 * EventBridge does not take though its entries are well-formed.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/CommonErrors.html
 */
const DEPLOYMENT = new Set([
  'AccessDeniedException',
  'CredentialsProviderError',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'MissingAuthenticationTokenException',
  'NotAuthorized',
  'OptInRequired',
  'ResourceNotFoundException',
  'SignatureDoesNotMatch',
  'UnknownOperationException',
  'UnrecognizedClientException',
]);

/** The request as it is, or one of its entries, is not taken. */
const UNTAKEN = new Set(['ValidationException', 'ValidationError', 'SerializationException']);

/** The field that AWS names in the message when the bus is what is wrong, such as `'entries.1.member.eventBusName'`. */
const WRONG_BUS = /\beventBusName'/;

/** The SDK's plain errors for a region that is missing or malformed have no name of their own. */
const WRONG_REGION = /^Region (is missing|not accepted)/;

const DENYING_STATUSES = new Set([401, 403, 404]);

/**
 * What became of a call of `PutEvents` that threw, after the SDK's own retries, by what to do next. An error that is
 * not known counts as transient. Messages are not handed on: they may quote the request, and events hold personal data.
 */
export function callFailure(thrown: unknown, bus: string): RunError {
  const code = codeOf(thrown);
  const { data } = Thrown.safeParse(thrown);
  if (data !== undefined && isUntaken(data)) {
    return new DeploymentError(`EventBridge does not take the request for bus ${bus}: ${code}`, { code });
  }
  const context = { code, cause: thrown };
  if (data !== undefined && WRONG_REGION.test(data.message)) {
    return new DeploymentError('The AWS region is missing or none: check AWS_REGION', context);
  }
  return data !== undefined && isDeployments(data)
    ? new DeploymentError(`EventBridge does not let events onto bus ${bus}: ${code}`, context)
    : new TransientError(`EventBridge takes no events at the moment: ${code}`, context);
}

function isDeployments({ name, $metadata }: Thrown): boolean {
  return DEPLOYMENT.has(name) || DENYING_STATUSES.has($metadata?.httpStatusCode ?? 0);
}

/**
 * The code of a call that is refused for one of its entries: malformed, or too large where the Region has an older limit.
 * Null for any other failure, and where the name of the bus is what is wrong.
 */
export function untakenEntryCode(thrown: unknown): string | null {
  const { data } = Thrown.safeParse(thrown);
  return data !== undefined && isUntaken(data) && !WRONG_BUS.test(data.message) ? codeOf(thrown) : null;
}

function isUntaken({ name, $metadata }: Thrown): boolean {
  return UNTAKEN.has(name) || $metadata?.httpStatusCode === 413;
}
