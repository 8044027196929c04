import { type Command, InvalidArgumentError, Option } from 'commander';
import * as z from 'zod/mini';
import { LearningEventType } from '../../functions/contract/event-parts.ts';
import type { Timestamp } from '../../functions/contract/field-types.ts';
import { type Baseline, BaselineText, IntegrationId } from '../../functions/contract/integration.ts';
import { IN_ENGLISH } from '../../functions/contract/parsing.ts';

/** A command about one integration, which is its first argument. */
export function addIntegrationArgument(command: Command): Command {
  return command.argument('<integration>', 'id of the Kombo integration', parseIntegrationId);
}

export function parseIntegrationId(text: string): IntegrationId {
  const parsed = IntegrationId.safeParse(text, IN_ENGLISH);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? '');
}

/** A parser for an option's value that is a number within bounds; a whole one unless said otherwise. */
export function parseNumber(bounds: {
  min: number;
  max?: number;
  whole?: boolean;
}): (text: string) => number {
  const { min, max = Number.POSITIVE_INFINITY, whole = true } = bounds;
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

/** A date (its first moment in UTC) or a time with its zone, as an option's value. */
export function parseInstant(text: string): Timestamp {
  if (!Instant.safeParse(text).success) {
    throw new InvalidArgumentError(
      'Give a date or a time with its zone: 2026-03-01, 2026-03-01T09:30Z or 2026-03-01T09:30:00+01:00',
    );
  }
  return new Date(text).toISOString();
}

/** `--baseline`: what the first sync of an integration publishes. */
export function baselineOption(): Option {
  return new Option(
    '--baseline <which>',
    'what the first sync publishes: silent (nothing, the default), publish (everything), or since:DATE (what happened since)',
  ).argParser(parseBaseline);
}

function parseBaseline(text: string): Baseline {
  const parsed = BaselineText.safeParse(text, IN_ENGLISH);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(parsed.error.issues[0]?.message ?? '');
}

/** `--learner-details`, with `--local`: whether events carry names and e-mails. */
export function learnerDetailsOption(): Option {
  return new Option(
    '--learner-details <which>',
    'with --local: whether events carry names and e-mails, which are never stored (default: LEARNER_DETAILS, or omit)',
  ).choices(['omit', 'include']);
}

/** An option that may be given several times, each with several values or a list with commas. Without it: all. */
export function listOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(collect).default([], 'all');
}

/** The same for types of learning events. */
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
