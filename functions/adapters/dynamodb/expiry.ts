const DAY_SECONDS = 24 * 60 * 60;

/** The value of the table's TTL attribute `expires`, in epoch seconds, for an item of this time. */
export function expiryOf(time: string, retentionDays: number): string {
  return String(Math.floor(Date.parse(time) / 1000) + retentionDays * DAY_SECONDS);
}
