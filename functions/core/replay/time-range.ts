import * as z from 'zod/mini';
import { Timestamp } from '../../contract/field-types.ts';

/** From a time on, up to and without another; `to` null: without an end. */
export const TimeRange = z.object({ from: Timestamp, to: z.nullable(Timestamp) });
export type TimeRange = z.infer<typeof TimeRange>;

/** @param time in the one form that all stored times have, so that they compare as text */
export function isWithin({ from, to }: TimeRange, time: string): boolean {
  return time >= from && (to === null || time < to);
}
