const HOUR_MS = 3_600_000;

/** Hours in milliseconds. */
export const hours = (count: number): number => count * HOUR_MS;

/** Days in milliseconds. */
export const days = (count: number): number => count * 24 * HOUR_MS;
