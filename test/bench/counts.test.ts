import { expect, it } from 'vitest';
import { countPolls } from '../../bench/counts.ts';

it('polls use exactly so many requests, capacity units and bytes', async () => {
  const { idle, fullPage, tenth } = await countPolls();
  // The settings, the lease taken and given back.
  expect(idle).toEqual({
    kombo: 1,
    dynamoDb: 3,
    readUnits: 1,
    writeUnits: 2,
    putEvents: 0,
    events: 0,
    journalBytes: 0,
  });
  // 250 records on a page: three batches of known states, one entry, 250 states, one move of the checkpoint.
  expect(fullPage).toEqual({
    kombo: 1,
    dynamoDb: 3 + 3 + 1 + 250 + 1,
    readUnits: 1 + 250,
    writeUnits: 268,
    putEvents: 25,
    events: 250,
    journalBytes: 12_393,
  });
  // Ten pages, read twice; on each of them 25 records have changed.
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
