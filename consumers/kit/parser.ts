import type * as z from 'zod/mini';
import { IN_ENGLISH } from '../../functions/contract/parsing.ts';
import { Delivered, deliveredFrom } from './delivered.ts';

/** A parsed event. `isReplay`: it was sent again, on purpose; its `detail.id` is that of the first time. */
export type Received<Type extends string, Detail> = { type: Type; detail: Detail; isReplay: boolean };

/** Thrown for an event that is not what the parser is for. */
export class UnexpectedEventError extends Error {
  override name = 'UnexpectedEventError';
}

/**
 * The parser of one event. It takes the event as a rule hands it to Lambda, or its JSON text (the body of an SQS
 * message), live or replayed; fields that the schema does not name are dropped.
 */
export function parserOf<Type extends string, Detail>(
  type: Type,
  schema: z.ZodMiniType<Detail>,
): (event: unknown) => Received<Type, Detail> {
  return (event) => {
    const delivered = deliveredFrom(event);
    const name = delivered['detail-type'];
    if (!isNamed(type, name))
      throw new UnexpectedEventError(`${name} is not ${type}: check the rule's pattern`);
    return { type, detail: schema.parse(delivered.detail, IN_ENGLISH), isReplay: name !== type };
  };
}

/** The type guard of one event, for an event as a rule hands it over: it narrows and changes nothing. */
export function guardOf<Type extends string, Detail>(
  type: Type,
  schema: z.ZodMiniType<Detail>,
): (event: unknown) => event is Delivered<Type, Detail> {
  return (event): event is Delivered<Type, Detail> => {
    const delivered = Delivered.safeParse(event);
    return (
      delivered.success &&
      isNamed(type, delivered.data['detail-type']) &&
      schema.safeParse(delivered.data.detail).success
    );
  };
}

function isNamed(type: string, name: string): boolean {
  return name === type || name === `Replayed${type}`;
}
