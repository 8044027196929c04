import type { Random } from '../simulation/world/random.ts';

/** A response that reports an error. */
export type RefusingAnswer = { status: number; headers: Record<string, string>; body: string };

/** A fault of the network, or of a service behind it, in one request. */
export type NetworkFault =
  /** The connection is closed, and the service never receives the request. */
  | { kind: 'lost-request' }
  /** The service processes the request; the connection is closed instead of a response. */
  | { kind: 'lost-answer' }
  /** The connection is closed, and the request arrives at the service after this many other requests. */
  | { kind: 'late-request'; after: number }
  /** The connection is closed within the body of the response. */
  | { kind: 'cut-answer' }
  /** The first half of the response's body, with headers that declare it complete. */
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

/** After these, a client that retries several times has given up. */
const LONGEST_OUTAGE = 30;
const LONGEST_DELAY_MS = 20;

/**
 * Decides the fault of each request: sometimes of a single one, sometimes of many in a row. Only some kinds
 * of fault, drawn first, occur: many of one kind find what a few of each do not.
 *
 * @param share the share of requests with a fault
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
