import type { Status } from '../../functions/contract/event-parts.ts';
import type { Connector } from './connector.ts';
import { days } from './durations.ts';
import type { Moment } from './progression-history.ts';
import type { Random } from './random.ts';

/** How long a removed record keeps its fields: Kombo's deletion policy. */
const ERASED_AFTER_MS = days(14);

/** A progression as Kombo's database holds it. Times are milliseconds since 1970. */
export type Mirrored = {
  status: Status | null;
  enrolledAt: number | null;
  completedAt: number | null;
  removedAt: number | null;
  /** When the mirror noted the change: `changed_at`, and what `updated_after` compares with. */
  changedAt: number;
  /** Every field but the id is gone. */
  erased: boolean;
};

export type MirrorTiming = {
  /** Kombo reads the learning platform this often; 0: at once. */
  syncEveryMs: number;
  /** A noted change can be read at most this much later: a write that is committed after it was stamped. */
  commitDelayMs: number;
};

/**
 * What Kombo shows of a history and from when on, in order of time. An erasure leaves `changedAt` as it is, since
 * nothing says that `updated_after` sees one.
 */
export function* mirrorOf(
  history: Iterable<Moment>,
  connector: Connector,
  timing: MirrorTiming,
  random: Random,
): Generator<{ visibleAt: number; mirrored: Mirrored }> {
  let visibleAt = Number.NEGATIVE_INFINITY;
  let last: Mirrored | null = null;
  for (const { at, standing, touched } of history) {
    const late = random.integer(0, last === null ? connector.enrolmentsLateMs : connector.changesLateMs);
    const delay = random.integer(0, timing.commitDelayMs);
    const changedAt = Math.max(last?.changedAt ?? 0, nextSync(at + late, timing.syncEveryMs));
    const status = connector.statuses.includes(standing.status) ? standing.status : null;
    const next: Mirrored = {
      status,
      enrolledAt: connector.enrolledAt ? standing.enrolledAt : null,
      completedAt: standing.completedAt,
      removedAt: standing.present ? null : (last?.removedAt ?? changedAt),
      changedAt,
      erased: false,
    };
    if (last !== null && !touched && looksLike(last, next)) continue;
    visibleAt = Math.max(visibleAt, changedAt + delay);
    yield { visibleAt, mirrored: next };
    last = next;
  }
  if (last?.removedAt != null) {
    yield { visibleAt: last.removedAt + ERASED_AFTER_MS, mirrored: { ...last, erased: true } };
  }
}

const nextSync = (at: number, every: number) => (every === 0 ? at : Math.ceil(at / every) * every);

const looksLike = (one: Mirrored, other: Mirrored) =>
  one.status === other.status &&
  one.enrolledAt === other.enrolledAt &&
  one.completedAt === other.completedAt &&
  one.removedAt === other.removedAt;
