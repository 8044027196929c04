/** The number of occurrences of each kind in a history, by name. */
export type Counts = {
  add(name: string): void;
  all(): ReadonlyMap<string, number>;
};

export function newCounts(): Counts {
  const counts = new Map<string, number>();
  return {
    add(name) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    all: () => counts,
  };
}
