import type { Clock } from '../ports.ts';

/**
 * Limits sending to `perSecond` items per second: each call waits for the time that the items before it take.
 *
 * @param perSecond above 0
 * @returns to be called with the number that is about to be sent
 */
export function throttle(
  perSecond: number,
  stopwatch: Clock,
  sleep: (ms: number) => Promise<void>,
): (count: number) => Promise<void> {
  let freeAt = stopwatch();
  return async (count) => {
    const wait = freeAt - stopwatch();
    if (wait > 0) await sleep(wait);
    freeAt = Math.max(freeAt, stopwatch()) + (count * 1000) / perSecond;
  };
}
