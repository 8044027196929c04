import { isRunError, nameOf } from '../core/errors.ts';
import type { Telemetry } from './telemetry.ts';

/** Returns a handler that still fails, but with an error without record contents, because Lambda logs it. */
export function redactErrors<Args extends unknown[], Result>(
  telemetry: Telemetry,
  handle: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    try {
      return await handle(...args);
    } catch (error) {
      telemetry.unexpected('invocation failed', error);
      const reason = isRunError(error) ? error.message : 'see the log line before this one';
      const failure = new Error(`${nameOf(error)}: ${reason}`);
      delete failure.stack;
      throw failure;
    }
  };
}
