/** An error as the AWS SDK throws it after its own retries, when the service answered with one. */
export function sdkError(name: string, message: string, httpStatusCode: number): Error {
  const $fault = httpStatusCode < 500 ? 'client' : 'server';
  return Object.assign(new Error(message), { name, $fault, $metadata: { httpStatusCode } });
}

/** An error as Node and the AWS SDK throw it when no answer came. */
export function networkError(message: string, code: string): Error {
  return Object.assign(new Error(message), { name: 'TimeoutError', code, $metadata: {} });
}
