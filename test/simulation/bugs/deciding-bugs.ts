import { type DeliberateBug, one } from './deliberate-bug.ts';
import { AGED, withFault, withKind } from './settings.ts';

/** Bugs in deciding which events a record publishes. */
export const decidingBugs: DeliberateBug[] = [
  {
    name: 'a change does not name the previous entry of its progression',
    patches: one(
      'functions/core/decide/decide-events.ts',
      'previousEntry: known.entry,',
      'previousEntry: Math.max(1, known.entry - 1),',
    ),
  },
  {
    name: 'null replaces a known status',
    patches: one(
      'functions/core/decide/decide-events.ts',
      'status: state.status ?? known?.status ?? null,',
      'status: state.status,',
    ),
  },
  {
    name: 'expired data is trusted',
    patches: one(
      'functions/core/poll/commit-pages.ts',
      '(await ports.kombo.readDataExpiredAt(integration.id)) !== null',
      'false',
    ),
  },
  {
    name: 'a record with only an id left is erased without a removal',
    patches: one(
      'functions/core/decide/decide-events.ts',
      'if (!observed.removed && !observed.erased) return null;',
      'if (!observed.removed) return observed.erased ? (known?.removedAt ?? null) : null;',
    ),
    setting: withKind('erasures'),
  },
  {
    name: 'a restored record stays erased',
    patches: one(
      'functions/core/decide/decide-events.ts',
      'erased: removedAt !== null && isErased(known, observed, removedAt, detectedAt),',
      "erased: known?.erased || (removedAt !== null && isErased(known, observed, removedAt ?? '', detectedAt)),",
    ),
    setting: withKind('erasures'),
  },
  {
    name: 'a removed record without names is never erased',
    patches: one(
      'functions/core/decide/decide-events.ts',
      'return namesBlank && Date',
      'return false && Date',
    ),
    setting: AGED,
  },
  {
    name: 'a removed record without names is erased at once',
    patches: one(
      'functions/core/decide/decide-events.ts',
      'const ANONYMISED_AFTER_MS = 14 * DAY_MS;',
      'const ANONYMISED_AFTER_MS = 0;',
    ),
    setting: AGED,
  },
  {
    name: 'a removed record is erased when its fields are disabled',
    patches: one(
      'functions/adapters/kombo/progression-record.ts',
      'return isNull(record.user_id) || isNull(record.user?.id) || isNull(record.user.remote_id);',
      'return isNull(record.user_id) || isNull(record.user?.id) || (isNull(record.status) && isNull(record.enrolled_at) && isNull(record.completed_at) && hasNoNames(record));',
    ),
  },
  {
    name: 'a record that was removed before it was first seen is stored with its status',
    patches: one(
      'functions/core/decide/decide-events.ts',
      'state: isRemoved ? { ...state, status: null } : state,',
      'state,',
    ),
  },
  {
    name: 'facts of a record that was removed before it was first seen are stored without an event',
    patches: one(
      'functions/core/decide/decide-events.ts',
      'return isUnseen && shown.removedAt !== null ? { ...facts, erased: shown.erased } : shown;',
      'return shown;',
    ),
  },
  {
    name: 'a second completion inherits the date of the first one',
    patches: one(
      'functions/core/decide/decide-events.ts',
      '(isNewStatus ? null : (known?.completedAt ?? null))',
      '(known?.completedAt ?? null)',
    ),
    setting: withKind('retakes'),
  },
  {
    name: 'a date before 1971, which means "no date", is used as a date',
    patches: one(
      'functions/adapters/kombo/timestamp.ts',
      "Date.parse('1971-01-01T00:00:00.000Z')",
      "Date.parse('0000-01-01T00:00:00.000Z')",
    ),
    setting: withKind('no-dates'),
  },
  {
    name: 'a date after 2200, which means "no date", is used as a date',
    patches: one(
      'functions/adapters/kombo/timestamp.ts',
      "Date.parse('2200-12-31T23:59:59.999Z')",
      "Date.parse('9999-12-31T23:59:59.999Z')",
    ),
    setting: withKind('no-dates'),
  },
  {
    name: 'a removal without a usable date is ignored',
    patches: one(
      'functions/adapters/kombo/progression-record.ts',
      'removed: isRemoved(record),',
      'removed: instants.remote_deleted_at !== null,',
    ),
    setting: withKind('no-dates'),
  },
  {
    name: 'a removal without a usable date gets a new date each time',
    patches: one(
      'functions/core/decide/decide-events.ts',
      'observed.state.removedAt ?? known?.removedAt ?? detectedAt',
      'observed.state.removedAt ?? detectedAt',
    ),
    setting: withKind('erasures'),
  },
  {
    name: '`occurredAt` is `changed_at` although that did not change',
    patches: one(
      'functions/core/decide/events-of-entry.ts',
      'changedAt === null || !isChangeDated',
      'changedAt === null',
    ),
    setting: withKind('unmoved-changed-at'),
  },
  {
    name: '`occurredAt` is `changed_at` although that is before the requested time range',
    patches: one(
      'functions/core/decide/events-of-entry.ts',
      'return updatedAfter === null || changedAt >= updatedAfter ? changedAt : null;',
      'return changedAt;',
    ),
    setting: withKind('unmoved-changed-at'),
  },
  {
    name: '`occurredAt` of a first status ignores the date that was known before',
    patches: one(
      'functions/core/decide/events-of-entry.ts',
      'isFirstStatus || state.completedAt !== previous?.completedAt',
      'state.completedAt !== previous?.completedAt',
    ),
  },
  {
    name: 'changed ids of learner and course are stored only with the next event',
    patches: one(
      'functions/core/decide/decide-events.ts',
      'const isMoved = !sameReferences(references, known);',
      'const isMoved = false;',
    ),
    setting: withKind('merges'),
  },
  {
    name: 'the ids of learner and course of a progression never change',
    patches: one(
      'functions/core/decide/decide-events.ts',
      'const shown = referencesShown(known, observed);',
      'const shown = { learner: known.learner, course: { ...known.course, title: observed.course.title } };',
    ),
    setting: withKind('merges'),
  },
  {
    name: 'a version older than the known one is trusted without a second read',
    patches: one(
      'functions/core/decide/decide-page.ts',
      'if (!isOlderVersion(record.state, before) || decideEvents',
      'if (true || decideEvents',
    ),
    setting: withFault('kombo-lagging'),
  },
  {
    name: 'a version older than the known one is never trusted',
    patches: one(
      'functions/core/decide/decide-page.ts',
      '|| isSameVersion(again, record) ? again : null',
      '? again : null',
    ),
    setting: withKind('backups'),
  },
  {
    name: 'the watermark moves past an older version that was not confirmed',
    patches: one(
      'functions/core/decide/decide-page.ts',
      'if (record === null) page.hasUntrusted = true;',
      '',
    ),
    setting: withFault('kombo-ids-missing', withKind('backups')),
  },
  {
    name: 'a baseline since a date uses the time of the change in Kombo',
    patches: one(
      'functions/core/decide/decide-page.ts',
      "(recordDate(change.state) ?? '') >= baseline.date",
      "(change.state.changedAt ?? '') >= baseline.date",
    ),
  },
  {
    name: 'an unknown status is ignored',
    patches: one('functions/core/poll/set-aside-records.ts', 'if (changed.length > 0) {', 'if (false) {'),
  },
  {
    name: 'a record that became readable stays in the set-aside list',
    patches: one(
      'functions/core/poll/commit-pages.ts',
      'if (worker.checkpoint.hasSetAside) await removeReadable(worker, page.records);',
      '',
    ),
  },
];
