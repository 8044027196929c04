import * as z from 'zod/mini';

/** `message` is the validation error for a text that does not match the pattern. */
export const matching = (pattern: RegExp, message: string) => z.string().check(z.regex(pattern, message));

/** Accepts ARNs with a Region and an account. `resource` is a regular expression. */
export const arn = (service: string, resource: string, what: string) =>
  matching(
    new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:[0-9]{12}:${resource}$`),
    `is not the ARN of ${what}`,
  );

export const keyArn = arn('kms', 'key/.+', 'a KMS key');

/**
 * Rights are granted on exactly this ARN, so it must have the six characters that AWS adds to its name.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
 */
export const secretArn = arn(
  'secretsmanager',
  'secret:.+-[A-Za-z0-9]{6}',
  'a secret, with the six characters that AWS adds to its name',
);
