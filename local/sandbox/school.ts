import { connectors } from './connector.ts';
import { progressionRecord } from './progression-record.ts';
import type { RecordSource } from './record-source.ts';
import type { SchoolOptions } from './school-options.ts';
import { openSchool, type RollEntry } from './school-roll.ts';

/**
 * A small school that lives. What it shows is a function of the options and the time alone: a process that stops and
 * comes back with the same `startsAt` goes on with the same history. Time is best asked for in order; going back
 * starts the history over.
 */
export function livingSchool(options: SchoolOptions): RecordSource {
  let roll = openSchool(options, connectors[options.connector]);
  let entries: RollEntry[] = [];
  return {
    at(now) {
      if (now < roll.time()) {
        roll = openSchool(options, connectors[options.connector]);
        entries = [];
      }
      if (roll.advance(now)) entries = inPageOrder(roll.entries(), options.order);
      const entryAt = (place: number): RollEntry => {
        const entry = entries[place];
        if (entry === undefined) throw new RangeError(`no record at place ${place} of ${entries.length}`);
        return entry;
      };
      return {
        size: entries.length,
        record: (place) => {
          const { progression, mirrored } = entryAt(place);
          return progressionRecord(progression, mirrored, now);
        },
        changedAt: (place) => entryAt(place).mirrored.changedAt,
        removed: (place) => entryAt(place).mirrored.removedAt !== null,
      };
    },
  };
}

const inPageOrder = (entries: readonly RollEntry[], order: SchoolOptions['order']): RollEntry[] =>
  order === 'stable'
    ? [...entries]
    : entries.toSorted(
        (a, b) =>
          a.mirrored.changedAt - b.mirrored.changedAt || (a.progression.id < b.progression.id ? -1 : 1),
      );
