import type * as z from 'zod/mini';
import { LearningEventType } from '../../functions/contract/event-parts.ts';
import { LearningEventDetail } from '../../functions/contract/learning-events.ts';
import { operationalEvents } from '../../functions/contract/operational-events.ts';
import type { EventType } from '../../functions/contract/published-events.ts';
import { workflowEvents } from '../../functions/contract/workflow-events.ts';

/** What a message says about an event. Any text may be blank or too long: the message leaves it out or shortens it. */
export type EventText = {
  headline: string;
  /** What it is about, such as the title of the course. */
  lines: (string | null)[];
  facts: Fact[];
};

/** A label with a text or a time (ISO 8601). */
export type Fact = { label: string; text: string | null } | { label: string; time: string };

const HEADLINES: Record<LearningEventType, string> = {
  LearnerEnrolled: 'Enrolled in a course',
  CourseStarted: 'Course started',
  CourseCompleted: 'Course completed',
  CourseRecompleted: 'Course completed again',
  CompletionCorrected: 'Date of completion corrected',
  CourseReopened: 'Course reopened',
  LearnerDropped: 'Course dropped',
  LearnerReenrolled: 'Back in a dropped course',
  ProgressReset: 'Progress reset',
  EnrollmentCorrected: 'Date of enrolment corrected',
  ProgressionRemoved: 'Progression removed',
  ProgressionRestored: 'Progression restored',
  LearnerDataErased: 'Learner data erased',
};

/** The text of an event's detail, parsed by its schema. */
function text<Detail>(schema: z.ZodMiniType<Detail>, say: (detail: Detail) => EventText) {
  return (detail: unknown) => say(schema.parse(detail));
}

const fact = (label: string, value: string | null): Fact => ({ label, text: value });
const time = (label: string, value: string): Fact => ({ label, time: value });
const about = ({ integration }: { integration: { id: string } }) => fact('Integration', integration.id);

/** The texts of events that are not about one change of a learner's progress. */
const OTHERS: Record<Exclude<EventType, LearningEventType>, (detail: unknown) => EventText> = {
  IntegrationBaselined: text(operationalEvents.IntegrationBaselined, (detail) => ({
    headline: 'First sync is done',
    lines: [`${detail.progressions} course progressions are known. From now on, changes are published.`],
    facts: [about(detail)],
  })),
  IntegrationFailing: text(operationalEvents.IntegrationFailing, (detail) => ({
    headline: 'An integration is failing',
    lines: [detail.error.message],
    facts: [
      about(detail),
      time('Failing since', detail.since),
      fact('Failed polls', String(detail.failures)),
    ],
  })),
  IntegrationRecovered: text(operationalEvents.IntegrationRecovered, (detail) => ({
    headline: 'An integration works again',
    lines: [],
    facts: [about(detail), time('Was failing since', detail.failingSince)],
  })),
  ChangesHeld: text(operationalEvents.ChangesHeld, (detail) => ({
    headline: 'A mass change is held',
    lines: [`${detail.waiting.total} changes wait for a person to release or discard them.`],
    facts: [about(detail), fact('Pass in a day without a person', String(detail.limit))],
  })),
  ChangesReleased: text(operationalEvents.ChangesReleased, (detail) => ({
    headline: 'A mass change is no longer held',
    lines: [],
    facts: [about(detail), fact('By', detail.by), time('Held since', detail.heldSince)],
  })),
  ReplayStarted: text(operationalEvents.ReplayStarted, (detail) => ({
    headline: 'A replay begins',
    lines: [detail.replay.reason],
    facts: [about(detail), fact('Events', String(detail.events))],
  })),
  ReplayFinished: text(operationalEvents.ReplayFinished, (detail) => ({
    headline: 'A replay ended',
    lines: [detail.replay.reason],
    facts: [about(detail), fact('Published', `${detail.published} of ${detail.events}`)],
  })),
  CertificateIssued: text(workflowEvents.CertificateIssued, (detail) => ({
    headline: 'Certificate issued',
    lines: [detail.course.title],
    facts: [fact('Number', detail.certificate.number), about(detail), time('At', detail.at)],
  })),
  CertificateRevoked: text(workflowEvents.CertificateRevoked, (detail) => ({
    headline: 'Certificate revoked',
    lines: [detail.course.title],
    facts: [fact('Number', detail.certificate.number), about(detail), time('At', detail.at)],
  })),
  DigestPrepared: text(workflowEvents.DigestPrepared, (detail) => ({
    headline: detail.headline,
    lines: detail.lines.split('\n'),
    facts: [],
  })),
};

/**
 * What is said about an event, live or replayed.
 *
 * @throws ZodError when the detail is not that of the event
 */
export function eventText(type: EventType, detail: unknown): EventText {
  if (!isLearning(type)) return OTHERS[type](detail);
  const parsed = LearningEventDetail.parse(detail);
  const { learner, course, progression } = parsed;
  const name = [learner.firstName, learner.lastName].filter((part) => !isBlank(part)).join(' ');
  const who = [name, learner.id, learner.remoteId].find((text) => !isBlank(text)) ?? null;
  return {
    headline: HEADLINES[type],
    lines: [course.title],
    facts: [
      fact('Learner', who),
      ...(who === null || isBlank(course.title) ? [fact('Progression', progression.id)] : []),
      about(parsed),
      time('At', parsed.occurredAt),
    ],
  };
}

function isLearning(type: EventType): type is LearningEventType {
  return LearningEventType.safeParse(type).success;
}

/** Whether a text shows nothing: spaces, controls and invisible characters alone. */
export function isBlank(text: string | null | undefined): boolean {
  return !text || !/[^\s\p{Cc}\p{Default_Ignorable_Code_Point}]/u.test(text);
}
