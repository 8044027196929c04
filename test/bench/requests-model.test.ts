import { describe, expect, it } from 'vitest';
import { type CountedSchool, openCountedSchool, type PollCounts } from '../../bench/counted-school.ts';
import {
  dispatchRequests,
  firstSyncRequests,
  pollRequests,
  type Requests,
  reconciliationRequests,
  sum,
  times,
} from '../../bench/requests-model.ts';

const RECORDS = 2;
const QUARTER_MS = 15 * 60 * 1000;
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** What is both counted and modelled. */
type Counted = Omit<Requests, 'milliseconds'>;

function idsOf(integrations: number): string[] {
  return Array.from(
    { length: integrations },
    (_, at) => `moodle:7C9M5sXAQx2cNMpVHLoj${String(at).padStart(4, '0')}`,
  );
}

function asCounted({ milliseconds: _, ...requests }: Requests): Counted {
  return requests;
}

function poll({ journalBytes: _, ...used }: PollCounts): Counted {
  return { ...used, invocations: 1, messages: 0, sends: 0 };
}

function add(counts: Counted[]): Counted {
  return asCounted(sum(counts.map((each) => ({ ...each, milliseconds: 0 }))));
}

/** One dispatch and the polls that it sends; how many of them are to reconcile is the calendar's matter. */
async function turn(school: CountedSchool): Promise<{ counted: Counted; reconciliations: number }> {
  const { used, sends, messages } = await school.dispatch();
  const counts: Counted[] = [{ ...poll(used), sends, messages: messages.length }];
  for (const { integration, mode } of messages) counts.push(poll(await school.poll(integration, mode)));
  const reconciliations = messages.filter(({ mode }) => mode === 'reconcile').length;
  return { counted: add(counts), reconciliations };
}

describe('the model of requests and capacity units', () => {
  it.each([1, 10, 100])('holds an hour of %i integrations exactly', async (integrations) => {
    const ids = idsOf(integrations);
    const school = await openCountedSchool(ids.map((id) => ({ id, count: RECORDS })));
    try {
      const first: Counted[] = [];
      for (const id of ids) first.push(poll(await school.poll(id)));
      expect(add(first)).toEqual(asCounted(times(integrations, firstSyncRequests(RECORDS))));

      const change = (every: number) => {
        for (const records of school.records.values()) records.change(every, school.clock.now());
      };
      // No run has ended for longer than an hour, and every integration's place in the week was passed.
      school.clock.advance(WEEK_MS + QUARTER_MS);
      const hour = [await turn(school)];
      school.clock.advance(QUARTER_MS);
      change(1);
      hour.push(await turn(school));
      // The overlap shows them again.
      school.clock.advance(QUARTER_MS);
      hour.push(await turn(school));
      school.clock.advance(QUARTER_MS);
      change(RECORDS);
      hour.push(await turn(school));

      const dispatches = [integrations, 0, 0, 0].map((suspicious) =>
        dispatchRequests({ integrations, due: integrations, suspicious }),
      );
      const polls = [
        pollRequests({ records: 0, changes: 0 }),
        pollRequests({ records: RECORDS, changes: RECORDS }),
        pollRequests({ records: RECORDS, changes: 0 }),
        pollRequests({ records: 1, changes: 1 }),
      ];
      const reconciliations = hour.map((each) => each.reconciliations);
      expect(reconciliations[0]).toBe(integrations);
      const modelled = sum([
        ...dispatches,
        ...polls.map((each) => times(integrations, each)),
        ...reconciliations.map((count) => times(count, reconciliationRequests(RECORDS))),
      ]);
      expect(add(hour.map(({ counted }) => counted))).toEqual(asCounted(modelled));
    } finally {
      await school.close();
    }
  });

  it('holds what is read on several pages exactly', async () => {
    const records = 300;
    const [id = ''] = idsOf(1);
    const school = await openCountedSchool([{ id, count: records }]);
    try {
      const first = poll(await school.poll(id));
      // How many bytes an entry and a cursor have is Kombo's matter, and so are their write units.
      expect({ ...first, writeUnits: 0 }).toEqual({
        ...asCounted(firstSyncRequests(records)),
        writeUnits: 0,
      });

      school.clock.advance(WEEK_MS + QUARTER_MS);
      const idle = pollRequests({ records: 0, changes: 0 });
      expect(poll(await school.poll(id, 'reconcile'))).toEqual(
        asCounted(sum([idle, reconciliationRequests(records)])),
      );

      await school.reread(id);
      expect(poll(await school.poll(id))).toEqual(asCounted(pollRequests({ records, changes: 0 })));
    } finally {
      await school.close();
    }
  });
});
