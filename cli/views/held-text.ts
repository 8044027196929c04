import { kindsText } from '../../consumers/messages/event-text.ts';
import type { WaitingChanges } from '../../functions/contract/waiting-changes.ts';
import { plural } from './words.ts';

/** What is held, in words: `40 removed, 2 restored (25 pass in 24 hours without a person)`. */
export function heldText({ waiting, limit }: { waiting: WaitingChanges; limit: number }): string {
  return `${kindsText(waiting)} (${limit} pass in 24 hours without a person)`;
}

/** How far the counting of what is held has come, where it has not ended. */
export function countingText(countedPages: number | null): string {
  const soFar = countedPages === null ? '' : `, ${plural(countedPages, 'page')} so far`;
  return `still being counted${soFar}`;
}
