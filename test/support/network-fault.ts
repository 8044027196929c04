import type { Random } from '../simulation/world/random.ts';

/** An answer that says no. */
export type RefusingAnswer = { status: number; headers: Record<string, string>; body: string };

/** What a network, or a service behind it, does to one request. */
export type NetworkFault =
  /** The connection is dropped, and the service never hears of the request. */
  | { kind: 'lost-request' }
  /** The service does what it is asked; the connection is dropped instead of its answer. */
  | { kind: 'lost-answer' }
  /** The connection is dropped, and the request arrives after so many others all the same. */
  | { kind: 'late-request'; after: number }
  /** The connection is dropped within the answer's body. */
  | { kind: 'cut-answer' }
  /** The first half of the answer's body, under headers that call it whole. */
  | { kind: 'halved-answer' }
  | { kind: 'slow-answer'; ms: number }
  | { kind: 'refused'; answer: RefusingAnswer }
  /** The service does what it is asked, and says otherwise. */
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

/** At these, a client that tries again some times has given up. */
const LONGEST_OUTAGE = 30;
const LONGEST_DELAY_MS = 20;

/**
 * Decides what goes wrong, request by request: now and then one, now and then many in a row. Only some kinds of fault,
 * drawn first, take part: many of one kind find what a few of each do not.
 *
 * @param share of the requests that something is wrong with
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
