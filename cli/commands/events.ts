import type { Command } from 'commander';
import type { LearningEventType } from '../../functions/contract/event-parts.ts';
import type { IntegrationId } from '../../functions/contract/integration.ts';
import { EVENT_SOURCE } from '../../functions/contract/names.ts';
import { minute } from '../../functions/contract/printable-text.ts';
import { eventsOfEntry } from '../../functions/core/decide/events-of-entry.ts';
import type { Store } from '../../functions/core/ports.ts';
import { ANY_EVENT, isWanted } from '../../functions/core/replay/selection.ts';
import type { IdSetting } from '../../functions/remote-ids.ts';
import { withDeployment } from '../deployment/open-deployment.ts';
import { findIntegration, printEvent } from '../deployment/work-on-integration.ts';
import { filterByStoredIds } from '../filter-ids.ts';
import { globalOptionsOf } from '../options/global-options.ts';
import { addIntegrationArgument, listOption, parseInstant, typesOption } from '../options/values.ts';
import { CommandError, ExitCode } from '../terminal/exit-code.ts';
import { createOutput } from '../terminal/output.ts';
import { eventLine } from '../views/event-line.ts';
import { plural } from '../views/words.ts';

type EventsOptions = {
  type: LearningEventType[];
  learner: string[];
  course: string[];
  from?: string;
  to?: string;
};

/** `schoolbell events`: the journal as a history: what was published about a learner, and when. */
export function addEventsCommand(program: Command): void {
  addIntegrationArgument(
    program
      .command('events')
      .description('the journal as a history: what was published about whom, and when')
      .addOption(typesOption('--type <event...>', 'only these events'))
      .addOption(listOption('--learner <id...>', "only these learners, by Kombo's id or the platform's"))
      .addOption(listOption('--course <id...>', "only these courses, by Kombo's id or the platform's"))
      .option(
        '--from <time>',
        'only what was detected then or later: 2026-03-01 or 2026-03-01T09:30Z',
        parseInstant,
      )
      .option('--to <time>', 'only what was detected before', parseInstant),
  ).action(async (id: IntegrationId, options: EventsOptions, command: Command) => {
    const { directory, json } = globalOptionsOf(command);
    const output = createOutput(json);
    if (options.from !== undefined && options.to !== undefined && options.from >= options.to) {
      throw new CommandError(
        `--from must lie before --to: nothing lies between ${options.from} and ${options.to}.`,
        ExitCode.wrongUse,
      );
    }
    await withDeployment(directory, printEvent(output), async ({ ports: { store }, ids }) => {
      await findIntegration(store, id);
      const refusals = await refusedEvents(store, id);
      let shown = 0;
      for await (const event of history(store, ids, id, options)) {
        shown += 1;
        const reason = refusals.get(event.detail.id);
        const { type, detail } = event;
        output.answer(
          {
            'detail-type': type,
            source: EVENT_SOURCE,
            detail,
            ...(reason !== undefined && { setAside: reason }),
          },
          ...eventLine({ 'detail-type': type, detail }, { suffix: notified(detail.detectedAt, reason) }),
        );
      }
      output.say(shown === 0 ? noEvents(id, options) : `${plural(shown, 'event')}.`);
    });
  });
}

/** The events that the checkpoint counts as published or set aside, oldest first. */
async function* history(store: Store, ids: IdSetting, id: IntegrationId, options: EventsOptions) {
  const { type, learner, course, from, to } = options;
  const filter = await filterByStoredIds(
    { ...ANY_EVENT, types: type, learners: learner, courses: course },
    ids,
  );
  const last = (await store.readCheckpoint(id))?.checkpoint.entry ?? 0;
  for await (const entry of store.readEntries(id, 1, last)) {
    if (from !== undefined && entry.detectedAt < from) continue;
    if (to !== undefined && entry.detectedAt >= to) continue;
    yield* eventsOfEntry(entry, null).filter((event) => isWanted(filter, event));
  }
}

function noEvents(id: IntegrationId, { type, learner, course, from, to }: EventsOptions): string {
  const isFiltered = type.length + learner.length + course.length > 0 || (from ?? to) !== undefined;
  return isFiltered ? `No event of ${id} matches.` : `There are no events of ${id} yet.`;
}

async function refusedEvents(store: Store, id: IntegrationId): Promise<Map<string, string>> {
  const items = await store.readSetAside(id);
  return new Map(items.flatMap((item) => (item.kind === 'event' ? [[item.id, item.reason]] : [])));
}

function notified(detectedAt: string, refusal: string | undefined): string {
  return refusal === undefined ? `  (published ${minute(detectedAt)})` : `  (NOT published: ${refusal})`;
}
