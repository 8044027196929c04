type Token = { getRetryCount(): number; getRetryDelay(): number };

/**
 * Returns the retry strategy of the AWS clients in tests: like the default strategy, but with waits of 1 ms
 * and without a retry budget.
 */
export function quickRetries(attempts: number) {
  return {
    acquireInitialRetryToken: async () => tokenOf(0),
    async refreshRetryTokenForRetry(token: Token, { errorType }: { errorType: string }) {
      const count = token.getRetryCount() + 1;
      if (errorType === 'CLIENT_ERROR' || count >= attempts) throw new Error('not tried again');
      return tokenOf(count);
    },
    recordSuccess: () => undefined,
  };
}

function tokenOf(count: number): Token {
  return { getRetryCount: () => count, getRetryDelay: () => 1 };
}
