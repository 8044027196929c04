import type { Held } from '../functions/core/checkpoint.ts';

/** What waits for a person, in words: `at least 40 removed, 2 restored (25 pass in 24 hours without a person)`. */
export function heldText({ waiting, complete, limit }: Pick<Held, 'waiting' | 'complete' | 'limit'>): string {
  const kinds = [
    { count: waiting.removed, name: 'removed' },
    { count: waiting.restored, name: 'restored' },
    { count: waiting.firstSeenOld, name: 'newly shown with an old date' },
  ];
  const counts = kinds.filter(({ count }) => count > 0).map(({ count, name }) => `${count} ${name}`);
  const waits = `${complete ? '' : 'at least '}${counts.join(', ') || 'nothing'}`;
  return `${waits} (${limit} pass in 24 hours without a person)`;
}
