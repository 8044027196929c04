import type { LearningEventType } from '../../functions/contract/event-parts.ts';
import { type EventPattern, eventPattern } from '../kit/event-pattern.ts';

/** A replay can be addressed to this name: `schoolbell replay --consumer certificates`. */
export const CERTIFICATES = 'certificates';

/** The events that report a completed course, with the date of completion. */
export const COMPLETIONS: readonly LearningEventType[] = [
  'CourseCompleted',
  'CourseRecompleted',
  'CompletionCorrected',
];

/**
 * Returns the pattern of the events from which certificates are issued, revoked and deleted.
 *
 * @param options.account the only account whose events match: a bus may also accept events of other accounts
 */
export function certificatePattern(options: {
  account: string;
  courses?: string[] | undefined;
  integrations?: string[] | undefined;
  revoke: boolean;
  onErasure?: 'keep' | 'delete';
}): EventPattern {
  const { account, courses, integrations, revoke, onErasure = 'delete' } = options;
  const types: LearningEventType[] = [
    ...COMPLETIONS,
    // When a completed progression gets another status, Schoolbell publishes one of these two events.
    ...(revoke ? (['CourseReopened', 'LearnerDropped'] as const) : []),
    ...(onErasure === 'delete' ? (['LearnerDataErased'] as const) : []),
  ];
  return { account: [account], ...eventPattern(types, CERTIFICATES, { courses, integrations }) };
}
