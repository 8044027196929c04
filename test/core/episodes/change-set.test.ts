import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideEvents } from '../../../functions/core/decide/decide-events.ts';
import { changeSet, fingerprintOf } from '../../../functions/core/episodes/change-set.ts';
import type { Change } from '../../../functions/core/state/journal-entry.ts';
import { observed } from '../../support/observed.ts';

const first = decideEvents(null, observed(), '2026-03-02T08:00:00.000Z');
const changeOf = (id: string, completedAt: string | null = null): Change => {
  if (first === null) throw new Error('a first sight is a change');
  return { ...first, state: { ...first.state, id, completedAt } };
};

test('the set of counted changes contains exactly the added changes, and `add` returns whether a change and its progression are new', () => {
  const some = fc.array(fc.record({ id: fc.nat(400), day: fc.integer({ min: 1, max: 3 }) }), {
    maxLength: 3_000,
  });
  fc.assert(
    fc.property(some, some, (added, others) => {
      const set = changeSet();
      const changes = new Set<string>();
      const progressions = new Set<number>();
      for (const { id, day } of added) {
        const key = `${id}/${day}`;
        expect(set.add(fingerprintOf(changeOf(`p${id}`, `2026-01-0${day}`)))).toEqual({
          isNewChange: !changes.has(key),
          isNewProgression: !progressions.has(id),
        });
        changes.add(key);
        progressions.add(id);
      }
      for (const { id, day } of [...added, ...others]) {
        const isThere = set.has(fingerprintOf(changeOf(`p${id}`, `2026-01-0${day}`)));
        expect(isThere).toBe(changes.has(`${id}/${day}`));
      }
    }),
    { numRuns: 30 },
  );
});

test("the set of a hold's counted changes contains each of 5,000 added changes, and no change that was not added", () => {
  const fingerprints = Array.from({ length: 5_000 }, (_, at) => fingerprintOf(changeOf(`p${at}`)));
  const set = changeSet();
  const added = fingerprints.map((fingerprint) => set.add(fingerprint));
  expect(added.every(({ isNewChange, isNewProgression }) => isNewChange && isNewProgression)).toBe(true);
  const again = fingerprints.map((fingerprint) => set.add(fingerprint));
  expect(again.some(({ isNewChange, isNewProgression }) => isNewChange || isNewProgression)).toBe(false);
  expect(set.has(fingerprintOf(changeOf('another')))).toBe(false);
});

test.each([0, 1, 3])(
  "the set of a hold's counted changes contains all %i fingerprints that were added in one buffer",
  (count) => {
    const fingerprints = Array.from({ length: count }, (_, at) => fingerprintOf(changeOf(`p${at}`)));
    const set = changeSet();
    set.addAll(Buffer.concat(fingerprints));
    expect(fingerprints.map((fingerprint) => set.has(fingerprint))).toEqual(fingerprints.map(() => true));
    expect(set.add(fingerprintOf(changeOf('another')))).toEqual({
      isNewChange: true,
      isNewProgression: true,
    });
  },
);

test('the fingerprint of a change with an erasure differs from the fingerprint of the same change without an erasure', () => {
  const change = changeOf('p1');
  const other = fingerprintOf({ ...change, erased: true });
  expect(Buffer.compare(fingerprintOf(change), other)).not.toBe(0);
});

test('a removal has the same fingerprint before and after Kombo anonymised the removed record', () => {
  const { state, ...change } = changeOf('p1');
  const removal = { ...change, previous: state, state: { ...state, removedAt: '2026-01-01T00:00:00.000Z' } };
  const anonymised = fingerprintOf({ ...removal, erased: true });
  expect(Buffer.compare(fingerprintOf(removal), anonymised)).toBe(0);
});

test.each<[string, Partial<Change['state']>, boolean]>([
  ['depends on the status', { status: 'DROPPED' }, false],
  ['depends on the enrolment date', { enrolledAt: '2026-01-01T00:00:00.000Z' }, false],
  ['depends on the completion date', { completedAt: '2026-01-01T00:00:00.000Z' }, false],
  ['depends on the removal date', { removedAt: '2026-01-01T00:00:00.000Z' }, false],
  ['does not depend on `changed_at`', { changedAt: '2026-01-01T00:00:00.000Z' }, true],
  ['does not depend on the remote id', { remoteId: 'other' }, true],
])('the fingerprint of a change %s', (_what, state, isSame) => {
  const change = changeOf('p1');
  const other = fingerprintOf({ ...change, state: { ...change.state, ...state } });
  expect(Buffer.compare(fingerprintOf(change), other) === 0).toBe(isSame);
});
