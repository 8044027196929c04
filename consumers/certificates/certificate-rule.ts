import type { LearningEventType } from '../../functions/contract/event-parts.ts';
import type { Rule } from '../deploy/input-transformer.ts';
import { eventPattern } from '../kit/event-pattern.ts';

/** The consumer's name: `schoolbell replay --consumer certificates` heals it. */
export const CERTIFICATES = 'certificates';

/**
 * Which events certificates take.
 *
 * @param options.account the only account that they come from: a bus may let others in
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
    'CourseCompleted',
    'CourseRecompleted',
    'CompletionCorrected',
    // From completed, a progression goes to another status by one of these two.
    ...(revoke ? (['CourseReopened', 'LearnerDropped'] as const) : []),
    ...(onErasure === 'delete' ? (['LearnerDataErased'] as const) : []),
  ];
  const filter = { ...(courses && { courses }), ...(integrations && { integrations }) };
  const pattern = { account: [account], ...eventPattern(types, CERTIFICATES, filter) };
  return { name: CERTIFICATES, pattern, transformer: null };
}
