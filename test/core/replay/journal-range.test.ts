import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CLOCKS_MS, findEntries } from '../../../functions/core/replay/journal-range.ts';
import { isWithin } from '../../../functions/core/replay/selection.ts';

const START = Date.UTC(2026, 2, 1);
const iso = (ms: number) => new Date(ms).toISOString();

const journals = fc
  .record({
    first: fc.integer({ min: 1, max: 50 }),
    entries: fc.array(
      fc.record({
        gapMs: fc.nat(2 * CLOCKS_MS),
        skewMs: fc.integer({ min: -CLOCKS_MS / 2, max: CLOCKS_MS / 2 }),
        isRemoved: fc.boolean(),
      }),
      { minLength: 1, maxLength: 60 },
    ),
  })
  .map(({ first, entries }) => {
    let time = START;
    return entries.map(({ gapMs, skewMs, isRemoved }, at) => {
      time += gapMs;
      return { number: first + at, detectedAt: iso(time + skewMs), isRemoved };
    });
  });

test('each journal entry of a time range is found, even if the clocks of the writers differed and retention has removed entries', async () => {
  const ranges = fc.record({
    from: fc.integer({ min: -10, max: 130 }),
    length: fc.option(fc.nat(60), { nil: null }),
  });
  await fc.assert(
    fc.asyncProperty(journals, ranges, async (journal, { from, length }) => {
      const begin = START + from * CLOCKS_MS;
      const range = { from: iso(begin), to: length === null ? null : iso(begin + length * CLOCKS_MS) };
      const numbers = { first: journal[0]?.number ?? 0, last: journal.at(-1)?.number ?? 0 };
      const readEntry = async (number: number) => {
        const entry = journal.find((other) => other.number === number);
        return entry === undefined || entry.isRemoved ? null : entry;
      };

      const found = await findEntries(readEntry, numbers, range);

      const wanted = journal.filter(({ detectedAt, isRemoved }) => !isRemoved && isWithin(range, detectedAt));
      for (const { number } of wanted) {
        expect(number).toBeGreaterThanOrEqual(found.first);
        expect(number).toBeLessThanOrEqual(found.last);
      }
    }),
    { numRuns: 1000 },
  );
});

test('in a journal of a million entries, the entries of one day are found with at most 40 reads', async () => {
  let reads = 0;
  const minute = 60_000;
  const readEntry = async (number: number) => {
    reads += 1;
    return { detectedAt: iso(START + number * minute) };
  };
  const day = 24 * 60;
  const from = 500_000;

  const found = await findEntries(
    readEntry,
    { first: 1, last: 1_000_000 },
    { from: iso(START + from * minute), to: iso(START + (from + day) * minute) },
  );

  const slack = CLOCKS_MS / minute;
  expect(found).toEqual({ first: from - slack, last: from + day + slack - 1 });
  expect(reads).toBeLessThanOrEqual(40);
});

test('no journal entry is found for a time range that begins after the last entry', async () => {
  const readEntry = async () => ({ detectedAt: iso(START) });

  const range = { from: iso(START + CLOCKS_MS + 1), to: null };
  expect(await findEntries(readEntry, { first: 1, last: 3 }, range)).toEqual({ first: 4, last: 3 });
});
