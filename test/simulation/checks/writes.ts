import * as z from 'zod/mini';
import type { Item } from '../table/attribute-values.ts';
import type { MemoryTable } from '../table/memory-table.ts';
import type { World } from '../world/world.ts';
import type { Accuse } from './violation.ts';

/**
 * The fields of a checkpoint that are checked. Parsing all fields at each write would double the time of the
 * simulation.
 */
const Progress = z.object({ entry: z.int(), watermark: z.nullable(z.string()) });

const EPOCH = '1970-01-01T00:00:00.000Z';
/**
 * How far the watermark may go back, in milliseconds. It comes from Kombo's `date` header, which has whole
 * seconds and a random delay of up to 1.5 seconds.
 */
const CLOCKS_DIFFER_MS = 2_000;
/**
 * The largest size in bytes that this check accepts for a stored item of a hold, about a quarter of
 * DynamoDB's limit of 400 KB.
 */
const HELD_BYTES = 100_000;

/**
 * Checks at each write that nothing goes back: the checkpoint's entry number and watermark, an appended
 * journal entry, and the entry number of a progression.
 */
export function checkWrites({ table, scenario, watermarks }: World, accuse: Accuse): void {
  const { faults: rates, machineSkewMs } = scenario;
  // The entry of a worker that was frozen, or whose write is delayed, can be appended after another worker
  // has acquired the lease. Then it is unfinished until the next poll, so with these faults the integration
  // is not checked for unfinished entries.
  const isPrompt = rates.frozen === 0 && rates['table-write-delayed'] === 0;
  let latest: string | null = null;
  table.watch((before, after) => {
    const [kindAfter] = (after?.['pk']?.S ?? '').split('/');
    if (isPrompt && kindAfter === 'integrations') checkNothingIsLeft(table, accuse);
    if (kindAfter === 'journal') watermarks.set(Number(after?.['sk']?.S), latest);
    if (kindAfter === 'held') checkSize(after, accuse);
    if (before === undefined) return;
    const [kind] = (before['pk']?.S ?? '').split('/');
    switch (kind) {
      case 'integration':
        latest = later(latest, checkCheckpoint(before, after, 2 * machineSkewMs, accuse));
        break;
      case 'journal':
        accuse('the journal is never altered', `entry ${before['sk']?.S} was written again`);
        break;
      case 'progressions':
        if (Number(after?.['entry']?.N) < Number(before['entry']?.N)) {
          accuse(
            'an older state never replaces a newer one',
            `${before['sk']?.S} got the state of an earlier entry`,
          );
        }
        break;
    }
  });
}

/**
 * Checks that each entry is published when the settings of the integration are written, because a paused or
 * removed integration may never be polled again.
 */
function checkNothingIsLeft(table: MemoryTable, accuse: Accuse): void {
  const items = table.items();
  const isOf = (kind: string) => (item: Item) => item['pk']?.S?.startsWith(kind) === true;
  const content = items.find((item) => item['sk']?.S === 'checkpoint')?.['content']?.S;
  const { entry } = Progress.parse(JSON.parse(content ?? ''));
  const entries = items.filter(isOf('journal/')).length;
  if (entries > entry) {
    accuse(
      'a paused integration has no unfinished entry',
      `the journal has entry ${entries}, and the last finished entry is ${entry}`,
    );
  }
}

/**
 * Checks that the entry number and the watermark of the checkpoint do not go back.
 *
 * @param slackMs how far the watermark may go back because the machines' clocks differ
 * @returns the watermark, or null if the checkpoint did not change
 */
function checkCheckpoint(
  before: Item,
  after: Item | undefined,
  slackMs: number,
  accuse: Accuse,
): string | null {
  const [was, is] = [before, after].map((item) => item?.['content']?.S);
  if (was === is) return null;
  if (was === undefined || is === undefined) {
    accuse('the checkpoint never goes back', 'it is gone');
    return null;
  }
  const [older, newer] = [was, is].map((content) => Progress.parse(JSON.parse(content)));
  if (older === undefined || newer === undefined) return null;
  if (newer.entry < older.entry) {
    accuse('the checkpoint never goes back', `from entry ${older.entry} to ${newer.entry}`);
  }
  const back = Date.parse(older.watermark ?? EPOCH) - Date.parse(newer.watermark ?? EPOCH);
  if (back > CLOCKS_DIFFER_MS + slackMs) {
    accuse('the checkpoint never goes back', `from watermark ${older.watermark} to ${newer.watermark}`);
  }
  return newer.watermark;
}

function later(a: string | null, b: string | null): string | null {
  return (a ?? '') > (b ?? '') ? a : b;
}

function checkSize(item: Item | undefined, accuse: Accuse): void {
  const bytes = JSON.stringify(item).length;
  if (bytes > HELD_BYTES) accuse('held changes are stored in small items', `${bytes} bytes`);
}
