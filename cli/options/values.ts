import { type Command, InvalidArgumentError, Option } from 'commander';
import * as z from 'zod/mini';
import { LearningEventType } from '../../functions/contract/event-parts.ts';
import type { Timestamp } from '../../functions/contract/field-types.ts';
import { BaselineText, IntegrationId } from '../../functions/contract/integration.ts';
import { IN_ENGLISH } from '../../functions/contract/parsing.ts';

export function addIntegrationCommand(
  parent: Command,
  name: string,
  description: string,
  argument: '<integration>' | '[integration]' = '<integration>',
): Command {
  const help =
    "id of the integration, such as moodle:7C9M...; find it in Kombo's dashboard, or with: schoolbell integrations list";
  return parent.command(name).description(description).argument(argument, help, parseIntegrationId);
}

/** The parser throws an InvalidArgumentError, with the schema's message if `message` is not given. */
function parserOf<Value>(schema: z.ZodMiniType<Value>, message?: string): (text: string) => Value {
  return (text) => {
    const parsed = schema.safeParse(text, IN_ENGLISH);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(message ?? parsed.error.issues[0]?.message ?? '');
  };
}

export const parseIntegrationId = parserOf(
  IntegrationId,
  "An integration id looks like moodle:7C9M5sXAQx2cNMpVHLojrFpL. Find it in Kombo's dashboard, or with: schoolbell integrations list",
);

/** Returns a parser for whole numbers. `min` and `max` are inclusive. */
export function integerFrom(min: number, max = Infinity): (text: string) => number {
  return numberFrom(min, max, true);
}

/** Returns a parser for numbers. `min` and `max` are inclusive. */
export function numberFrom(min: number, max = Infinity, isWhole = false): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value >= min && value <= max && (!isWhole || Number.isInteger(value))) return value;
    const range = Number.isFinite(max) ? `from ${min} to ${max}` : `of at least ${min}`;
    throw new InvalidArgumentError(`Give a ${isWhole ? 'whole ' : ''}number ${range}.`);
  };
}

const Instant = z.union([
  z.iso.date(),
  z.iso.datetime({ offset: true }),
  z.iso.datetime({ offset: true, precision: -1 }),
]);

const MINUTE_MS = 60_000;
const UNITS_MS = { min: MINUTE_MS, h: 60 * MINUTE_MS, d: 24 * 60 * MINUTE_MS } as const;
const AGO = /^(?<count>\d{1,6}) ?(?<unit>min|h|d)$/;
/** The last instant that a stored time can have: its year has four digits. */
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');
const DAYS_AGO = { today: 0, yesterday: 1 } as const;

export const TIME_FORMS = '2h (ago), yesterday, 2026-03-01, 2026-03-01 09:30 (UTC) or 2026-03-01T09:30+01:00';

/** Parses one of TIME_FORMS. A date means the start of that day. The default time zone is UTC. */
export function parseInstant(text: string): Timestamp {
  return instantOf(text, Date.now());
}

/** Parses one of TIME_FORMS, as seen at the time `now` (milliseconds since 1970). */
export function instantOf(text: string, now: number): Timestamp {
  const instant = relativeInstant(text.trim(), now) ?? absoluteInstant(text.trim());
  if (instant === null || instant < 0 || instant > LAST_INSTANT)
    throw new InvalidArgumentError(`Give a time such as ${TIME_FORMS}`);
  return new Date(instant).toISOString();
}

function relativeInstant(text: string, now: number): number | null {
  const { count, unit } = AGO.exec(text)?.groups ?? {};
  if (count !== undefined) return now - Number(count) * UNITS_MS[z.enum(['min', 'h', 'd']).parse(unit)];
  if (text !== 'today' && text !== 'yesterday') return null;
  return now - (now % UNITS_MS.d) - DAYS_AGO[text] * UNITS_MS.d;
}

function absoluteInstant(text: string): number | null {
  const iso = text.replace(/^(\d{4}-\d\d-\d\d) (?=\d)/, '$1T');
  const zoned = /T[^Z+-]*$/.test(iso) ? `${iso}Z` : iso;
  return Instant.safeParse(zoned).success ? Date.parse(zoned) : null;
}

export function baselineOption(): Option {
  return new Option(
    '--baseline <which>',
    'what the first sync publishes: silent (nothing, the default), publish (everything), or since:DATE (changes with a date of DATE or later)',
  ).argParser(parserOf(BaselineText));
}

export function learnerDetailsOption(): Option {
  return new Option(
    '--learner-details <which>',
    'with --local: whether events contain names and e-mail addresses, which are never stored (default: the environment variable LEARNER_DETAILS, or omit)',
  ).choices(['omit', 'include']);
}

/**
 * The option may be repeated, and its values are separated by commas. Each use takes only the next argument,
 * so that an integration can follow.
 */
export function listOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(collect).default([], 'all');
}

export function typesOption(): Option {
  const option = new Option('--type <events>', 'only events of these types');
  return option.argParser(collectTypes).default([], 'all');
}

function collect(value: string, before: string[]): string[] {
  const ids = value.split(',').map((one) => one.trim());
  const given = ids.filter((one) => one !== '');
  // Without an id, everything would match, for example when the variable of a script is empty.
  if (given.length === 0) throw new InvalidArgumentError('Give at least one id.');
  return [...before, ...given];
}

const parseType = parserOf(LearningEventType, `Give one of ${LearningEventType.options.join(', ')}.`);

function collectTypes(value: string, before: LearningEventType[]): LearningEventType[] {
  return [...before, ...value.split(',').map(parseType)];
}
