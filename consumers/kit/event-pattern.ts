import { EVENT_SOURCE } from '../../functions/contract/names.ts';
import {
  detailTypesOf,
  type EventDetail,
  type EventType,
} from '../../functions/contract/published-events.ts';

/** A condition of EventBridge on one value. The items of a list are alternatives. */
export type Matcher<Value> =
  | Value
  | { exists: boolean }
  | (Value extends string
      ? { prefix: string } | { suffix: string } | { wildcard: string } | { 'anything-but': Value | Value[] }
      : never)
  | (Value extends number ? { numeric: (string | number)[] } | { 'anything-but': Value | Value[] } : never);

/** A condition of EventBridge on a detail: its fields, each with alternatives. All fields must match. */
export type DetailPattern<Detail> = {
  [Field in keyof Detail]?: NonNullable<Detail[Field]> extends readonly (infer Item)[]
    ? Matcher<Item>[]
    : NonNullable<Detail[Field]> extends object
      ? DetailPattern<NonNullable<Detail[Field]>>
      : Matcher<Exclude<Detail[Field], undefined>>[];
};

/** Which events a rule takes. The items of a list are alternatives; a filter that is not given matches everything. */
export type EventFilter<Type extends EventType> = {
  /** Ids of Kombo integrations. */
  integrations?: string[];
  /** Slugs of learning platforms, such as `moodle`. */
  tools?: string[];
  /** Kombo's ids of courses. Learning and certificate events. */
  courses?: string[];
  /** Kombo's ids of learners. Learning and certificate events. */
  learners?: string[];
  /** Conditions on any other field of the detail, in the language of EventBridge's patterns. */
  where?: DetailPattern<EventDetail<Type>>;
};

/** An event pattern of EventBridge, as JSON. */
export type EventPattern = {
  /** The accounts that events come from; any by default. */
  account?: string[];
  source: string[];
  'detail-type': string[];
  detail?: { [field: string]: PatternNode };
};
export type PatternNode = unknown[] | { [field: string]: PatternNode };

/**
 * The pattern of a rule that belongs to a named consumer. It takes the live events of these types, their replays that
 * are addressed to this consumer, and their replays for everyone.
 *
 * @throws Error for learning events together with others, which no single pattern can distinguish: see `eventPatterns`
 */
export function eventPattern<Type extends EventType>(
  types: readonly Type[],
  consumer: string,
  filter: EventFilter<Type> = {},
): EventPattern {
  const { integrations, tools, courses, learners, where } = filter;
  const learning = types.filter(isReplayable);
  if (learning.length > 0 && learning.length < types.length) {
    throw new Error(`A rule takes learning events or others, not both: ${types.join(', ')}`);
  }
  const detail = merge(where ?? {}, {
    // Live events have no `replay`, and replays for everyone have no `consumer`. Null would match neither, and
    // CloudFormation accepts no null in a template. Operational events have a `replay` that they report on.
    ...(learning.length > 0 && { replay: { consumer: [consumer, { exists: false }] } }),
    ...(integrations !== undefined || tools !== undefined
      ? {
          integration: { ...(integrations && { id: distinct(integrations) }), ...(tools && { tool: tools }) },
        }
      : {}),
    ...(courses && { course: { id: distinct(courses) } }),
    ...(learners && { learner: { id: distinct(learners) } }),
  });
  return {
    source: [EVENT_SOURCE],
    'detail-type': types.flatMap(detailTypesOf),
    // EventBridge takes no empty object.
    ...(Object.keys(detail).length > 0 && { detail }),
  };
}

/**
 * The patterns for events of any types: one for those that can be replayed, and one or two for the others. Courses and
 * learners narrow down the events that name one: a failing integration is notified whatever course is asked for.
 */
export function eventPatterns(
  types: readonly EventType[],
  consumer: string,
  { courses, learners, ...filter }: Omit<EventFilter<EventType>, 'where'> = {},
): EventPattern[] {
  const about = { ...filter, ...(courses && { courses }), ...(learners && { learners }) };
  const isNarrowed = (type: EventType) =>
    (courses !== undefined || learners !== undefined) && type.startsWith('Certificate');
  const others = types.filter((type) => !isReplayable(type));
  return [
    { types: types.filter(isReplayable), asked: about },
    { types: others.filter(isNarrowed), asked: about },
    { types: others.filter((type) => !isNarrowed(type)), asked: filter },
  ].flatMap(({ types, asked }) => (types.length === 0 ? [] : [eventPattern(types, consumer, asked)]));
}

/** The most characters of a pattern: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST_CHARACTERS = 2048;

/** The filters of which an event has one value: if their alternatives are divided, it matches one of the parts. */
const DIVISIBLE = [
  ['integration', 'id'],
  ['course', 'id'],
  ['learner', 'id'],
] as const;

/**
 * The same events by several patterns, each as short as EventBridge asks: the longest list of ids is divided. An event
 * matches one of them.
 *
 * @throws Error for a pattern that is too long without such a list
 */
export function dividePattern(pattern: EventPattern): EventPattern[] {
  const characters = JSON.stringify(pattern).length;
  if (characters <= MOST_CHARACTERS) return [pattern];
  const { detail = {} } = pattern;
  const [longest] = DIVISIBLE.map(([subject, field]) => ({
    subject,
    field,
    ids: idsAt(detail, subject, field),
  }))
    .filter(({ ids }) => ids.length > 1)
    .toSorted((one, other) => other.ids.length - one.ids.length);
  if (longest === undefined) {
    throw new Error(`An event pattern has ${characters} characters; EventBridge takes ${MOST_CHARACTERS}`);
  }
  const { subject, field, ids } = longest;
  const half = Math.ceil(ids.length / 2);
  return [ids.slice(0, half), ids.slice(half)].flatMap((part) =>
    dividePattern({ ...pattern, detail: merge(detail, { [subject]: { [field]: part } }) }),
  );
}

/** The different ids that a pattern names; an empty list where it has other conditions than ids. */
function idsAt(detail: { [field: string]: PatternNode }, subject: string, field: string): string[] {
  const branch = detail[subject];
  const values = isBranch(branch) ? branch[field] : undefined;
  if (!Array.isArray(values) || !values.every((value) => typeof value === 'string')) return [];
  return distinct(values);
}

function distinct(ids: string[]): string[] {
  return [...new Set(ids)];
}

/** Whether it is a learning event: only those can be replayed. */
function isReplayable(type: EventType): boolean {
  return detailTypesOf(type).length > 1;
}

/** Both patterns in one. Where both have a condition on the same field, the second one is used. */
function merge(one: object, other: object): { [field: string]: PatternNode } {
  const merged: { [field: string]: PatternNode } = {};
  for (const [field, value] of [...Object.entries(one), ...Object.entries(other)]) {
    const there = merged[field];
    merged[field] = isBranch(there) && isBranch(value) ? merge(there, value) : value;
  }
  return merged;
}

function isBranch(node: unknown): node is { [field: string]: PatternNode } {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}
