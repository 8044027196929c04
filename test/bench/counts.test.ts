import { expect, it } from 'vitest';
import { countPolls } from '../../bench/counts.ts';

it('a poll without changes, with a page of changes and with ten pages makes the expected requests and uses the expected capacity', async () => {
  const { idle, fullPage, tenth } = await countPolls();
  // The three requests to DynamoDB read the settings, acquire the lease and release the lease.
  expect(idle).toEqual({
    kombo: 1,
    dynamoDb: 3,
    readUnits: 1,
    writeUnits: 2,
    putEvents: 0,
    events: 0,
    journalBytes: 0,
  });
  // For a page of 250 records, the poll also reads three batches of known states, and writes one journal
  // entry and ten batches of 25 states.
  expect(fullPage).toEqual({
    kombo: 1,
    dynamoDb: 3 + 3 + 1 + 10,
    readUnits: 1 + 250,
    writeUnits: 265,
    putEvents: 25,
    events: 250,
    journalBytes: 12_690,
  });
  // The poll reads ten pages, and 25 records of each page have changed. The checkpoint is saved after the
  // fifth and the tenth entry.
  expect(tenth).toEqual({
    kombo: 10,
    dynamoDb: 3 + 10 * 3 + 10 * (1 + 1) + 2,
    readUnits: 1 + 2_500,
    writeUnits: 287,
    putEvents: 30,
    events: 250,
    journalBytes: 24_629,
  });
});
