import { InvalidArgumentError } from 'commander';
import * as z from 'zod/mini';
import { LearningEventType } from '../functions/contract/learning-event-type.ts';

/** Collects the values of an option that may be given several times, each with several values or a list with commas. */
export function collect(value: string, before: string[]): string[] {
  return [...before, ...value.split(',').filter((one) => one !== '')];
}

/** The same for types of learning events. */
export function collectTypes(value: string, before: LearningEventType[]): LearningEventType[] {
  const parsed = z.array(LearningEventType).safeParse(value.split(','));
  if (parsed.success) return [...before, ...parsed.data];
  throw new InvalidArgumentError(`Give one of ${LearningEventType.options.join(', ')}.`);
}
