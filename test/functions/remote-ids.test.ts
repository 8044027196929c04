import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filterByStoredIds } from '../../cli/filter-ids.ts';
import { observe } from '../../functions/adapters/kombo/progression-record.ts';
import { RemoteIds } from '../../functions/contract/environment.ts';
import { deriveEvents } from '../../functions/core/decide/derive-from-record.ts';
import { eventsOfEntry } from '../../functions/core/decide/events-of-entry.ts';
import { retrySetAside } from '../../functions/core/operator/retry-set-aside.ts';
import { withLease } from '../../functions/core/operator/with-lease.ts';
import { runPoll } from '../../functions/core/poll/run-poll.ts';
import { ANY_EVENT } from '../../functions/core/replay/selection.ts';
import { standInId } from '../../functions/core/state/set-aside.ts';
import { idRule, komboWithIds, looksLikeEmail, storeWithIds } from '../../functions/remote-ids.ts';
import { rawRecord } from '../adapters/kombo/raw-record.ts';
import { observed } from '../support/observed.ts';
import { HOUR_MS } from '../support/test-clock.ts';
import { type World, world } from '../support/world.ts';

const KEY = 'k'.repeat(64);
const EMAIL = 'jane.doe@example.com';
const MODES = RemoteIds.options;
const settingOf = (mode: RemoteIds, key = KEY) => ({ mode, key: async () => key });
const ruleOf = (mode: RemoteIds, key = KEY) => idRule(settingOf(mode, key));

/**
 * Creates a client of Kombo and a store with this setting of `remoteIds`, and a function that polls with
 * them. For every setting, the records and the table are those of `at`.
 */
function polled(at: World, mode: RemoteIds) {
  const kombo = komboWithIds(at.kombo, settingOf(mode));
  const store = storeWithIds(at.store, settingOf(mode));
  let polls = 0;
  const poll = async (run: 'incremental' | 'reconcile' = 'incremental') => {
    polls += 1;
    at.clock.advance(HOUR_MS);
    const owner = `${mode}-${polls}`;
    const request = { integration: at.integration, mode: run, owner, timeLeft: () => true };
    expect(await runPoll({ ...at.ports, kombo, store }, at.settings, request)).toMatchObject({
      kind: 'ended',
    });
  };
  return { kombo, store, poll };
}

/** Shows a record of a platform whose own ids are all e-mail addresses. */
function withEmails(at: World, status: 'ENROLLED' | 'COMPLETED') {
  const changedAt = new Date(at.clock.read()).toISOString();
  const course = { ...observed().course, remoteId: 'c@example.com', revisionRemoteId: 'r@example.com' };
  at.put(
    observed(
      { status, remoteId: `${EMAIL}/7`, changedAt, completedAt: status === 'COMPLETED' ? changedAt : null },
      {
        learner: { id: 'u1', remoteId: EMAIL },
        course,
        learnerDetails: { firstName: null, lastName: null, email: null },
      },
    ),
  );
}

async function history(mode: RemoteIds) {
  const at = world({ mode: 'publish' });
  const parts = polled(at, mode);
  for (const status of ['ENROLLED', 'COMPLETED', 'ENROLLED', 'COMPLETED'] as const) {
    withEmails(at, status);
    await parts.poll();
  }
  expect(at.types().filter((type) => type !== 'LearnerEnrolled')).toHaveLength(3);
  return { at, ...parts };
}

describe('the hash of an id', () => {
  const email = fc
    .tuple(fc.emailAddress(), fc.constantFrom('', 'mailto:', 'course-7/'))
    .map(([a, b]) => b + a);

  test.each([
    EMAIL,
    'JANE@EXAMPLE.COM',
    'jane@localhost',
    'mailto:j@x',
    'j%40x.com',
    'jane\uff20x',
    'a:j@x:b',
    'jäne@exämple',
  ])('the id "%s" counts as an e-mail address', (id) => expect(looksLikeEmail(id)).toBe(true));
  test.each(['1007', 'jane.doe', '@', '@jane', 'jane@', 'a @ b', '7otQ9G6MK7cokmMqpBJ3h7LC'])(
    'the id "%s" does not count as an e-mail address',
    (id) => expect(looksLikeEmail(id)).toBe(false),
  );

  test('the setting `hash-emails` hashes each id that looks like an e-mail address and keeps every other id', async () => {
    const { person, course } = await ruleOf('hash-emails');
    await fc.assert(
      fc.property(email, fc.string(), (address, id) => {
        for (const replace of [person, course]) {
          expect(replace(address)).toMatch(/^hashed-[\w-]{22}$/);
          expect(replace(id)).toBe(looksLikeEmail(id) ? replace(id) : id);
        }
      }),
    );
  });

  test('the same id always has the same hash, two ids have different hashes, and a hash is not hashed again', async () => {
    for (const mode of MODES) {
      const { person, course } = await ruleOf(mode);
      await fc.assert(
        fc.property(fc.oneof(email, fc.string()), fc.oneof(email, fc.string()), (one, other) => {
          for (const replace of [person, course]) {
            expect(replace(replace(one))).toBe(replace(one));
            if (replace(one) !== null) expect(replace(one) === replace(other)).toBe(one === other);
            if (mode !== 'keep' && looksLikeEmail(one)) expect(replace(one) ?? '').not.toContain('@');
          }
        }),
      );
    }
  });

  test('the hash of an id depends on the key, and a key of fewer than 32 characters is refused', async () => {
    const [one, other] = [await ruleOf('hash'), await ruleOf('hash', 'o'.repeat(64))];
    expect(one.person(EMAIL)).not.toBe(other.person(EMAIL));
    await expect(ruleOf('hash', 'short')).rejects.toThrow('has fewer than 32 characters');
  });
});

describe.each(['hash-emails', 'hash', 'omit'] as const)('events with the setting `remoteIds: %s`', (mode) => {
  test('no e-mail address is stored or published unless `remoteIds` is `keep`', async () => {
    const { at } = await history(mode);
    expect(at.store.written.length).toBeGreaterThan(5);
    for (const text of [...at.store.written, JSON.stringify(at.bus.published)])
      expect(text).not.toContain('example.com');
  });

  test('with hashed or omitted remote ids, an event has the same ids when it is published, in the journal and in a replay from Kombo', async () => {
    const { at, store, kombo } = await history(mode);
    const journal = [];
    for await (const entry of store.readEntries(at.integration.id, 1, 99))
      journal.push(...eventsOfEntry(entry, null));
    expect(journal.map(({ detail }) => detail)).toEqual(at.bus.published.map(({ detail }) => detail));
    for (const [index, { detail }] of journal.entries()) {
      expect(detail.previous).toEqual(journal[index - 1]?.detail.progression ?? null);
    }
    const { records } = await kombo.readByIds(at.integration.id, ['p1']);
    const derived = records.flatMap((record) =>
      deriveEvents(at.integration.id, record, '2026-05-01T00:00:00.000Z'),
    );
    expect(derived.at(-1)?.detail.learner).toEqual(journal.at(-1)?.detail.learner);
    expect(derived.at(-1)?.detail.progression.remoteId).toBe(journal.at(-1)?.detail.progression.remoteId);
  });
});

test.each(MODES)(
  'with `remoteIds: %s`, a record without an id is published and no longer set aside when a poll or a retry reads it with an id',
  async (mode) => {
    for (const isRetried of [false, true]) {
      const at = world({ mode: 'publish' });
      const { kombo, store, poll } = polled(at, mode);
      const seen = observe(rawRecord({ id: null, remote_id: `${EMAIL}/7` }));
      at.kombo.rejected = 'rejected' in seen ? [seen.rejected] : [];
      await poll();
      expect(at.store.aside).toHaveLength(1);
      const withoutHash = standInId({ remoteId: `${EMAIL}/7`, learnerId: 'u1', revisionId: 'r1' });
      expect(at.store.aside[0]?.id === withoutHash).toBe(mode === 'keep');

      at.kombo.rejected = [];
      const mended = observe(
        rawRecord({ remote_id: `${EMAIL}/7`, changed_at: new Date(at.clock.read()).toISOString() }),
      );
      if ('observed' in mended) at.put(mended.observed);
      if (isRetried) {
        const ports = { ...at.ports, kombo, store };
        await withLease(ports, at.settings, at.integration, 'operator', async (worker) =>
          retrySetAside(worker, await store.readSetAside(at.integration.id)),
        );
      } else {
        await poll();
      }
      expect(at.types()).toContain('CourseStarted');
      expect(at.store.aside).toEqual([]);
    }
  },
);

const changes = MODES.flatMap((from) => MODES.filter((to) => to !== from).map((to) => [from, to] as const));
test.each(changes)(
  'no event is published when the setting `remoteIds` changes from %s to %s',
  async (from, to) => {
    const { at } = await history(from);
    const before = at.bus.published.length;
    const entries = at.store.journal.size;
    const after = polled(at, to);
    for (let run = 0; run < 3; run += 1) await after.poll('reconcile');
    expect(at.bus.published).toHaveLength(before);
    // If the new setting shows ids that the old setting hashed or omitted, one journal entry may store these
    // ids.
    expect(at.store.journal.size - entries).toBeLessThanOrEqual(
      to === 'keep' || from === 'omit' || from === 'hash' ? 1 : 0,
    );

    withEmails(at, 'ENROLLED');
    await after.poll();
    const { person } = await ruleOf(to);
    const [last, next] = at.bus.published.slice(-2).map(({ detail }) => detail);
    expect(next?.previous).toEqual({
      ...last?.progression,
      remoteId: person(last?.progression.remoteId ?? null),
    });
    expect(next?.learner.remoteId).toBe(person(EMAIL));
    const read = [await after.store.readEntry(at.integration.id, 1)];
    for await (const entry of after.store.readEntries(at.integration.id, 1, 99)) read.push(entry);
    expect(read.length).toBeGreaterThan(4);
    if (to !== 'keep') expect(JSON.stringify(read)).not.toContain('@');
    if (to !== 'keep') expect(JSON.stringify(next)).not.toContain('@');
  },
);

describe('a filter of a replay', () => {
  const filter = { ...ANY_EVENT, learners: [EMAIL, 'u1'], courses: ['c1'] };

  test('an e-mail address in the filter of a replay is replaced by its hash, which is the id in the events', async () => {
    const { person } = await ruleOf('hash-emails');
    const stored = await filterByStoredIds(filter, settingOf('hash-emails'));
    expect(stored).toEqual({ ...filter, learners: [person(EMAIL), 'u1'] });
  });

  test('with `remoteIds: hash`, the filter of a replay contains each given id and its hash, and with `keep` only the given ids', async () => {
    const { person } = await ruleOf('hash');
    expect((await filterByStoredIds(filter, settingOf('hash'))).learners).toEqual([
      person(EMAIL),
      'u1',
      person('u1'),
    ]);
    expect(await filterByStoredIds(filter, settingOf('keep'))).toEqual(filter);
  });

  test('with `remoteIds: omit`, a replay for an e-mail address is refused, because an empty filter would select all learners', async () => {
    await expect(filterByStoredIds(filter, settingOf('omit'))).rejects.toThrow("give Kombo's ids");
    expect((await filterByStoredIds({ ...filter, learners: ['u1'] }, settingOf('omit'))).learners).toEqual([
      'u1',
    ]);
  });
});
