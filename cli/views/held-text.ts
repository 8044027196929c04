import { SuspectKind, type WaitingChanges } from '../../functions/contract/waiting-changes.ts';
import { plural } from './words.ts';

const KINDS: Record<SuspectKind, string> = {
  removed: 'removed',
  restored: 'restored',
  erased: 'erased without a published removal',
  reopened: 'reopened',
  reset: 'reset to enrolled',
  dropped: 'dropped',
  completedOld: 'completed with an old date',
  recompletedOld: 'completed again with an old date',
  firstSeenOld: 'first seen with an old date',
  firstSeenUndated: 'first seen without a date',
  corrected: 'with a corrected date',
  olderVersion: 'shown in an older version again',
};

/** What is held, in words: `40 removed, 2 restored (25 pass in 24 hours without a person)`. */
export function heldText({ waiting, limit }: { waiting: WaitingChanges; limit: number }): string {
  const kinds = SuspectKind.options.filter((kind) => waiting.kinds[kind] !== undefined);
  const counts = kinds.map((kind) => `${waiting.kinds[kind]} ${KINDS[kind]}`);
  return `${counts.join(', ') || 'nothing'} (${limit} pass in 24 hours without a person)`;
}

/** How far the counting of what is held has come, where it has not ended. */
export function countingText(countedPages: number | null): string {
  const soFar = countedPages === null ? '' : `, ${plural(countedPages, 'page')} so far`;
  return `still being counted${soFar}`;
}
