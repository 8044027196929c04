import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planReplay } from '../../../functions/core/replay/plan-replay.ts';
import type { ReplayPlan } from '../../../functions/core/replay/replay-record.ts';
import { ANY_EVENT, type EventFilter } from '../../../functions/core/replay/selection.ts';
import { komboId } from '../../../local/sandbox/school/random.ts';
import { observed } from '../../support/observed.ts';
import { type ReplayWorld, replayWorld } from '../../support/replay-world.ts';

/** Returns an id in the form of Kombo's ids. */
const id = (letter: string) => letter.repeat(24);
const [ANN, BEN, EVE] = [id('a'), id('b'), id('e')];
const [FIRE, LAW, FIRST] = [id('F'), id('L'), id('R')];

/**
 * Creates four records: Ann and Ben in two courses each. Each page has one record. The platform's own ids are
 * `7` and `8` for the learners, and `c-F` and `c-L` for the courses.
 */
function school(): ReplayWorld {
  const at = replayWorld();
  at.kombo.pageSize = 1;
  let number = 0;
  for (const [learner, own] of [
    [ANN, '7'],
    [BEN, '8'],
  ] as const) {
    for (const [course, revision] of [
      [FIRE, FIRST],
      [LAW, id('S')],
    ] as const) {
      number += 1;
      at.put(
        observed(
          { id: `p${number}` },
          {
            learner: { id: learner, remoteId: own },
            course: { ...observed().course, id: course, revisionId: revision, remoteId: `c-${course.at(0)}` },
          },
        ),
      );
    }
  }
  return at;
}

async function plan(at: ReplayWorld, filter: Partial<EventFilter>): Promise<ReplayPlan> {
  const range = { from: '2026-01-01T00:00:00.000Z', to: null };
  const request = { range, filter: { ...ANY_EVENT, ...filter }, source: 'kombo' as const };
  const answer = await planReplay(at.ports, at.integration, request);
  if ('refused' in answer) throw new Error(answer.refused);
  return answer.plan;
}

/**
 * Returns, for each request for a first page since the last call of this function, the learners that it asks
 * for. An empty list means all learners.
 */
function asked(at: ReplayWorld) {
  const reads = at.kombo.reads.splice(0).filter(({ cursor }) => cursor === null);
  return reads.map(({ users = [] }) => users);
}

const ALL: string[] = [];
const sent = (at: ReplayWorld) => at.replayed().map(({ detail }) => detail.progression.id);

describe('the requests of a replay from Kombo', () => {
  test('a replay from Kombo reads only the records of the given learners when the filter has their ids in Kombo', async () => {
    const at = school();
    const replay = await at.order(await plan(at, { learners: [ANN] }));
    expect(asked(at)).toEqual([[ANN]]);

    await at.run(replay);

    expect(asked(at)).toEqual([[ANN]]);
    expect(sent(at)).toEqual(['p1', 'p2']);
  });

  test.each([
    ["a learner by the platform's own id", { learners: ['7'] }, [ANN], 2],
    ["one learner by Kombo's id and one by the platform's", { learners: [ANN, '8'] }, [ANN, BEN], 4],
    ["a course by Kombo's id", { courses: [LAW] }, [ANN, BEN], 2],
    ["a course by the platform's own id", { courses: ['c-F'] }, [ANN, BEN], 2],
    ["a course by its revision's id", { courses: [FIRST] }, [ANN, BEN], 2],
  ])(
    'for the filter by %s, a replay from Kombo reads all records to find the learners, and then only their records',
    async (...row) => {
      const [, filter, users, events] = row;
      const at = school();
      const replay = await at.order(await plan(at, filter));
      expect(asked(at)).toEqual([ALL]);

      await at.run(replay);

      expect(asked(at)).toEqual([users]);
      expect(sent(at)).toHaveLength(events);
    },
  );

  test("a replay from Kombo reads all records when a given learner id finds no learner, since it may be the platform's own id", async () => {
    const at = school();
    at.put(observed({ id: 'p9' }, { learner: { id: BEN, remoteId: EVE } }));

    const { events } = await plan(at, { learners: [ANN, EVE] });

    expect(events).toBe(3);
    expect(asked(at)).toEqual([[ANN, EVE], ALL]);
  });

  test.each([
    [50, 'only the records of these learners'],
    [51, 'all records, since the ids do not fit into a request'],
  ])('a replay from Kombo for %i learners reads %s', async (count) => {
    const at = replayWorld();
    const learners = Array.from({ length: count }, (_, number) => komboId('learner', number));
    learners.forEach((learner, number) => {
      at.put(observed({ id: `q${10 + number}` }, { learner: { id: learner, remoteId: null } }));
    });
    const users = count === 50 ? learners : [];

    expect((await plan(at, { learners })).position).toMatchObject({ users });
    expect(asked(at)).toEqual([users]);
  });

  test('a replay from Kombo keeps its filter when Kombo no longer accepts the cursor and the replay starts over', async () => {
    const at = school();
    const replay = await at.order(await plan(at, { learners: [ANN] }));
    asked(at);
    at.kombo.cursorsRefused = 1;

    await at.run(replay);

    expect(asked(at)).toEqual([[ANN], [ANN]]);
  });

  test('a replay from Kombo reads all records when the requests for the given learners find fewer events than the plan of the replay counted', async () => {
    const at = school();
    const replay = await at.order(await plan(at, { courses: [LAW] }));
    asked(at);
    at.kombo.filters = 'unsupported';

    expect(await at.run(replay)).toMatchObject({ replay: { state: 'finished', events: 2, published: 2 } });

    expect(asked(at)).toEqual([[ANN, BEN], ALL]);
    expect(sent(at)).toEqual(['p2', 'p4']);
  });

  test('a replay from Kombo that misses events reads all records once and reports the events that Kombo no longer has as missing', async () => {
    const at = school();
    const replay = await at.order(await plan(at, { courses: [LAW] }));
    asked(at);
    at.shown.splice(1, 1);

    expect(await at.run(replay)).toMatchObject({ replay: { state: 'finished', events: 2, published: 1 } });

    expect(asked(at)).toEqual([[ANN, BEN], ALL]);
    expect(at.bus.notified.at(-1)).toMatchObject({ type: 'ReplayFinished', detail: { missing: 1 } });
  });
});

/**
 * Generates only four ids, so that a learner and a course can have the same id. Kombo's ids are unique only
 * within a model.
 */
const komboIds = fc.constantFrom(...['a', 'b', 'c', 'd'].map(id));
const ownIds = fc.constantFrom('7', '8', '9', 'x,y', id('o'));
const either = <Id>(ids: fc.Arbitrary<Id>) => fc.option(ids, { nil: null, freq: 8 });

const records = fc.array(
  fc.record({
    user: either(komboIds),
    own: either(ownIds),
    course: either(komboIds),
    revision: either(komboIds),
  }),
  { minLength: 1, maxLength: 12 },
);
const list = fc.oneof(
  fc.constant<string[]>([]),
  fc.array(fc.oneof(komboIds, ownIds), { minLength: 1, maxLength: 3 }),
);

test('a replay from Kombo sends each selected event, whether the platform supports, ignores or refuses filters by learner', async () => {
  await fc.assert(
    fc.asyncProperty(
      records,
      fc.record({ learners: list, courses: list }),
      fc.constantFrom('supported' as const, 'ignored' as const, 'unsupported' as const),
      fc.boolean(),
      async (shown, filter, filters, worksLater) => {
        const at = replayWorld();
        at.kombo.pageSize = 2;
        at.kombo.filters = filters;
        for (const [number, { user, own, course, revision }] of shown.entries()) {
          const rest = { ...observed().course, id: course, revisionId: revision, remoteId: own };
          at.put(observed({ id: `p${number}` }, { learner: { id: user, remoteId: own }, course: rest }));
        }
        const isMeant = (wanted: string[], ids: (string | null)[]) =>
          wanted.length === 0 || wanted.some((one) => ids.includes(one));
        const meant = shown.flatMap(({ user, own, course, revision }, number) =>
          isMeant(filter.learners, [user, own]) && isMeant(filter.courses, [course, revision, own])
            ? [`p${number}`]
            : [],
        );
        if (meant.length === 0) {
          await expect(plan(at, filter)).rejects.toThrow(/No event/);
          return;
        }

        const planned = await plan(at, filter);
        if (!worksLater) at.kombo.filters = 'unsupported';
        const outcome = await at.run(await at.order(planned));

        expect(planned.events).toBe(meant.length);
        expect([...new Set(sent(at))].toSorted()).toEqual(meant.toSorted());
        expect(outcome).toMatchObject({ replay: { state: 'finished', published: meant.length } });
      },
    ),
    { numRuns: 1000 },
  );
});
