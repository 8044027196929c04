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
}): Rule {
  const { courses, integrations, revoke } = options;
  const types: LearningEventType[] = [
    'CourseCompleted',
    'CourseRecompleted',
    ...(revoke ? ['CourseReopened' as const] : []),
  ];
  const filter = { ...(courses && { courses }), ...(integrations && { integrations }) };
  return { name: CERTIFICATES, pattern: eventPattern(types, CERTIFICATES, filter), transformer: null };
}
