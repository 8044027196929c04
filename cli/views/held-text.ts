import { kindsText } from '../../consumers/messages/event-text.ts';
import type { WaitingChanges } from '../../functions/contract/waiting-changes.ts';
import { plural } from './words.ts';

/** The held changes in words: `40 removed, 2 restored (more than 25 in 24 hours are held)`. */
export function heldText({ waiting, limit }: { waiting: WaitingChanges; limit: number }): string {
  return `${kindsText(waiting)} (more than ${limit} in 24 hours are held)`;
}

/** The progress of counting held changes. */
export function countingText(countedPages: number | null): string {
  const soFar = countedPages === null ? '' : `, ${plural(countedPages, 'page')} so far`;
  return `still being counted${soFar}`;
}
