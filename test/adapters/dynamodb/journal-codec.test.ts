import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeEntry, encodeEntry } from '../../../functions/adapters/dynamodb/journal-codec.ts';
import { LearningEventType, Status } from '../../../functions/contract/event-parts.ts';
import type { JournalEntry } from '../../../functions/core/state/journal-entry.ts';
import { someChange, someEntry, someState } from './some-items.ts';

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  // An unpaired surrogate, which UTF-8 cannot represent.
  fc.constantFrom('', '\ud83d', '\u0000', '__proto__', 'COMPLETED'),
);
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const time = fc
  .date({
    min: new Date('0000-01-01T00:00:00.000Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  .map((date) => date.toISOString());
const state = fc.record({
  id: text,
  remoteId: nullable(text),
  status: nullable(fc.constantFrom(...Status.options)),
  enrolledAt: nullable(time),
  completedAt: nullable(time),
  changedAt: nullable(time),
  removedAt: nullable(time),
});
const change = fc.record({
  previous: nullable(state),
  previousEntry: nullable(fc.integer({ min: 1, max: 1_000_000_000 })),
  state,
  events: fc.array(fc.constantFrom(...LearningEventType.options), { maxLength: 3 }),
  learner: fc.record({ id: nullable(text), remoteId: nullable(text) }),
  course: fc.record({
    id: nullable(text),
    remoteId: nullable(text),
    revisionId: nullable(text),
    revisionRemoteId: nullable(text),
    title: nullable(text),
  }),
  erased: fc.boolean(),
  discarded: nullable(fc.tuple(state, fc.boolean()).map(([facts, erased]) => ({ ...facts, erased }))),
  unpublishedRemoval: nullable(fc.constantFrom('first-seen', 'silenced')),
});
const count = fc.nat(1_000_000);
const entry: fc.Arbitrary<JournalEntry> = fc.record({
  integration: fc.constant('moodle:7C9M5sXAQx2cNMpVHLojrFpL'),
  number: fc.integer({ min: 1, max: 1_000_000_000 }),
  detectedAt: time,
  mode: fc.constantFrom('incremental', 'baseline', 'reconcile'),
  updatedAfter: nullable(time),
  writer: text,
  changes: fc.array(change, { maxLength: 20 }),
  tally: fc.record({
    firstSeen: count,
    suspect: count,
    decided: count,
    missed: count,
  }),
});

const decoded = (given: JournalEntry) => decodeEntry(encodeEntry(given));

describe('an encoded journal entry', () => {
  it('a journal entry is the same after encoding and decoding', () => {
    fc.assert(
      fc.property(entry, (given) => {
        expect(decoded(given)).toEqual(given);
      }),
    );
  });

  it('two equal journal entries are encoded as the same bytes', () => {
    fc.assert(
      fc.property(entry, (given) => {
        expect(encodeEntry(structuredClone(given))).toEqual(encodeEntry(given));
      }),
      { numRuns: 20 },
    );
  });

  it('a timestamp in an unusual format has the same text after its journal entry is encoded and decoded', () => {
    const odd = '2024-02-29T00:00:00.000000Z';
    const given = someEntry({
      integration: 'a:b',
      changes: [someChange({ state: someState({ changedAt: odd }) })],
    });

    expect(decoded(given)).toEqual(given);
  });

  it('an encoded journal entry of 250 changes has fewer than 120 bytes per change', () => {
    const next = randomNumbers(1);
    const changes = Array.from({ length: 250 }, () => randomChange(next));

    const bytes = encodeEntry(someEntry({ integration: 'a:b', changes })).length;

    expect(bytes / changes.length).toBeLessThan(120);
  });

  it.each([
    ['of one byte each', (next: () => number) => 33 + (next() % 90)],
    ['of three bytes each', (next: () => number) => 0x4e00 + (next() % 0x5000)],
    ['that JSON escapes', (next: () => number) => next() % 32],
    ['that are unpaired surrogates', (next: () => number) => 0xd800 + (next() % 0x800)],
  ])(
    'a journal entry whose changes are 350 KB of JSON is encoded as less than 400 KB, even with random characters %s',
    (_, draw) => {
      const next = randomNumbers(2);
      const random = (length: number) => String.fromCharCode(...Array.from({ length }, () => draw(next)));
      const changes = [someChange()];
      let size = 0;
      while (true) {
        const change = someChange({
          state: someState({ id: random(300), remoteId: random(300) }),
          learner: { id: random(300), remoteId: random(300) },
        });
        size += Buffer.byteLength(JSON.stringify(change)) + 1;
        if (size > 350 * 1024) break;
        changes.push(change);
      }

      expect(encodeEntry(someEntry({ integration: 'a:b', changes })).length).toBeLessThan(400 * 1024 - 500);
    },
  );

  it('decoding refuses a journal entry whose format version is unknown', () => {
    const bytes = encodeEntry(someEntry({ integration: 'a:b' }));
    bytes[0] = 2;

    expect(() => decodeEntry(bytes)).toThrow(
      'The journal entry has version 2, but this program reads version 1',
    );
  });

  it('decoding throws an error when the bytes of a journal entry are cut off', () => {
    const bytes = encodeEntry(someEntry({ integration: 'a:b' })).subarray(0, 40);

    expect(() => decodeEntry(bytes)).toThrow();
  });

  it('decoding refuses a journal entry that has more than 64 MB after decompression', () => {
    const bytes = Buffer.concat([Buffer.of(1), deflateRawSync(Buffer.alloc(65 * 1024 * 1024, ' '))]);

    expect(bytes.length).toBeLessThan(100_000);
    expect(() => decodeEntry(bytes)).toThrow(/larger than/);
  });
});

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/**
 * Returns a change from in progress to completed with values like those of Kombo: random ids of 24
 * characters, one of ten courses, and times with milliseconds.
 */
function randomChange(next: () => number) {
  const id = () => Array.from({ length: 24 }, () => ALPHABET[next() % ALPHABET.length]).join('');
  const daysAgo = (days: number) =>
    new Date(Date.parse('2026-03-01T09:00:00Z') - (next() % (days * 86_400_000))).toISOString();
  const previous = someState({
    id: id(),
    remoteId: id(),
    status: 'IN_PROGRESS',
    enrolledAt: daysAgo(20),
    completedAt: null,
    changedAt: daysAgo(20),
  });
  const course = next() % 10;
  return someChange({
    previous,
    state: { ...previous, status: 'COMPLETED', completedAt: daysAgo(1), changedAt: daysAgo(1) },
    learner: { id: id(), remoteId: id() },
    course: {
      id: `course${course}-7C9M5sXAQx2cNMpVHL`,
      remoteId: `${course}`,
      revisionId: `revision${course}-7C9M5sXAQx2cNM`,
      revisionRemoteId: `${course}`,
      title: `Course ${course}`,
    },
  });
}

/** Returns a generator of pseudo-random numbers of 31 bits with a fixed seed (xorshift). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 1;
  };
}
