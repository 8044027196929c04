import { InvalidArgumentError, Option } from 'commander';
import * as z from 'zod/mini';
import { LearningEventType } from '../../functions/contract/event-parts.ts';

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
