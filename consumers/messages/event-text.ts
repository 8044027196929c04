import type { LearningEventDetail } from '../../functions/contract/learning-events.ts';
import { minute, plural } from '../../functions/contract/printable-text.ts';
import { type EventDetail, type EventType, parseDetail } from '../../functions/contract/published-events.ts';
import { SuspectKind, type WaitingChanges } from '../../functions/contract/waiting-changes.ts';

/** Each channel formats the text: it shortens long texts and omits blank texts. */
export type EventText = {
  /** When the event happened (ISO 8601). */
  at: string;
  headline: string;
  tone: Tone;
  /** The title of the course, or sentences that describe what happened. */
  lines: (string | null)[];
  facts: Fact[];
  /** The columns of a table. Null for events that are not about a learner's progress. */
  progress: ProgressText | null;
};

/** `operation` is for operators. `other` is neither good nor bad. */
export type Tone = 'achievement' | 'loss' | 'step back' | 'operation' | 'other';

/** Times are ISO 8601. */
export type Fact = { label: string; text: string | null } | { label: string; time: string };

/** `learner` and `course` are null if the event does not name one. */
export type ProgressText = { learner: string | null; course: string | null; change: string };

type Description<Detail> = {
  headline: string;
  tone: Tone;
  text(detail: Detail): Pick<EventText, 'lines' | 'facts'> & Partial<EventText>;
};

const fact = (label: string, value: string | number | null): Fact => ({
  label,
  text: value === null ? null : String(value),
});
const time = (label: string, value: string): Fact => ({ label, time: value });
const about = ({ integration }: { integration: { id: string } }) => fact('Integration', integration.id);

function progress(
  headline: string,
  tone: Tone,
  changeOf: (detail: LearningEventDetail) => string = statusChange,
): Description<LearningEventDetail> {
  const text = (detail: LearningEventDetail) => {
    const { course, progression, occurredAt } = detail;
    const learner = learnerOf(detail);
    return {
      lines: [course.title],
      facts: [
        fact('Learner', learner),
        ...(learner === null || isBlank(course.title) ? [fact('Progression', progression.id)] : []),
        about(detail),
        time('At', occurredAt),
      ],
      progress: {
        learner,
        course: firstVisible([course.title, course.remoteId, course.revisionRemoteId]),
        change: changeOf(detail),
      },
    };
  };
  return { headline, tone, text };
}

function certificate(headline: string, tone: Tone): Description<EventDetail<'CertificateRevoked'>> {
  const text = (detail: EventDetail<'CertificateRevoked'>) => ({
    lines: [detail.course.title],
    facts: [fact('Number', detail.certificate.number), about(detail), time('At', detail.at)],
  });
  return { headline, tone, text };
}

function operation<Detail>(
  headline: string,
  text: (detail: Detail) => Pick<EventText, 'lines' | 'facts'>,
): Description<Detail> {
  return { headline, tone: 'operation', text };
}

const DESCRIPTIONS: { readonly [Type in EventType]: Description<EventDetail<Type>> } = {
  LearnerEnrolled: progress('Enrolled in a course', 'other'),
  CourseStarted: progress('Course started', 'other'),
  CourseCompleted: progress('Course completed', 'achievement'),
  CourseRecompleted: progress('Course completed again', 'achievement', completionDates),
  CompletionCorrected: progress('Date of completion corrected', 'step back', completionDates),
  CourseReopened: progress('Course reopened', 'step back'),
  LearnerDropped: progress('Course dropped', 'loss'),
  LearnerReenrolled: progress('Re-enrolled in a dropped course', 'other'),
  ProgressReset: progress('Progress reset', 'step back'),
  EnrollmentCorrected: progress('Date of enrolment corrected', 'step back', enrolmentDates),
  ProgressionRemoved: progress('Progression removed', 'loss', () => 'removed from the platform'),
  ProgressionRestored: progress('Progression restored', 'other', () => 'back on the platform'),
  LearnerDataErased: progress('Learner data erased', 'loss', () => "the learner's data is erased"),
  IntegrationBaselined: operation('The first sync is complete', (detail) => ({
    lines: [`${detail.progressions} course progressions are known. From now on, changes are published.`],
    facts: [about(detail), fact('Baseline', detail.baseline)],
  })),
  IntegrationFailing: operation('An integration is failing', (detail) => ({
    lines: [detail.error.message],
    facts: [about(detail), time('Failing since', detail.since), fact('Failed polls', detail.failures)],
  })),
  IntegrationRecovered: operation('An integration works again', (detail) => ({
    lines: [],
    facts: [about(detail), time('Was failing since', detail.failingSince)],
  })),
  ChangesHeld: operation('A mass change is held', (detail) => ({
    lines: [
      `${plural(detail.waiting.total, 'change')} ${detail.waiting.total === 1 ? 'waits for a person to release or discard it' : 'wait for a person to release or discard them'}.`,
    ],
    facts: [
      about(detail),
      fact('Kinds', kindsText(detail.waiting)),
      fact('Suspect changes allowed per day', detail.limit + publishedText(detail)),
    ],
  })),
  ChangesReleased: operation('A mass change is no longer held', (detail) => ({
    lines: [],
    facts: [about(detail), fact('By', detail.by), time('Held since', detail.heldSince)],
  })),
  ReplayStarted: operation('A replay begins', (detail) => ({
    lines: [detail.replay.reason],
    facts: [about(detail), fact('Events', detail.events), time('From', detail.from)],
  })),
  ReplayFinished: operation('A replay ended', (detail) => ({
    lines: [detail.replay.reason],
    facts: [about(detail), fact('Published', `${detail.published} of ${detail.events}`)],
  })),
  CertificateIssued: certificate('Certificate issued', 'achievement'),
  CertificateRevoked: certificate('Certificate revoked', 'loss'),
  DigestPrepared: {
    headline: 'Digest',
    tone: 'other',
    text: ({ headline, lines }) => ({ headline, lines: lines.split('\n'), facts: [] }),
  },
};

/** @throws ZodError when the detail does not match the schema of the event */
export function eventText<Type extends EventType>(type: Type, detail: unknown): EventText {
  const { headline, tone, text } = DESCRIPTIONS[type];
  const parsed = parseDetail(type, detail);
  const at = 'occurredAt' in parsed ? parsed.occurredAt : parsed.at;
  return { at, headline, tone, progress: null, ...text(parsed) };
}

/** The headline contains no data of a single event. */
export function headlineOf(type: EventType): string {
  return DESCRIPTIONS[type].headline;
}

const KINDS: Record<SuspectKind, string> = {
  removed: 'removed',
  restored: 'restored',
  erased: 'erased without a published removal',
  reopened: 'reopened',
  reset: 'reset to enrolled',
  dropped: 'dropped',
  completedOld: 'completed with an old date',
  recompletedOld: 'completed again with an old date',
  firstSeenOld: 'first seen with an old date',
  firstSeenUndated: 'first seen without a date',
  corrected: 'with a corrected date',
  olderVersion: 'shown in an older version again',
};

/** Returns for example `40 removed, 2 restored`. */
export function kindsText({ kinds }: WaitingChanges): string {
  const counts = SuspectKind.options.filter((kind) => kinds[kind] !== undefined);
  return counts.map((kind) => `${kinds[kind]} ${KINDS[kind]}`).join(', ') || 'nothing';
}

/** Returns why changes are held although they are not more than the limit, or an empty text. */
export function publishedText({ waiting, limit }: { waiting: WaitingChanges; limit: number }): string {
  return waiting.total > limit ? '' : ', including others that were already published';
}

/** Spaces, control characters and invisible characters are blank. */
export function isBlank(text: string | null | undefined): boolean {
  return !text || !/[^\s\p{Cc}\p{Default_Ignorable_Code_Point}]/u.test(text);
}

/** Returns the name or else the platform's id, by which people find the learner there, or else Kombo's id. */
function learnerOf({ learner }: LearningEventDetail): string | null {
  const name = [learner.firstName, learner.lastName].filter((part) => !isBlank(part)).join(' ');
  return firstVisible([name, learner.remoteId, learner.id]);
}

function firstVisible(texts: (string | null | undefined)[]): string | null {
  return texts.find((text) => !isBlank(text)) ?? null;
}

function statusChange({ previous, progression }: LearningEventDetail): string {
  return `${previous?.status ?? '(new)'} → ${progression.status}`;
}

function completionDates({ previous, progression }: LearningEventDetail): string {
  return `completed ${dates(previous?.completedAt, progression.completedAt)}`;
}

function enrolmentDates({ previous, progression }: LearningEventDetail): string {
  return `enrolled ${dates(previous?.enrolledAt, progression.enrolledAt)}`;
}

/** Returns for example `2026-01-05 → 2026-01-07`, or with times if both dates are on the same day. */
function dates(before: string | null | undefined, after: string | null): string {
  const isSameDay = before?.slice(0, 10) === after?.slice(0, 10);
  const show = (date: string | null | undefined) =>
    date ? (isSameDay ? minute(date) : date.slice(0, 10)) : '(unknown)';
  return `${show(before)} → ${show(after)}`;
}
