import type { Checkpoint } from './checkpoint.ts';

const HOUR_MS = 60 * 60 * 1000;
const WINDOW_MS = 24 * HOUR_MS;

/** Suspect changes that passed in the last 24 hours; never fewer, up to an hour's more. */
export function surgeCount(surge: Checkpoint['surge'], now: number): number {
  return recent(surge, now).reduce((sum, { count }) => sum + count, 0);
}

/** The counts with some more in the present hour, and without those that are older than a day. */
export function addToSurge(surge: Checkpoint['surge'], count: number, now: number): Checkpoint['surge'] {
  const kept = recent(surge, now);
  if (count === 0) return kept;
  const hour = new Date(Math.floor(now / HOUR_MS) * HOUR_MS).toISOString();
  const present = kept.find((bucket) => bucket.hour === hour);
  return [...kept.filter((bucket) => bucket !== present), { hour, count: (present?.count ?? 0) + count }];
}

/** How many such changes pass in 24 hours without a person. */
export function surgeLimit(known: number, share: number, floor: number): number {
  return Math.max(floor, Math.floor(known * share));
}

function recent(surge: Checkpoint['surge'], now: number): Checkpoint['surge'] {
  return surge.filter(({ hour }) => Date.parse(hour) + HOUR_MS > now - WINDOW_MS);
}
