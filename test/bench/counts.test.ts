import { expect, it } from 'vitest';
import { countPolls } from '../../bench/counts.ts';

it('a poll uses an exact number of requests, capacity units and bytes', async () => {
  const { idle, fullPage, tenth } = await countPolls();
  // Read the settings, acquire the lease, release it.
  expect(idle).toEqual({
    kombo: 1,
    dynamoDb: 3,
    readUnits: 1,
    writeUnits: 2,
    putEvents: 0,
    events: 0,
    journalBytes: 0,
  });
  // A page of 250 records: three batches of known states, one entry, 250 states, one save of the checkpoint.
  expect(fullPage).toEqual({
    kombo: 1,
    dynamoDb: 3 + 3 + 1 + 250 + 1,
    readUnits: 1 + 250,
    writeUnits: 268,
    putEvents: 25,
    events: 250,
    journalBytes: 12_393,
  });
  // Ten pages, read twice; 25 records of each have changed.
  expect(tenth).toEqual({
    kombo: 20,
    dynamoDb: 3 + 20 * 3 + 10 * (1 + 25 + 1),
    readUnits: 1 + 5_000,
    writeUnits: 303,
    putEvents: 30,
    events: 250,
    journalBytes: 24_654,
  });
});
