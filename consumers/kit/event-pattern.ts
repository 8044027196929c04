import { EVENT_SOURCE } from '../../functions/contract/names.ts';
import {
  detailTypesOf,
  type EventDetail,
  type EventType,
} from '../../functions/contract/published-events.ts';
import { parsePattern } from './parse-pattern.ts';
import { isObject } from './pattern-condition.ts';

/** An EventBridge condition on one value. The items of a list are alternatives. */
export type Matcher<Value> =
  | Value
  | { exists: boolean }
  | (Value extends string
      ? { prefix: string } | { suffix: string } | { wildcard: string } | { 'anything-but': Value | Value[] }
      : never)
  | (Value extends number ? { numeric: (string | number)[] } | { 'anything-but': Value | Value[] } : never);

/** A condition on the detail of an event. All fields must match; each has a list of alternatives. */
export type DetailPattern<Detail> = {
  [Field in keyof Detail]?: NonNullable<Detail[Field]> extends readonly (infer Item)[]
    ? Matcher<Item>[]
    : NonNullable<Detail[Field]> extends object
      ? DetailPattern<NonNullable<Detail[Field]>>
      : Matcher<Exclude<Detail[Field], undefined>>[];
};

/** Selects the events of a rule. The items of a list are alternatives. A missing field limits nothing. */
export type EventFilter<Type extends EventType> = {
  /** The ids of Kombo integrations. */
  integrations?: string[] | undefined;
  /** The short names of learning platforms in Kombo's API, such as `moodle`. */
  tools?: string[] | undefined;
  /** Kombo's ids of courses. Only learning and certificate events have a course. */
  courses?: string[] | undefined;
  /** Kombo's ids of learners. Only learning and certificate events have a learner. */
  learners?: string[] | undefined;
  /** Conditions on any other field of the detail, in the language of EventBridge's patterns. */
  where?: DetailPattern<EventDetail<Type>> | undefined;
};

/** An EventBridge event pattern as a JSON object. */
export type EventPattern = {
  /** The accounts that events may come from. By default any account. */
  account?: string[];
  source: string[];
  'detail-type': string[];
  detail?: { [field: string]: PatternNode };
};
export type PatternNode = unknown[] | { [field: string]: PatternNode };

/**
 * Returns the pattern of a rule of a named consumer. It matches live events of these types, and their replays
 * that are for this consumer or for all.
 *
 * @throws Error for learning events together with other events: use `eventPatterns`
 * @throws InvalidPatternError for a filter that EventBridge refuses
 */
export function eventPattern<Type extends EventType>(
  types: readonly Type[],
  consumer: string,
  filter: EventFilter<Type> = {},
): EventPattern {
  const { integrations, tools, courses, learners, where } = filter;
  const learning = types.filter(isReplayable);
  if (learning.length > 0 && learning.length < types.length) {
    throw new Error(
      `One rule cannot match both learning events and other events: ${types.join(', ')}. Create a rule for each kind`,
    );
  }
  const detail = merge(where ?? {}, {
    // Live events have no `replay`, and replays for all consumers have no `replay.consumer`: `exists: false`
    // matches both. Null would match neither, and CloudFormation rejects null in a template. In operational
    // events, `replay` describes the replay that started or finished.
    ...(learning.length > 0 && { replay: { consumer: [consumer, { exists: false }] } }),
    ...((integrations || tools) && {
      integration: { ...(integrations && { id: distinct(integrations) }), ...(tools && { tool: tools }) },
    }),
    ...(courses && { course: { id: distinct(courses) } }),
    ...(learners && { learner: { id: distinct(learners) } }),
  });
  const pattern = {
    source: [EVENT_SOURCE],
    'detail-type': types.flatMap(detailTypesOf),
    // EventBridge rejects a pattern with an empty object.
    ...(Object.keys(detail).length > 0 && { detail }),
  };
  parsePattern(pattern);
  return pattern;
}

/**
 * Returns the patterns for events of any types, at most three. The filters by course and learner apply only
 * to events that have them: a channel that is limited to some courses still gets the event that an
 * integration is failing.
 */
export function eventPatterns(
  types: readonly EventType[],
  consumer: string,
  { courses, learners, ...filter }: Omit<EventFilter<EventType>, 'where'> = {},
): EventPattern[] {
  const about = { ...filter, courses, learners };
  const isNarrowed = (type: EventType) =>
    (courses !== undefined || learners !== undefined) && type.startsWith('Certificate');
  const others = types.filter((type) => !isReplayable(type));
  return [
    { types: types.filter(isReplayable), asked: about },
    { types: others.filter(isNarrowed), asked: about },
    { types: others.filter((type) => !isNarrowed(type)), asked: filter },
  ].flatMap(({ types, asked }) => (types.length === 0 ? [] : [eventPattern(types, consumer, asked)]));
}

/** EventBridge's limit: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST_CHARACTERS = 2048;

/** An event has one id in each of these fields, so it matches only one part of a divided list of ids. */
const DIVISIBLE = ['integration', 'course', 'learner'];

/**
 * Divides the longest list of ids of a pattern that is too long for EventBridge. An event matches only one of
 * the returned patterns.
 *
 * @throws Error for a pattern that is too long and has no list of ids to divide
 */
export function dividePattern(pattern: EventPattern): EventPattern[] {
  const characters = JSON.stringify(pattern).length;
  if (characters <= MOST_CHARACTERS) return [pattern];
  const { detail = {} } = pattern;
  const [longest] = DIVISIBLE.map((subject) => ({ subject, ids: idsIn(detail[subject]) }))
    .filter(({ ids }) => ids.length > 1)
    .toSorted((one, other) => other.ids.length - one.ids.length);
  if (longest === undefined) {
    throw new Error(
      `An event pattern has ${characters} characters, but EventBridge accepts only ${MOST_CHARACTERS}: use fewer conditions`,
    );
  }
  const { subject, ids } = longest;
  const half = Math.ceil(ids.length / 2);
  return [ids.slice(0, half), ids.slice(half)].flatMap((part) =>
    dividePattern({ ...pattern, detail: merge(detail, { [subject]: { id: part } }) }),
  );
}

/** Returns an empty list if there is no condition on the id, or a condition that is not an id. */
function idsIn(conditions: PatternNode | undefined): string[] {
  const ids = isObject(conditions) ? conditions['id'] : undefined;
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) return [];
  return distinct(ids);
}

function distinct(ids: string[]): string[] {
  return [...new Set(ids)];
}

/** Only learning events have a second detail-type, that of their replays. */
function isReplayable(type: EventType): boolean {
  return detailTypesOf(type).length > 1;
}

/** For a field that both patterns have, the condition of the second is used. */
function merge(one: object, other: object): { [field: string]: PatternNode } {
  const merged: { [field: string]: PatternNode } = {};
  for (const [field, value] of [...Object.entries(one), ...Object.entries(other)]) {
    const there = merged[field];
    merged[field] = isObject(there) && isObject(value) ? merge(there, value) : value;
  }
  return merged;
}
