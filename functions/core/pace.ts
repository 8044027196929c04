import type { Clock } from './ports.ts';

/**
 * Holds back what is sent to so many a second: each call waits until what was sent before it has had its time.
 *
 * @param perSecond above 0
 * @returns to be called with the number that is about to be sent
 */
export function pace(
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
