import { expect, it } from 'vitest';
import { countPolls } from '../../bench/counts.ts';

it('a first sync and polls with no change, one page of changes and ten pages of changes make the expected requests and use the expected capacity', async () => {
  const { firstSync, idle, fullPage, tenth } = await countPolls();
  // The three requests to DynamoDB of every poll read the settings, acquire the lease and release the lease.
  expect(idle).toEqual({
    kombo: 1,
    dynamoDb: 3,
    readUnits: 1,
    writeUnits: 2,
    putEvents: 0,
    events: 0,
    journalBytes: 0,
  });
  // The first sync reads ten pages of 250 records, but no known states. For each page, it makes one request for
  // the journal entry, and ten that write 25 states each. It saves the checkpoint after the fifth and the tenth
  // entry, and before it publishes `IntegrationBaselined`.
  expect(firstSync).toEqual({
    kombo: 10,
    dynamoDb: 3 + 10 * (1 + 10) + 3,
    readUnits: 1,
    writeUnits: 2_675,
    putEvents: 1,
    events: 1,
    journalBytes: 171_933,
  });
  // Besides the three requests of every poll, a page of 250 records needs three that read known states, one that
  // writes the journal entry, and ten that write 25 states each.
  expect(fullPage).toEqual({
    kombo: 1,
    dynamoDb: 3 + 3 + 1 + 10,
    readUnits: 1 + 250,
    writeUnits: 265,
    putEvents: 25,
    events: 250,
    journalBytes: 12_690,
  });
  // The poll reads ten pages of 250 records, and 25 records of each page have changed. It saves the
  // checkpoint twice, after the fifth and the tenth entry.
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
