import { expect } from 'vitest';
import type { LearningEventDetail } from '../../functions/contract/learning-events.ts';
import type { CommandKombo } from '../support/sandbox-kombo.ts';

/**
 * Checks that the events of each progression form an unbroken chain (`previous` is the state of the event
 * before), and that the last state of each progression equals Kombo's. `details` contains each event at least
 * once, in any order.
 */
export function expectComplete(details: LearningEventDetail[], kombo: CommandKombo): void {
  const chains = chainsOf(details);
  for (const [id, chain] of chains) expectUnbroken(id, chain);
  for (const record of kombo.records()) {
    const last = chains.get(record.id)?.at(-1)?.progression;
    // No event is published about a record that was removed before its first poll.
    if (last === undefined) expect(record.removedAt).not.toBeNull();
    else expect({ id: record.id, ...shown(last) }).toEqual({ id: record.id, ...shown(record) });
  }
}

/**
 * Returns the events of each progression in the journal's order, without duplicates. Checks that duplicates
 * are equal.
 */
function chainsOf(details: LearningEventDetail[]): Map<string, LearningEventDetail[]> {
  const byId = new Map<string, LearningEventDetail>();
  for (const detail of details) {
    expect(byId.get(detail.id) ?? detail).toEqual(detail);
    byId.set(detail.id, detail);
  }
  const inOrder = [...byId.values()].sort((a, b) => place(a) - place(b));
  return Map.groupBy(inOrder, ({ progression }) => progression.id);
}

function place({ journal }: LearningEventDetail): number {
  return journal === null ? Number.NaN : journal.entry * 10_000 + journal.index;
}

function expectUnbroken(id: string, chain: LearningEventDetail[]): void {
  let known = chain[0]?.previous ?? null;
  // A record that was removed before its first poll was stored without an event. `previous` of its first
  // event is this stored state.
  if (known !== null) expect({ id, removed: known.removedAt !== null }).toEqual({ id, removed: true });
  for (const { previous, progression } of chain) {
    expect({ id, previous }).toEqual({ id, previous: known });
    known = progression;
  }
}

function shown({ status, removedAt }: { status: string | null; removedAt?: string | null }) {
  return { status, removed: (removedAt ?? null) !== null };
}
