import TinyQueue from 'tinyqueue';

/** What is to happen, in order of time. */
export type Agenda = {
  /** @param at in milliseconds since 1970 */
  add(at: number, happen: () => void): void;
  /** Lets everything happen that is due by `now`, also what is added meanwhile. Returns whether anything did. */
  advance(now: number): boolean;
};

export function emptyAgenda(): Agenda {
  const queue = new TinyQueue<{ at: number; happen: () => void }>([], (a, b) => a.at - b.at);
  return {
    add: (at, happen) => queue.push({ at, happen }),
    advance(now) {
      let happened = false;
      for (let next = queue.peek(); next !== undefined && next.at <= now; next = queue.peek()) {
        queue.pop();
        next.happen();
        happened = true;
      }
      return happened;
    },
  };
}
