import type { IntegrationId } from '../../functions/contract/integration.ts';
import type { ConnectorName } from './connector.ts';
import type { MirrorTiming } from './mirror.ts';

export type SchoolOptions = {
  /** The same seed, integration, start and sizes give the same history. */
  seed: number;
  /** Part of the ids: two integrations never share one. */
  integration: IntegrationId;
  /** When the school is first looked at, in milliseconds since 1970. Half a year of history lies before it. */
  startsAt: number;
  learners: number;
  courses: number;
  connector: ConnectorName;
  /** With the cast of the story, to whom every kind of event happens soon after the start. */
  story: boolean;
  /**
   * `changed`: pages are ordered by the last change, so that a record which changes between two pages moves to the
   * end, and one of the others slips. `stable`: in the order in which the mirror first saw them; nothing moves.
   */
  order: 'changed' | 'stable';
} & MirrorTiming;

/** The school of `npm start`. */
export const DEFAULT_SCHOOL = {
  seed: 1,
  learners: 40,
  courses: 10,
  connector: 'full',
  story: true,
  order: 'changed',
  syncEveryMs: 0,
  commitDelayMs: 0,
} as const satisfies Omit<SchoolOptions, 'integration' | 'startsAt'>;
