/** Creates an error response of the service, as the AWS SDK throws it after its own retries. */
export function sdkError(name: string, message: string, httpStatusCode: number): Error {
  const $fault = httpStatusCode < 500 ? 'client' : 'server';
  return Object.assign(new Error(message), { name, $fault, $metadata: { httpStatusCode } });
}

/** Creates a connection error, as Node and the AWS SDK throw it. */
export function networkError(message: string, code: string): Error {
  return Object.assign(new Error(message), { name: 'TimeoutError', code, $metadata: {} });
}
