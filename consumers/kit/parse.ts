import * as z from 'zod/mini';
import { LearningEventType } from '../../functions/contract/event-parts.ts';
import { EVENT_SOURCE } from '../../functions/contract/names.ts';
import { IN_ENGLISH, parsedJson } from '../../functions/contract/parsing.ts';
import {
  type EventDetail,
  type EventType,
  parseDetail,
  publishedEvents,
} from '../../functions/contract/published-events.ts';

const Envelope = z.object({
  id: z.string(),
  source: z.literal(EVENT_SOURCE),
  'detail-type': z.string(),
  time: z.string(),
  detail: z.unknown(),
});
const EnvelopeText = parsedJson(Envelope);

/** An event as a rule sends it to Lambda. Its `id` is EventBridge's own, and is new for each delivery. */
export type Delivered<Type extends EventType> = {
  [Each in Type]: {
    id: string;
    source: typeof EVENT_SOURCE;
    'detail-type': Each | `Replayed${Each}`;
    time: string;
    detail: EventDetail<Each>;
  };
}[Type];

/**
 * If `isReplay`, a replay sent the event. Its `detail.id` is that of the event that was first published.
 * Events of `replay --as-live` have no mark, so it is false for them.
 */
export type Parsed<Type extends EventType> = {
  [Each in Type]: { type: Each; detail: EventDetail<Each>; isReplay: boolean };
}[Type];

/** The error for an event whose type is not the expected one. */
export class UnexpectedEventError extends Error {
  override name = 'UnexpectedEventError';
}

/**
 * Parses a live or replayed event as a rule sends it to Lambda, or its JSON text (the body of an SQS
 * message). Removes fields that the schema does not contain.
 *
 * @throws UnexpectedEventError for an event of another type
 * @throws ZodError for a value that is not an event of Schoolbell, or does not match the schema of its type
 */
export function parse<Type extends EventType>(type: Type, event: unknown): Parsed<Type> {
  const { 'detail-type': name, detail } = envelopeOf(event);
  if (!isNamed(type, name)) {
    throw new UnexpectedEventError(
      `The event has the type ${name} instead of ${type}: check the rule's pattern`,
    );
  }
  return { type, detail: parseDetail(type, detail), isReplay: name !== type };
}

/**
 * Parses any learning event, live or replayed. A `switch` on the `type` of the result narrows its `detail`.
 *
 * @throws UnexpectedEventError for an event that is not about learning
 */
export function parseLearningEvent(event: unknown): Parsed<LearningEventType> {
  const name = eventNameOf(event);
  const type = LearningEventType.safeParse(name);
  if (!type.success)
    throw new UnexpectedEventError(`${name} is not a learning event: check the rule's pattern`);
  return parse(type.data, event);
}

/** Returns whether a value is an event of this type, live or replayed. Narrows its TypeScript type. */
export function is<Type extends EventType>(type: Type, event: unknown): event is Delivered<Type> {
  const { data } = Envelope.safeParse(event);
  return (
    data !== undefined &&
    isNamed(type, data['detail-type']) &&
    publishedEvents[type].safeParse(data.detail).success
  );
}

/**
 * Omits the `Replayed` of a replay.
 *
 * @throws ZodError for a value that is not an event of Schoolbell
 */
function eventNameOf(event: unknown): string {
  return envelopeOf(event)['detail-type'].replace(/^Replayed/, '');
}

function envelopeOf(event: unknown): z.infer<typeof Envelope> {
  return (typeof event === 'string' ? EnvelopeText : Envelope).parse(event, IN_ENGLISH);
}

function isNamed(type: EventType, name: string): boolean {
  return name === type || name === `Replayed${type}`;
}

/** A function for each event type that a consumer handles. */
export type EventHandlers<Type extends EventType> = {
  [Each in Type]: (event: Parsed<Each>) => Promise<void>;
};

/**
 * Returns one handler for all events of a consumer. It parses an event and calls the function for its type.
 * With explicit types, such as `eventHandler<'CourseCompleted' | 'CourseReopened'>({ ... })`, the compiler
 * requires a function for each.
 *
 * The handler throws an `UnexpectedEventError` for an event of another type, and a `ZodError` in the same
 * cases as `parse`.
 */
export function eventHandler<Type extends EventType>(
  handlers: EventHandlers<Type>,
): (event: unknown) => Promise<void> {
  return async (event) => {
    const name = eventNameOf(event);
    if (!isHandled(handlers, name)) {
      throw new UnexpectedEventError(
        `This handler has no function for the event type ${name}: add the function, or correct the rule's pattern`,
      );
    }
    await handlers[name](parse(name, event));
  };
}

function isHandled<Type extends EventType>(handlers: EventHandlers<Type>, name: string): name is Type {
  return Object.hasOwn(handlers, name);
}
