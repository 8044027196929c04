import type { Command } from 'commander';
import type { LearningEventType } from '../../functions/contract/event-parts.ts';
import type { IntegrationId } from '../../functions/contract/integration.ts';
import { EVENT_SOURCE } from '../../functions/contract/names.ts';
import { minute } from '../../functions/contract/printable-text.ts';
import { eventsOfEntry } from '../../functions/core/decide/events-of-entry.ts';
import type { Store } from '../../functions/core/ports.ts';
import { findEntries } from '../../functions/core/replay/journal-range.ts';
import { ANY_EVENT, isWanted } from '../../functions/core/replay/selection.ts';
import type { IdSetting } from '../../functions/remote-ids.ts';
import { findIntegration, onDeployment } from '../deployment/on-deployment.ts';
import { filterByStoredIds } from '../filter-ids.ts';
import { addIntegrationArgument, listOption, parseInstant, typesOption } from '../options/values.ts';
import { CommandError, ExitCode } from '../terminal/exit-code.ts';
import { eventLine } from '../views/event-line.ts';
import { plural } from '../views/words.ts';

type EventsOptions = {
  type: LearningEventType[];
  learner: string[];
  course: string[];
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
    .addOption(typesOption('--type <event...>', 'only these events'))
    .addOption(listOption('--learner <id...>', "only these learners, by Kombo's id or the platform's"))
    .addOption(listOption('--course <id...>', "only these courses, by Kombo's id or the platform's"))
    .option(
      '--from <time>',
      'only events detected at this time or later: 2026-03-01 or 2026-03-01T09:30Z',
      parseInstant,
    )
    .option('--to <time>', 'only events detected before this time', parseInstant)
    .action((id: IntegrationId, options: EventsOptions, command: Command) => {
      refuseEmptyRange(options);
      return onDeployment(command, async ({ ports: { store }, ids }, output) => {
        await findIntegration(store, id);
        const setAside = await reasonsOfSetAsideEvents(store, id);
        let shown = 0;
        for await (const { type, detail } of history(store, ids, id, options)) {
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
      });
    });
}

function refuseEmptyRange({ from, to }: EventsOptions): void {
  if (from === undefined || to === undefined || from < to) return;
  throw new CommandError(
    `--from must be earlier than --to: there is no time between ${from} and ${to}.`,
    ExitCode.wrongUse,
  );
}

/** Reads the events that were published or set aside, up to the checkpoint's last entry. */
async function* history(store: Store, ids: IdSetting, id: IntegrationId, options: EventsOptions) {
  const { type, learner, course, from, to } = options;
  const filter = await filterByStoredIds(
    { ...ANY_EVENT, types: type, learners: learner, courses: course },
    ids,
  );
  const last = (await store.readCheckpoint(id))?.checkpoint.entry ?? 0;
  const all = { first: 1, last };
  const range = { from: from ?? new Date(0).toISOString(), to: to ?? null };
  const isWhole = from === undefined && to === undefined;
  const found = isWhole ? all : await findEntries((number) => store.readEntry(id, number), all, range);
  for await (const entry of store.readEntries(id, found.first, found.last)) {
    if (from !== undefined && entry.detectedAt < from) continue;
    if (to !== undefined && entry.detectedAt >= to) continue;
    yield* eventsOfEntry(entry, null).filter((event) => isWanted(filter, event));
  }
}

function noEvents(id: IntegrationId, { type, learner, course, from, to }: EventsOptions): string {
  const isFiltered = type.length + learner.length + course.length > 0 || (from ?? to) !== undefined;
  return isFiltered ? `No event of ${id} matches.` : `There are no events of ${id} yet.`;
}

async function reasonsOfSetAsideEvents(store: Store, id: IntegrationId): Promise<Map<string, string>> {
  const items = await store.readSetAside(id);
  return new Map(items.flatMap((item) => (item.kind === 'event' ? [[item.id, item.reason]] : [])));
}
