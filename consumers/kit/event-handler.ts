import type { EventType } from '../../functions/contract/published-events.ts';
import { eventNameOf, type Parsed, parse, UnexpectedEventError } from './parse.ts';

/** A function for each event type that a consumer handles. */
export type EventHandlers<Type extends EventType> = {
  [Each in Type]: (event: Parsed<Each>) => Promise<void>;
};

/**
 * Returns one handler for all events of a consumer: it parses an event, live or replayed, and calls the function of its type.
 * Name the types, `eventHandler<'CourseCompleted' | 'CourseReopened'>({ ... })`, and the compiler demands a function for each.
 *
 * The handler throws an `UnexpectedEventError` for an event of another type, and a `ZodError` as `parse` does.
 */
export function eventHandler<Type extends EventType>(
  handlers: EventHandlers<Type>,
): (event: unknown) => Promise<void> {
  return async (event) => {
    const name = eventNameOf(event);
    if (!isHandled(handlers, name)) {
      throw new UnexpectedEventError(`No function handles ${name}: check the rule's pattern`);
    }
    await handlers[name](parse(name, event));
  };
}

function isHandled<Type extends EventType>(handlers: EventHandlers<Type>, name: string): name is Type {
  return Object.hasOwn(handlers, name);
}
