import { describe, expect, test } from 'vitest';
import { decideEvents } from '../../../functions/core/decide/decide-events.ts';
import type { Decision } from '../../../functions/core/decide/decide-page.ts';
import { splitChanges } from '../../../functions/core/journal/commit-entry.ts';
import { EMPTY_TALLY } from '../../../functions/core/state/journal-entry.ts';
import { observed } from '../../support/observed.ts';

function decision(id: string, title = 'Fire safety'): Decision {
  const record = observed({ id });
  const change = decideEvents(
    null,
    { ...record, course: { ...record.course, title } },
    '2026-03-02T08:00:00.000Z',
  );
  if (change === null) throw new Error('a first sight is a change');
  return { change, tally: EMPTY_TALLY, suspect: null, learnerDetails: record.learnerDetails };
}
const decisions = Array.from({ length: 20 }, (_, at) => decision(`p${at}`));
const sizeOf = (part: Decision[]) => Buffer.byteLength(JSON.stringify(part.map(({ change }) => change)));

describe('the changes of a page', () => {
  test('the changes of a page are not split when they fit into one journal entry', () => {
    expect(splitChanges(decisions)).toEqual([decisions]);
  });

  test('the changes of a page that do not fit into one journal entry are split in order into parts within the limit', () => {
    const limit = 4_000;
    const parts = splitChanges(decisions, limit);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.flat()).toEqual(decisions);
    for (const part of parts) expect(sizeOf(part) - part.length - 1).toBeLessThanOrEqual(limit);
  });

  test('whether the changes of a page fit into one journal entry is measured in bytes, not in characters', () => {
    const wide = [decision('a', '漢'.repeat(500)), decision('b', '漢'.repeat(500))];
    expect(splitChanges(wide, 3_500)).toHaveLength(2);
  });

  test('a change that alone exceeds the limit of a journal entry gets a part without other changes', () => {
    const [first, second] = decisions;
    if (first === undefined || second === undefined) throw new Error('two decisions');
    expect(splitChanges([first, second], 1)).toEqual([[first], [second]]);
  });

  test('a page without changes is split into no parts', () => {
    expect(splitChanges([])).toEqual([]);
  });
});
