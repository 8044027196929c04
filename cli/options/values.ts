import { type Command, InvalidArgumentError, Option } from 'commander';
import * as z from 'zod/mini';
import { LearningEventType } from '../../functions/contract/event-parts.ts';
import type { Timestamp } from '../../functions/contract/field-types.ts';
import { BaselineText, IntegrationId } from '../../functions/contract/integration.ts';
import { IN_ENGLISH } from '../../functions/contract/parsing.ts';

/** Adds the `integration` argument to a command. */
export function addIntegrationArgument(command: Command): Command {
  return command.argument('<integration>', 'id of the Kombo integration', parseIntegrationId);
}

/** Returns a parser for the value of an option. The parser's error has the message of the schema. */
function parserOf<Value>(schema: z.ZodMiniType<Value>): (text: string) => Value {
  return (text) => {
    const parsed = schema.safeParse(text, IN_ENGLISH);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? '');
  };
}

export const parseIntegrationId = parserOf(IntegrationId);

/** Returns a parser for a number from `min` to `max`, both inclusive. */
export function parseNumber({
  min,
  max = Number.POSITIVE_INFINITY,
  whole = true,
}: {
  min: number;
  max?: number;
  whole?: boolean;
}): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
    const range = Number.isFinite(max) ? `from ${min} to ${max}` : `of at least ${min}`;
    throw new InvalidArgumentError(`Give a ${whole ? 'whole ' : ''}number ${range}.`);
  };
}

const Instant = z.union([
  z.iso.date(),
  z.iso.datetime({ offset: true }),
  z.iso.datetime({ offset: true, precision: -1 }),
]);

/** Parses a time with a time zone, or a date. A date means the start of that day in UTC. */
export function parseInstant(text: string): Timestamp {
  if (!Instant.safeParse(text).success) {
    throw new InvalidArgumentError(
      'Give a date, or a time with a time zone: 2026-03-01, 2026-03-01T09:30Z or 2026-03-01T09:30:00+01:00',
    );
  }
  return new Date(text).toISOString();
}

/** Creates the option `--baseline`: what the first sync of an integration publishes. */
export function baselineOption(): Option {
  return new Option(
    '--baseline <which>',
    'what the first sync publishes: silent (nothing, the default), publish (everything), or since:DATE (changes with a date of DATE or later)',
  ).argParser(parserOf(BaselineText));
}

/** Creates the option `--learner-details`, for commands that poll with `--local`. */
export function learnerDetailsOption(): Option {
  return new Option(
    '--learner-details <which>',
    'with --local: whether events contain names and e-mail addresses, which are never stored (default: the environment variable LEARNER_DETAILS, or omit)',
  ).choices(['omit', 'include']);
}

/**
 * Creates an option with several values. It may be repeated, or its values may be separated by spaces or commas.
 * Without the option, everything matches.
 */
export function listOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(collect).default([], 'all');
}

/** Creates a list option for types of learning events. */
export function typesOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(collectTypes).default([], 'all');
}

function collect(value: string, before: string[]): string[] {
  return [...before, ...value.split(',').filter((one) => one !== '')];
}

function collectTypes(value: string, before: LearningEventType[]): LearningEventType[] {
  const parsed = z.array(LearningEventType).safeParse(value.split(','));
  if (parsed.success) return [...before, ...parsed.data];
  throw new InvalidArgumentError(`Give one of ${LearningEventType.options.join(', ')}.`);
}
