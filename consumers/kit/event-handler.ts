import type { EventType } from '../../functions/contract/published-events.ts';
import { eventNameOf, type Parsed, parse, UnexpectedEventError } from './parse.ts';

/** A function for each event type that a consumer handles. */
export type EventHandlers<Type extends EventType> = {
  [Each in Type]: (event: Parsed<Each>) => Promise<void>;
};

/**
 * Returns one handler for all events of a consumer. The handler parses an event, live or replayed, and calls
 * the function for the type of the event. With explicit types, such as `eventHandler<'CourseCompleted' |
 * 'CourseReopened'>({ ... })`, the compiler requires a function for each type.
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
