import { randomBytes, randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import type { Integration, IntegrationId } from '../../functions/contract/integration.ts';
import { isRunError } from '../../functions/core/errors.ts';
import { orderReplay, type ReplayOrder, refuseOrder } from '../../functions/core/replay/order-replay.ts';
import { planOneEvent, planReplay } from '../../functions/core/replay/plan-replay.ts';
import { findIntegration, onDeployment } from '../deployment/on-deployment.ts';
import type { Deployment } from '../deployment/open-deployment.ts';
import { filterByStoredIds, type SelectionOptions, selectionOf } from '../filter-ids.ts';
import { globalOptionsOf } from '../options/global-options.ts';
import {
  addIntegrationCommand,
  integerFrom,
  listOption,
  parseInstant,
  TIME_FORMS,
  typesOption,
} from '../options/values.ts';
import { resumeReplay, startReplay, stopReplay } from '../runs/replay-runs.ts';
import { CommandError, ExitCode } from '../terminal/exit-code.ts';
import { confirm } from '../terminal/interaction.ts';
import { unlessInterrupted } from '../terminal/interruption.ts';
import type { Output } from '../terminal/output.ts';
import { createReplayProgress, planText, replaysText } from '../views/replay-view.ts';

type ReplayOptions = SelectionOptions & {
  source: 'journal' | 'kombo';
  one?: boolean;
  consumer?: string;
  force?: boolean;
  asLive?: boolean;
  reason: string;
  rate: number;
  dryRun?: boolean;
  yes?: boolean;
  here?: boolean;
  resume?: string | true;
  stop?: string | true;
  list?: boolean;
};

export function addReplayCommand(program: Command): void {
  addIntegrationCommand(
    program,
    'replay',
    'publish events again, after showing how many; does not change the watermark',
  )
    .option('--from <time>', `only events detected at this time or later: ${TIME_FORMS}`, parseInstant)
    .option('--to <time>', 'only events detected before this time', parseInstant)
    .addOption(typesOption())
    .addOption(listOption('--course <ids>', "only these courses, by Kombo's id or the platform's id"))
    .addOption(listOption('--learner <ids>', "only these learners, by Kombo's id or the platform's id"))
    .addOption(listOption('--progression <ids>', 'only these course progressions'))
    .addOption(
      new Option(
        '--source <where>',
        'the source of the events: journal, or kombo (derived from what Kombo shows now, for the time before the journal)',
      )
        .choices(['journal', 'kombo'])
        .default('journal'),
    )
    .option('--one', 'send only one event, the first that matches; with this option, --from is not required')
    .addOption(new Option('--consumer <name>', 'send to this consumer only').conflicts('asLive'))
    .option('--force', 'with --consumer: send even if no rule of the bus belongs to this consumer')
    .option('--as-live', 'send the events to all consumers, with the types of live events')
    .option(
      '--reason <text>',
      'the reason for the replay, which each event contains',
      'requested on the command line',
    )
    .option('--rate <number>', 'events per second', integerFrom(1, 10_000), 100)
    .option('--dry-run', 'only show how many events the replay would send')
    .option('--yes', 'do not ask for confirmation')
    .option(
      '--here',
      'send the events from this process; without this option, on AWS the replay function sends them',
    )
    .option('--resume [id]', 'continue a replay; without an id, the latest replay that is not finished')
    .option('--stop [id]', 'stop a replay; without an id, the latest replay that is running')
    .option('--list', 'list the replays with their progress')
    .addHelpText('after', HELP)
    .action(async (id: IntegrationId, options: ReplayOptions, command: Command) => {
      const { directory, json } = globalOptionsOf(command);
      const progress = createReplayProgress(process.stderr.isTTY && !json);
      const run = async (deployment: Deployment, output: Output) => {
        const integration = await findIntegration(deployment.ports.store, id);
        const at = { deployment, output, progress, here: directory !== null || options.here === true };
        if (options.list) return list(deployment, id, output);
        if (options.stop !== undefined) return stopReplay(at, id, options.stop);
        if (options.resume !== undefined) return resumeReplay(at, id, options.resume);
        const replay = await order(deployment, integration, options, output);
        if (replay !== null) await startReplay(at, replay);
      };
      try {
        await onDeployment(command, { aroundEvent: progress.above }, run);
      } finally {
        progress.close();
      }
    });
}

const HELP = `
Replayed events have the same ids and details as the events that were first published, but the type Replayed<Event>.
So rules for live events do not match them.

--source kombo reads every record (only the records of the given learners, if --learner has Kombo's ids), and
derives the last enrolment, completion and removal of each. --from and --to then apply to the dates on the platform,
which may lie in the future: an enrolment can be scheduled. --dry-run also shows what cannot be derived.

Examples:
  schoolbell replay moodle:7C9M5sXAQx2cNMpVHLojrFpL --from 2026-03-01 --consumer certificates
  schoolbell replay moodle:7C9M5sXAQx2cNMpVHLojrFpL --from 2026-03-01 --type CourseCompleted --dry-run
  schoolbell replay moodle:7C9M5sXAQx2cNMpVHLojrFpL --source kombo --one --type CourseCompleted --consumer badges
  schoolbell replay moodle:7C9M5sXAQx2cNMpVHLojrFpL --resume`;

/** Plans a replay, asks for confirmation, and stores the replay. Returns null if it must not be sent. */
async function order(
  deployment: Deployment,
  integration: Integration,
  options: ReplayOptions,
  output: Output,
) {
  const { ports, ids } = deployment;
  const { source, reason, rate } = options;
  if (options.from === undefined && !options.one)
    throw new CommandError('Missing --from: the time to replay from.', ExitCode.wrongUse);
  if (options.consumer !== undefined && !options.force) await refuseUnknown(deployment, options.consumer);
  const selection = selectionOf(options);
  const filter = await filterByStoredIds(selection.filter, ids);
  const plans = options.one ? planOneEvent : planReplay;
  const planned = await unlessInterrupted(
    plans(ports, integration, { range: selection.range, filter, source }),
    () => 'no event was sent.',
  );
  if ('refused' in planned) throw new CommandError(planned.refused);
  const { plan } = planned;
  const wanted: ReplayOrder = {
    id: newId(ports.clock()),
    reason,
    consumer: options.consumer ?? null,
    asLive: options.asLive ?? false,
    rate,
    writer: randomUUID(),
  };
  const refusal = refuseOrder(plan, wanted);
  if (refusal !== null) throw new CommandError(refusal, ExitCode.wrongUse);

  const { events, byType, range } = plan;
  if (options.dryRun) {
    output.result({ integration: integration.id, range, events, byType }, ...planText(plan, wanted));
    return null;
  }
  output.say(...planText(plan, wanted));
  if (!options.yes && !(await confirm('Send them?'))) {
    output.say('Nothing was sent.');
    return null;
  }
  return orderReplay(ports, plan, wanted);
}

async function refuseUnknown({ readConsumers }: Deployment, consumer: string): Promise<void> {
  const names = await readConsumers().catch((error: unknown) => {
    if (!isRunError(error)) throw error;
    throw new CommandError(
      `${error.message}. Without the rules of the bus, it is not known whether the consumer ${consumer} exists. To send anyway, add --force.`,
    );
  });
  if (names.includes(consumer)) return;
  const known = names.length === 0 ? 'No rule has a consumer' : `Consumers with rules: ${names.join(', ')}`;
  throw new CommandError(
    `No rule of the bus belongs to the consumer ${consumer}, so the events would reach nobody. ${known}. To send anyway, add --force.`,
    ExitCode.wrongUse,
  );
}

/** Returns an id for a replay. Ids sort by time, and are short enough to type. */
function newId(now: number): string {
  const time = new Date(now).toISOString().replace(/[-:]/g, '').slice(0, 15);
  return `${time}-${randomBytes(2).toString('hex')}`;
}

async function list({ ports }: Deployment, id: IntegrationId, output: Output): Promise<void> {
  const replays = await ports.replays.readReplays(id);
  if (replays.length === 0) return output.say(`There are no replays of ${id}.`);
  output.result(replays, ...replaysText(replays));
}
