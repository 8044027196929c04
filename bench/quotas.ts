/**
 * What AWS allows without being asked for more, in November 2026. `docs/scaling.md` says where each of them is written.
 */
export const QUOTAS = {
  /** Calls of all functions of an account at once, in one Region. New accounts may have 10. */
  lambdaConcurrency: 1_000,
  /** Requests of `PutEvents` a second: 10,000 in us-east-1, us-west-2 and eu-west-1, 2,400 in eu-central-1, ... */
  putEventsPerSecond: { least: 400, most: 10_000 },
  /** Of a table on demand that was never used more; it grows to twice its latest peak. */
  newTable: { readUnits: 12_000, writeUnits: 4_000 },
  /** Of one partition, a second. */
  partition: { readUnits: 3_000, writeUnits: 1_000 },
} as const;

/** What the dispatch function has. */
export const DISPATCH = { seconds: 60, megabytes: 512 } as const;
