import { openCountedSchool, type PollCounts } from './counted-school.ts';
import { HOUR_MS } from './measured-process.ts';
import { type Measure, plainMeasure } from './report.ts';

/** The number of records: ten full pages. A tenth of the records changes. */
const RECORDS = 2_500;
const CHANGE_EVERY = 10;

/** The numbers are exact: every run of the benchmark gives the same numbers. */
export type Counts = {
  /** A first sync of ten full pages. */
  firstSync: PollCounts;
  /** A poll that reads no record. */
  idle: PollCounts;
  /** A poll that reads one full page, on which all records have changed. */
  fullPage: PollCounts;
  /** A poll that reads everything again: ten full pages, with a tenth of the records changed. */
  tenth: PollCounts;
};

export async function countPolls(): Promise<Counts> {
  await using school = await openCountedSchool('moodle:7C9M5sXAQx2cNMpVHLojrFpL', RECORDS);
  const firstSync = await school.poll();
  school.clock.advance(HOUR_MS);
  const idle = await school.poll();
  school.change(CHANGE_EVERY);
  const fullPage = await school.poll();
  school.change(CHANGE_EVERY);
  await school.reread();
  return { firstSync, idle, fullPage, tenth: await school.poll() };
}

export function countMeasures({ firstSync, idle, tenth }: Counts): Measure[] {
  const { readUnits, writeUnits, events, journalBytes } = tenth;
  const readUnitsARecord = (readUnits - idle.readUnits) / RECORDS;
  const nothing = 'a poll that finds nothing';
  return [
    plainMeasure(`${nothing}: requests to Kombo`, 'requests', [idle.kombo], 1),
    plainMeasure(`${nothing}: requests to DynamoDB`, 'requests', [idle.dynamoDb], 3),
    plainMeasure(`${nothing}: events`, 'requests', [idle.events], 0),
    plainMeasure('read units per record of a first sync', 'units', [firstSync.readUnits / RECORDS], 0.01),
    plainMeasure('read units per record', 'units', [readUnitsARecord], 1),
    plainMeasure('write units per change, with journal and checkpoint', 'units', [writeUnits / events], 1.15),
    plainMeasure('journal, per change', 'bytes', [journalBytes / events], 105),
  ];
}
