import { openCountedSchool, type PollCounts } from '../counted-school.ts';
import type { Measure } from './measure.ts';

/** Ten full pages, of which a tenth changes. */
const RECORDS = 2_500;
const CHANGE_EVERY = 10;
const PASSES = 2;
const INTEGRATION = 'moodle:7C9M5sXAQx2cNMpVHLojrFpL';
const HOUR_MS = 60 * 60 * 1000;

/** What polls use, exactly: the same numbers each time. */
export type Counts = {
  /** Nothing was shown. */
  idle: PollCounts;
  /** A full page was shown, and all of it had changed. */
  fullPage: PollCounts;
  /** Everything was read again, ten full pages twice, and a tenth of each had changed. */
  tenth: PollCounts;
};

export async function countPolls(): Promise<Counts> {
  const school = await openCountedSchool([{ id: INTEGRATION, count: RECORDS }]);
  try {
    await school.poll(INTEGRATION);
    school.clock.advance(HOUR_MS);
    const idle = await school.poll(INTEGRATION);
    school.clock.advance(HOUR_MS);
    school.records.get(INTEGRATION)?.change(CHANGE_EVERY, school.clock.now());
    const fullPage = await school.poll(INTEGRATION);
    school.clock.advance(HOUR_MS);
    school.records.get(INTEGRATION)?.change(CHANGE_EVERY, school.clock.now());
    await school.reread(INTEGRATION);
    return { idle, fullPage, tenth: await school.poll(INTEGRATION) };
  } finally {
    await school.close();
  }
}

/** The rows about requests, units and bytes. */
export function countMeasures({ idle, tenth }: Counts): Measure[] {
  const row = (name: string, unit: Measure['unit'], value: number, atMost: number): Measure => ({
    name,
    beside: '',
    unit,
    values: [value],
    limits: [],
    atMost,
  });
  const seen = RECORDS * PASSES;
  return [
    row('a poll that finds nothing: requests to Kombo', 'requests', idle.kombo, 1),
    row('a poll that finds nothing: requests to DynamoDB', 'requests', idle.dynamoDb, 3),
    row('a poll that finds nothing: events', 'requests', idle.events, 0),
    row('read units a record seen', 'units', (tenth.readUnits - idle.readUnits) / seen, 1),
    row(
      'write units a change, journal and checkpoint included',
      'units',
      tenth.writeUnits / tenth.events,
      1.3,
    ),
    row('journal, a change', 'bytes', tenth.journalBytes / tenth.events, 150),
  ];
}
