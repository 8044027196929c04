import type { Random } from '../simulation/world/random.ts';

/** A response that reports an error. */
export type RefusingAnswer = { status: number; headers: Record<string, string>; body: string };

/** A fault of the network, or of a service behind it, in one request. */
export type NetworkFault =
  /** The connection is closed, and the service never receives the request. */
  | { kind: 'lost-request' }
  /** The service processes the request, but the connection is closed instead of a response. */
  | { kind: 'lost-answer' }
  /** The connection is closed. The request arrives at the service later, after this many other requests. */
  | { kind: 'late-request'; after: number }
  /** The connection is closed in the middle of the response body. */
  | { kind: 'cut-answer' }
  /** The response has only the first half of its body, and headers that declare this half as complete. */
  | { kind: 'halved-answer' }
  | { kind: 'slow-answer'; ms: number }
  | { kind: 'refused'; answer: RefusingAnswer }
  /** The service processes the request, but the response is an error. */
  | { kind: 'refused-though-done'; answer: RefusingAnswer };

export const faultKinds = [
  'lost-request',
  'lost-answer',
  'late-request',
  'cut-answer',
  'halved-answer',
  'slow-answer',
  'refused',
  'refused-though-done',
] as const satisfies NetworkFault['kind'][];

/**
 * The maximum number of requests in a row with a fault. A client that retries several times gives up before
 * this number is reached.
 */
const LONGEST_OUTAGE = 30;
const LONGEST_DELAY_MS = 20;

/**
 * Returns a function that decides whether a request has a fault, and which fault. Sometimes a single request
 * has a fault, and sometimes up to 30 requests in a row. A seed may have only some of the kinds of fault,
 * because many faults of one kind reveal errors that a few of each kind do not.
 *
 * @param share the probability that a single request has a fault. A series of faults begins with a tenth of
 *   this probability
 */
export function networkFaults(
  random: Random,
  { share, answers }: { share: number; answers: readonly RefusingAnswer[] },
): () => NetworkFault | null {
  const outageShare = share / 10;
  const kinds = random.shuffle(faultKinds).slice(0, random.int(1, faultKinds.length));
  let outage = 0;

  const pick = (): NetworkFault => {
    const kind = random.pick(kinds);
    switch (kind) {
      case 'late-request':
        return { kind, after: random.int(1, 20) };
      case 'slow-answer':
        return { kind, ms: random.int(1, LONGEST_DELAY_MS) };
      case 'refused':
      case 'refused-though-done':
        return { kind, answer: random.pick(answers) };
      default:
        return { kind };
    }
  };
  return () => {
    if (outage === 0 && random.chance(outageShare)) outage = random.int(1, LONGEST_OUTAGE);
    if (outage > 0) {
      outage -= 1;
      return pick();
    }
    return random.chance(share) ? pick() : null;
  };
}
