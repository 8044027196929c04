import { type Command, Option } from 'commander';
import pMap from 'p-map';
import { COMPLETIONS } from '../../consumers/certificates/certificate-rule.ts';
import type { IssuedCertificate } from '../../consumers/certificates/certificate-state.ts';
import type { IntegrationId } from '../../functions/contract/integration.ts';
import { EVENT_SOURCE } from '../../functions/contract/names.ts';
import { minute, plural } from '../../functions/contract/printable-text.ts';
import type { JournalledEvent } from '../../functions/core/decide/events-of-entry.ts';
import { isRunError } from '../../functions/core/errors.ts';
import type { Store } from '../../functions/core/ports.ts';
import { findIntegration, onDeployment, readIntegrations } from '../deployment/on-deployment.ts';
import type { Deployment } from '../deployment/open-deployment.ts';
import { type SelectionOptions, selectionOf } from '../filter-ids.ts';
import {
  addIntegrationCommand,
  integerFrom,
  listOption,
  parseInstant,
  TIME_FORMS,
  typesOption,
} from '../options/values.ts';
import { findEvents, followEvents, planSearch, type Search } from '../runs/find-events.ts';
import { CommandError, ExitCode } from '../terminal/exit-code.ts';
import { interruption } from '../terminal/interruption.ts';
import type { Output } from '../terminal/output.ts';
import { eventLine } from '../views/event-line.ts';

type EventsOptions = SelectionOptions & {
  last?: number;
  limit?: number;
  newestFirst?: boolean;
  follow?: boolean;
};

const AT_ONCE = { concurrency: 8 };
const FOLLOW_EVERY_MS = 2_000;
/** The number of earlier events that `--follow` shows before it waits for new events. */
const LAST_BEFORE_FOLLOWING = 10;

export function addEventsCommand(program: Command): void {
  const count = integerFrom(1);
  addIntegrationCommand(
    program,
    'events',
    'show the events of one integration or of all integrations, from their journals, oldest first',
    '[integration]',
  )
    .addOption(typesOption())
    .addOption(
      listOption(
        '--learner <ids>',
        "only events of these learners (e-mail address, Kombo's id or the platform's id), with their certificates",
      ),
    )
    .addOption(listOption('--course <ids>', "only events of these courses (Kombo's id or the platform's id)"))
    .addOption(
      listOption('--progression <ids>', 'only events of these course progressions, with their certificates'),
    )
    .option('--from <time>', `only events detected at this time or later: ${TIME_FORMS}`, parseInstant)
    .option('--to <time>', 'only events detected before this time', parseInstant)
    .option('--last <count>', 'only the latest <count> events', count)
    .addOption(new Option('--limit <count>', 'stop after <count> events').argParser(count).conflicts('last'))
    .option('--newest-first', 'show the latest event first')
    .addOption(
      new Option(
        '--follow',
        `show new events until Ctrl-C, after the last ${LAST_BEFORE_FOLLOWING} events (or the events of --last or --from)`,
      ).conflicts(['limit', 'newestFirst', 'to']),
    )
    .addHelpText('after', HELP)
    .action((id: IntegrationId | undefined, options: EventsOptions, command: Command) => {
      refuseEmptyRange(options);
      refuseNames(options.learner);
      const shown: Shown = { events: 0 };
      const howFar = () => `stopped after ${plural(shown.events, 'event')}.`;
      return onDeployment(command, options.follow ? {} : { howFar }, (deployment, output) =>
        show(deployment, id, options, output, shown),
      );
    });
}

const HELP = `
Names and e-mail addresses are never stored. An e-mail address in --learner is looked up at Kombo. In each event,
learner.id is Kombo's id of the learner, and learner.remoteId is the platform's own id.

Examples:
  schoolbell events --last 20
  schoolbell events moodle:7C9M5sXAQx2cNMpVHLojrFpL --learner ada@example.com
  schoolbell events moodle:7C9M5sXAQx2cNMpVHLojrFpL --follow`;

function refuseEmptyRange({ from, to }: EventsOptions): void {
  if (from === undefined || to === undefined || from < to) return;
  throw new CommandError(`--from (${from}) must be earlier than --to (${to}).`, ExitCode.wrongUse);
}

/** Throws a CommandError for a name: a value with a space, which no id and no e-mail address has. */
function refuseNames(learners: string[]): void {
  if (!learners.some((learner) => /\s/.test(learner.trim()))) return;
  throw new CommandError(
    "Names are never stored, so --learner does not accept a name. Give the learner's e-mail address (it is looked up at Kombo), or an id from an event: learner.id is Kombo's id, learner.remoteId is the platform's id.",
    ExitCode.wrongUse,
  );
}

type Shown = { events: number };

async function show(
  deployment: Deployment,
  id: IntegrationId | undefined,
  options: EventsOptions,
  output: Output,
  shown: Shown,
): Promise<void> {
  const { store } = deployment.ports;
  const { last, limit, follow = false, newestFirst = false, from } = options;
  const latest = last ?? (follow && from === undefined ? LAST_BEFORE_FOLLOWING : undefined);
  const order = newestFirst || latest !== undefined ? 'latest-first' : 'earliest-first';
  const integrations =
    id === undefined ? await readIntegrations(store, output) : [await findIntegration(store, id)];
  const selection = selectionOf(options);
  const searches = await pMap(integrations, (each) => planSearch(deployment, each.id, selection), AT_ONCE);
  const print = await printer(deployment, options, searches, output);

  const stop = interruption();
  const showAll = async (events: AsyncIterable<JournalledEvent> | JournalledEvent[]) => {
    for await (const event of events) {
      if (stop.aborted) return;
      await print(event);
      shown.events += 1;
    }
  };
  const found = first(findEvents(store, searches, order), latest ?? limit ?? Number.POSITIVE_INFINITY);
  const isReversed = latest !== undefined && !newestFirst;
  await showAll(isReversed ? (await Array.fromAsync(found)).toReversed() : found);
  if (follow) {
    const following = { stop, everyMs: FOLLOW_EVERY_MS, onFailure: output.error };
    await showAll(followEvents(store, searches, following));
  }
  const count =
    shown.events === 0 && !stop.aborted ? noEvents(id, options) : `${plural(shown.events, 'event')}.`;
  output.say(`${count}${rangeText(options)}`);
  for (const note of new Set(searches.map((search) => search.note))) if (note !== null) output.say(note);
}

/** Returns the times of the options in UTC, because they may have been given as `2h` or `yesterday`. */
function rangeText({ from, to }: EventsOptions): string {
  const times = [from && `from ${from}`, to && `to ${to}`].filter((time) => time !== undefined);
  return times.length === 0 ? '' : ` Detected ${times.join(' ')} (UTC).`;
}

async function* first<Item>(items: AsyncIterable<Item>, count: number): AsyncGenerator<Item, void, void> {
  let left = count;
  for await (const item of items) {
    yield item;
    left -= 1;
    if (left <= 0) return;
  }
}

/** Returns a function that prints an event, with its certificate if options name learners or progressions. */
async function printer(
  deployment: Deployment,
  { learner, progression }: EventsOptions,
  searches: Search[],
  output: Output,
): Promise<(event: JournalledEvent) => Promise<void>> {
  const { store } = deployment.ports;
  const reasons = await pMap(searches, (each) => reasonsOfSetAsideEvents(store, each.integration), AT_ONCE);
  const setAside = new Map(reasons.flat());
  const findCertificate =
    learner.length + progression.length > 0 ? certificateFinder(deployment, output) : async () => undefined;
  return async (event) => {
    const { type, detail } = event;
    const reason = setAside.get(detail.id);
    const certificate = await findCertificate(event);
    const facts = [
      reason === undefined ? `published ${minute(detail.detectedAt)}` : `NOT published: ${reason}`,
      ...(certificate === undefined ? [] : [certificateText(certificate)]),
      ...(searches.length > 1 ? [detail.integration.id] : []),
    ];
    output.result(
      {
        'detail-type': type,
        source: EVENT_SOURCE,
        detail,
        ...(reason !== undefined && { setAside: reason }),
        ...(certificate !== undefined && { certificate: certificate && withoutCode(certificate) }),
      },
      ...eventLine({ 'detail-type': type, detail }, { suffix: `  (${facts.join('; ')})` }),
    );
  };
}

/** Removes the code, which is secret: it proves that a person has the certificate. */
function withoutCode({ code: _code, ...certificate }: IssuedCertificate) {
  return certificate;
}

/**
 * Returns a function that finds the certificate of an event. The function returns null if no certificate was
 * issued, and undefined if this type of event has no certificate, or if certificates cannot be read.
 */
function certificateFinder({ readCertificates }: Deployment, output: Output) {
  let isReadable = true;
  const read = new Map<string, IssuedCertificate[]>();
  return async (event: JournalledEvent): Promise<IssuedCertificate | null | undefined> => {
    const { integration, progression } = event.detail;
    if (!COMPLETIONS.includes(event.type) || !isReadable) return undefined;
    const key = `${integration.id} ${progression.id}`;
    try {
      const known =
        read.get(key) ??
        (await readCertificates({ integration: integration.id, progression: progression.id }));
      isReadable = known !== null;
      if (known === null) return undefined;
      read.set(key, known);
      return certificateOf(event, known);
    } catch (error) {
      if (!isRunError(error)) throw error;
      isReadable = false;
      output.error(`Certificates are not shown: ${error.message}.`);
      return undefined;
    }
  };
}

/**
 * Returns the certificate that was issued for an event, or null. A certificate from a replay of Kombo's
 * records has no position in the journal, so its completion date must be the event's.
 */
function certificateOf(
  { detail: { journal, progression } }: JournalledEvent,
  certificates: IssuedCertificate[],
): IssuedCertificate | null {
  const issued = certificates.find((each) =>
    each.journal === null
      ? each.completedAt === progression.completedAt
      : each.journal.entry === journal.entry && each.journal.index === journal.index,
  );
  return issued ?? null;
}

function certificateText(certificate: IssuedCertificate | null): string {
  if (certificate === null) return 'no certificate';
  const { number, status, endedAt } = certificate;
  return `certificate ${number}, ${status}${endedAt === null ? '' : ` ${minute(endedAt)}`}`;
}

function noEvents(id: IntegrationId | undefined, options: EventsOptions): string {
  const { type, learner, course, progression, from, to } = options;
  const isFiltered = [type, learner, course, progression].flat().length > 0 || (from ?? to) !== undefined;
  const where = id === undefined ? '' : ` of ${id}`;
  if (!isFiltered) return `There are no events${where} yet.`;
  const hint =
    learner.length > 0
      ? " --learner accepts an e-mail address, Kombo's id or the platform's id, but no name, because names are never stored."
      : '';
  return `No event${where} matches the options.${hint}`;
}

async function reasonsOfSetAsideEvents(
  store: Store,
  id: IntegrationId,
): Promise<[id: string, reason: string][]> {
  const items = await store.readSetAside(id);
  return items.flatMap((item): [string, string][] => (item.kind === 'event' ? [[item.id, item.reason]] : []));
}
