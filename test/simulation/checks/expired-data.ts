import type { School } from '../school/school.ts';
import type { Stories } from './chains.ts';
import type { Accuse } from './violation.ts';

/**
 * Checks that no removal that Kombo shows by mistake is published while the data of the integration is
 * expired.
 *
 * @param komboSkewMs how far Kombo's clock is ahead of the machines' clocks
 */
export function checkExpiredData(
  stories: Stories,
  { falseRemovals }: School,
  komboSkewMs: number,
  accuse: Accuse,
): void {
  for (const { id, removedAt, until } of falseRemovals) {
    for (const { type, detail } of stories.get(id) ?? []) {
      const isAboutIt =
        type === 'ProgressionRemoved' &&
        detail.progression.removedAt === new Date(removedAt).toISOString() &&
        Date.parse(detail.detectedAt) < until - komboSkewMs;
      if (isAboutIt) accuse('expired data is not trusted', JSON.stringify(detail));
    }
  }
}
