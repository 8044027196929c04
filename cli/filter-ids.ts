import type { LearningEventType } from '../functions/contract/event-parts.ts';
import { BEGINNING } from '../functions/core/replay/event-history.ts';
import type { EventFilter, Selection } from '../functions/core/replay/selection.ts';
import { type IdSetting, idRule, looksLikeEmail } from '../functions/remote-ids.ts';
import { CommandError, ExitCode } from './terminal/exit-code.ts';

/** An empty list selects all events. */
export type SelectionOptions = {
  type: LearningEventType[];
  learner: string[];
  course: string[];
  progression: string[];
  from?: string;
  to?: string;
};

export function selectionOf(options: SelectionOptions): Selection {
  const { type, learner, course, progression, from = BEGINNING, to } = options;
  const filter = { types: type, learners: learner, courses: course, progressions: progression };
  return { range: { from, to: to ?? null }, filter };
}

/**
 * Returns the filter with the ids as they are stored. If the setting `remoteIds` hashes ids, adds the hash of
 * each id. The id itself stays, because it may be one of Kombo's. An e-mail address does not stay, because a
 * replay stores its filter.
 *
 * @throws CommandError for an e-mail address when the setting omits the platforms' ids
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
        "The setting remoteIds omits the platforms' ids, so an e-mail address matches nothing: give Kombo's ids of learners and progressions.",
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
