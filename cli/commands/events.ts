import type { Command } from 'commander';
import type { LearningEventType } from '../../functions/contract/event-parts.ts';
import type { IntegrationId } from '../../functions/contract/integration.ts';
import { EVENT_SOURCE } from '../../functions/contract/names.ts';
import { minute } from '../../functions/contract/printable-text.ts';
import type { JournalledEvent } from '../../functions/core/decide/events-of-entry.ts';
import type { Store } from '../../functions/core/ports.ts';
import { BEGINNING, readEvents, readEventsOf } from '../../functions/core/replay/event-history.ts';
import type { IdSetting } from '../../functions/remote-ids.ts';
import { findIntegration, onDeployment } from '../deployment/on-deployment.ts';
import type { Deployment } from '../deployment/open-deployment.ts';
import { filterByStoredIds } from '../filter-ids.ts';
import { addIntegrationArgument, listOption, parseInstant, typesOption } from '../options/values.ts';
import { CommandError, ExitCode } from '../terminal/exit-code.ts';
import { interruption } from '../terminal/interruption.ts';
import type { Output } from '../terminal/output.ts';
import { eventLine } from '../views/event-line.ts';
import { plural } from '../views/words.ts';

type EventsOptions = {
  type: LearningEventType[];
  learner: string[];
  course: string[];
  progression: string[];
  from?: string;
  to?: string;
};

/** Adds `schoolbell events`, which prints the events in an integration's journal. */
export function addEventsCommand(program: Command): void {
  addIntegrationArgument(
    program
      .command('events')
      .description('show the events of an integration, from its journal, oldest first'),
  )
    .addOption(typesOption('--type <event...>', 'only events of these types'))
    .addOption(listOption('--learner <id...>', "only these learners, by Kombo's id or the platform's"))
    .addOption(listOption('--course <id...>', "only these courses, by Kombo's id or the platform's"))
    .addOption(listOption('--progression <id...>', 'only these course progressions'))
    .option(
      '--from <time>',
      'only events detected at this time or later: 2026-03-01 or 2026-03-01T09:30Z',
      parseInstant,
    )
    .option('--to <time>', 'only events detected before this time', parseInstant)
    .action((id: IntegrationId, options: EventsOptions, command: Command) => {
      refuseEmptyRange(options);
      let shown = 0;
      const show = async ({ ports: { store }, ids }: Deployment, output: Output) => {
        await findIntegration(store, id);
        const setAside = await reasonsOfSetAsideEvents(store, id);
        for await (const { type, detail } of await history(store, ids, id, options)) {
          if (interruption().aborted) return;
          shown += 1;
          const reason = setAside.get(detail.id);
          const suffix =
            reason === undefined
              ? `  (published ${minute(detail.detectedAt)})`
              : `  (NOT published: ${reason})`;
          output.answer(
            {
              'detail-type': type,
              source: EVENT_SOURCE,
              detail,
              ...(reason !== undefined && { setAside: reason }),
            },
            ...eventLine({ 'detail-type': type, detail }, { suffix }),
          );
        }
        output.say(shown === 0 ? noEvents(id, options) : `${plural(shown, 'event')}.`);
      };
      return onDeployment(command, show, { howFar: () => `stopped after ${plural(shown, 'event')}.` });
    });
}

function refuseEmptyRange({ from, to }: EventsOptions): void {
  if (from === undefined || to === undefined || from < to) return;
  throw new CommandError(`--from (${from}) must be earlier than --to (${to}).`, ExitCode.wrongUse);
}

/**
 * Reads the events that were published or set aside. With the ids of progressions, reads only the journal
 * entries that changed one of these progressions.
 */
async function history(
  store: Store,
  ids: IdSetting,
  id: IntegrationId,
  options: EventsOptions,
): Promise<AsyncIterable<JournalledEvent> | JournalledEvent[]> {
  const { type, learner, course, progression, from = BEGINNING, to = null } = options;
  const filter = await filterByStoredIds(
    { types: type, learners: learner, courses: course, progressions: progression },
    ids,
  );
  const selection = { range: { from, to }, filter };
  const known = await store.readKnown(id, progression);
  if (progression.length === 0 || known.size < new Set(progression).size) {
    return readEvents(store, id, selection, 'earliest-first');
  }
  const events = await Array.fromAsync(readEventsOf(store, id, progression, selection));
  return events.toReversed();
}

function noEvents(
  id: IntegrationId,
  { type, learner, course, progression, from, to }: EventsOptions,
): string {
  const isFiltered = [type, learner, course, progression].flat().length > 0 || (from ?? to) !== undefined;
  return isFiltered ? `No event of ${id} matches the options.` : `There are no events of ${id} yet.`;
}

async function reasonsOfSetAsideEvents(store: Store, id: IntegrationId): Promise<Map<string, string>> {
  const items = await store.readSetAside(id);
  return new Map(items.flatMap((item) => (item.kind === 'event' ? [[item.id, item.reason]] : [])));
}
