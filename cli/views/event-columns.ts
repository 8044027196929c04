import { LearningEventType, type ProgressionState } from '../../functions/contract/event-parts.ts';
import { LearningEventDetail } from '../../functions/contract/learning-events.ts';
import { operationalEvents } from '../../functions/contract/operational-events.ts';
import { heldText } from './held-text.ts';

/** What a person wants to know of an event, in the order of reading. */
export type EventColumns = { at: string; type: string; who: string; course: string; what: string };

/** In front of the type of an event that is sent again. */
export const AGAIN = '↻ ';

/** The columns of a published event, given by its detail-type and detail. */
export function eventColumns(detailType: string, detail: unknown): EventColumns {
  const type = LearningEventType.safeParse(detailType.replace(/^Replayed/, ''));
  const learning = LearningEventDetail.safeParse(detail);
  if (!type.success || !learning.success) {
    return { at: '', type: detailType, who: '', course: '', what: operationalText(detailType, detail) };
  }
  const { occurredAt, learner, course, progression, previous } = learning.data;
  const name = [learner.firstName, learner.lastName].filter(Boolean).join(' ');
  return {
    at: minute(occurredAt),
    type: detailType.replace(/^Replayed/, AGAIN),
    who: name || (learner.remoteId ?? learner.id ?? '(erased)'),
    course: course.title ?? course.remoteId ?? course.revisionRemoteId ?? '(unknown course)',
    what: whatHappened(type.data, previous, progression),
  };
}

/** A time for people: to the minute, in UTC. */
export function minute(time: string): string {
  return time.slice(0, 16).replace('T', ' ');
}

function whatHappened(
  type: LearningEventType,
  before: ProgressionState | null,
  { status, enrolledAt, completedAt }: ProgressionState,
): string {
  switch (type) {
    case 'CourseRecompleted':
    case 'CompletionCorrected':
      return `completed ${dates(before?.completedAt, completedAt)}`;
    case 'EnrollmentCorrected':
      return `enrolled ${dates(before?.enrolledAt, enrolledAt)}`;
    case 'ProgressionRemoved':
      return 'removed from the platform';
    case 'ProgressionRestored':
      return 'back on the platform';
    case 'LearnerDataErased':
      return "the learner's data is gone";
    case 'LearnerEnrolled':
    case 'CourseStarted':
    case 'CourseCompleted':
    case 'CourseReopened':
    case 'LearnerDropped':
    case 'LearnerReenrolled':
    case 'ProgressReset':
      return `${before?.status ?? '(new)'} → ${status}`;
  }
}

/** Two days, or two times where the day is the same. */
function dates(before: string | null | undefined, after: string | null): string {
  const isSameDay = before?.slice(0, 10) === after?.slice(0, 10);
  const show = (time: string | null | undefined) =>
    time ? (isSameDay ? minute(time) : time.slice(0, 10)) : '(unknown)';
  return `${show(before)} → ${show(after)}`;
}

function operationalText(type: string, detail: unknown): string {
  switch (type) {
    case 'IntegrationBaselined': {
      const { data } = operationalEvents[type].safeParse(detail);
      return data ? `${data.integration.id}: ${data.progressions} progressions known (${data.baseline})` : '';
    }
    case 'IntegrationFailing': {
      const { data } = operationalEvents[type].safeParse(detail);
      return data ? `${data.integration.id}: ${data.error.message}` : '';
    }
    case 'IntegrationRecovered': {
      const { data } = operationalEvents[type].safeParse(detail);
      return data ? `${data.integration.id}: had failed since ${minute(data.failingSince)}` : '';
    }
    case 'ChangesHeld': {
      const { data } = operationalEvents[type].safeParse(detail);
      return data ? `${data.integration.id}: ${heldText(data)}` : '';
    }
    case 'ChangesReleased': {
      const { data } = operationalEvents[type].safeParse(detail);
      return data ? `${data.integration.id}: ${data.by}` : '';
    }
    case 'ReplayStarted': {
      const { data } = operationalEvents[type].safeParse(detail);
      return data ? `${data.integration.id}: ${data.events} events from ${minute(data.from)} on` : '';
    }
    case 'ReplayFinished': {
      const { data } = operationalEvents[type].safeParse(detail);
      return data ? `${data.integration.id}: ${data.published} of ${data.events} events sent` : '';
    }
    default:
      return '';
  }
}
