import { plural } from '../../functions/contract/printable-text.ts';
import { SuspectKind, type WaitingChanges } from '../../functions/contract/waiting-changes.ts';
import type { HeldStatus } from '../../functions/core/operator/status.ts';

/** The events that are published when held changes are released, by kind of change. */
const EVENTS = {
  removed: 'ProgressionRemoved',
  restored: 'ProgressionRestored',
  erased: 'LearnerDataErased',
  reopened: 'CourseReopened',
  reset: 'ProgressReset',
  dropped: 'LearnerDropped',
  completedOld: 'CourseCompleted',
  recompletedOld: 'CourseRecompleted',
  firstSeenOld: 'the first event of a progression',
  firstSeenUndated: 'the first event of a progression',
  corrected: 'CompletionCorrected or EnrollmentCorrected',
  olderVersion: 'an event for the older version',
} as const satisfies Record<SuspectKind, string>;

/** The number of held progressions that are shown as examples. */
const SHOWN = 3;

/** Returns names and texts about held changes: what is held, and what each decision does. */
export function heldFacts(integration: string, { waiting, sample }: HeldStatus): [string, string][] {
  const released = SuspectKind.options.flatMap((kind) =>
    waiting.kinds[kind] === undefined ? [] : [`${waiting.kinds[kind]} ${EVENTS[kind]}`],
  );
  return [
    ['held in', coursesText(waiting)],
    ...sample
      .slice(0, SHOWN)
      .map((id): [string, string] => ['for example', `schoolbell events ${integration} --progression ${id}`]),
    ['release', `the next poll publishes ${released.join(', ')}: schoolbell release ${integration}`],
    [
      'discard',
      `these changes are never published, but later changes of the progressions are published: schoolbell discard ${integration}`,
    ],
  ];
}

function coursesText({ courses, otherCourses }: WaitingChanges): string {
  const named = courses.map(({ id, title, changes }) => `${title ?? id ?? '(unknown course)'}: ${changes}`);
  const others =
    otherCourses.courses === 0
      ? []
      : [`${plural(otherCourses.courses, 'other course')}: ${otherCourses.changes}`];
  return [...named, ...others].join(', ');
}

export function decidedText(
  by: 'release' | 'discard',
  integration: string,
  { total }: WaitingChanges,
): string {
  const poll = `To poll now: schoolbell poll ${integration}`;
  return by === 'release'
    ? `${plural(total, 'change')} released. The next poll publishes exactly the counted changes, and continues to read. ${poll}`
    : `${plural(total, 'change')} discarded. Discarded changes are never published. The next poll continues to read. ${poll}`;
}
