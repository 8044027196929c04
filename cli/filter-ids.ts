import type { EventFilter } from '../functions/core/replay/selection.ts';
import { type IdSetting, idRule, looksLikeEmail } from '../functions/remote-ids.ts';
import { CommandError, ExitCode } from './terminal/exit-code.ts';

/**
 * A filter whose ids are as they are stored and published. An id may be Kombo's own, which stays: it is looked for, too,
 * unless it looks like an e-mail address, which is stored nowhere, not in a replay either.
 *
 * @throws CommandError for an e-mail address where ids are omitted
 */
export async function filterByStoredIds(filter: EventFilter, setting: IdSetting): Promise<EventFilter> {
  const { person, course } = await idRule(setting);
  const stored = (ids: string[], replace: typeof person) =>
    ids.flatMap((id) => {
      const other = replace(id);
      if (other === id) return [id];
      if (!looksLikeEmail(id)) return other === null ? [id] : [id, other];
      if (other !== null) return [other];
      throw new CommandError(
        "The setting remoteIds omits the platforms' ids: name learners and progressions by Kombo's ids.",
        ExitCode.wrongUse,
      );
    });
  return {
    ...filter,
    learners: stored(filter.learners, person),
    progressions: stored(filter.progressions, person),
    courses: stored(filter.courses, course),
  };
}
