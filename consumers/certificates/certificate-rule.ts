import type { LearningEventType } from '../../functions/contract/event-parts.ts';
import type { Rule } from '../deploy/input-transformer.ts';
import { eventPattern } from '../kit/event-pattern.ts';

/** The consumer's name: `schoolbell replay --consumer certificates` sends it the events again. */
export const CERTIFICATES = 'certificates';

/** The events that say that a course is completed, and when. */
export const COMPLETIONS: readonly LearningEventType[] = [
  'CourseCompleted',
  'CourseRecompleted',
  'CompletionCorrected',
];

/**
 * The rule of the events from which certificates are issued, revoked and deleted.
 *
 * @param options.account the only account whose events are accepted: a bus may accept those of others
 */
export function certificateRule(options: {
  account: string;
  courses?: string[] | undefined;
  integrations?: string[] | undefined;
  revoke: boolean;
  onErasure?: 'keep' | 'delete';
}): Rule {
  const { account, courses, integrations, revoke, onErasure = 'delete' } = options;
  const types: LearningEventType[] = [
    ...COMPLETIONS,
    // A completed progression goes to another status by one of these two.
    ...(revoke ? (['CourseReopened', 'LearnerDropped'] as const) : []),
    ...(onErasure === 'delete' ? (['LearnerDataErased'] as const) : []),
  ];
  const filter = { ...(courses && { courses }), ...(integrations && { integrations }) };
  const pattern = { account: [account], ...eventPattern(types, CERTIFICATES, filter) };
  return { name: CERTIFICATES, pattern, transformer: null };
}
