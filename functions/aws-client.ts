/**
 * What every client of an AWS service is made with. A call that hangs is given up, so that the budgets of the adapters
 * and the functions' timeouts hold; in milliseconds. DynamoDB answers in milliseconds.
 */
export const AWS_CLIENT = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  maxAttempts: 3,
  cacheMiddleware: true,
};
