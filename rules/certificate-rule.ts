import type { LearningEventType } from '../functions/contract/learning-event-type.ts';
import { eventPattern } from './event-pattern.ts';
import type { Rule } from './rule.ts';

/** The consumer's name: `schoolbell replay --consumer certificates` heals it. */
export const CERTIFICATES = 'certificates';

/** Which events certificates take. */
export function certificateRule(options: {
  courses?: string[] | undefined;
  integrations?: string[] | undefined;
  revoke: boolean;
  onErasure?: 'keep' | 'delete';
}): Rule {
  const { courses, integrations, revoke, onErasure = 'delete' } = options;
  const types: LearningEventType[] = [
    'CourseCompleted',
    'CourseRecompleted',
    'CompletionCorrected',
    // From completed, a progression goes to another status by one of these two.
    ...(revoke ? (['CourseReopened', 'LearnerDropped'] as const) : []),
    ...(onErasure === 'delete' ? (['LearnerDataErased'] as const) : []),
  ];
  const filter = { ...(courses && { courses }), ...(integrations && { integrations }) };
  return { name: CERTIFICATES, pattern: eventPattern(types, CERTIFICATES, filter), transformer: null };
}
