import { randomBytes, randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import type { LearningEventType } from '../../functions/contract/event-parts.ts';
import type { IntegrationId } from '../../functions/contract/integration.ts';
import { orderReplay, type ReplayOrder, refuseOrder } from '../../functions/core/replay/order-replay.ts';
import { planReplay } from '../../functions/core/replay/plan-replay.ts';
import { type Deployment, withDeployment } from '../deployment/open-deployment.ts';
import { findIntegration, printEvent } from '../deployment/work-on-integration.ts';
import { filterByStoredIds } from '../filter-ids.ts';
import { globalOptionsOf } from '../options/global-options.ts';
import {
  addIntegrationArgument,
  listOption,
  parseInstant,
  parseNumber,
  typesOption,
} from '../options/values.ts';
import { carryOn, resumeReplay, stopReplay } from '../runs/replay-runs.ts';
import { confirm } from '../terminal/confirm.ts';
import { CommandError, ExitCode } from '../terminal/exit-code.ts';
import { createOutput, type Output } from '../terminal/output.ts';
import { createReplayProgress, planText, replaysText, replayText } from '../views/replay-view.ts';

type ReplayOptions = {
  from?: string;
  to?: string;
  type: LearningEventType[];
  course: string[];
  learner: string[];
  progression: string[];
  source: 'journal' | 'kombo';
  consumer?: string;
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

/** `schoolbell replay`: publishes what was published from a time on again. */
export function addReplayCommand(program: Command): void {
  addIntegrationArgument(
    program
      .command('replay')
      .description('publish events again: says how many first, and never touches the live watermark')
      .option(
        '--from <time>',
        'what was detected then or later: 2026-03-01 or 2026-03-01T09:30Z',
        parseInstant,
      )
      .option('--to <time>', 'only what was detected before', parseInstant)
      .addOption(typesOption('--type <event...>', 'only these events'))
      .addOption(listOption('--course <id...>', "only these courses, by Kombo's id or the platform's"))
      .addOption(listOption('--learner <id...>', "only these learners, by Kombo's id or the platform's"))
      .addOption(listOption('--progression <id...>', 'only these course progressions'))
      .addOption(
        new Option('--source <where>', 'kombo: before the journal begins, what Kombo still knows')
          .choices(['journal', 'kombo'])
          .default('journal'),
      )
      .addOption(
        new Option('--consumer <name>', 'only for this consumer: no other sees it').conflicts('asLive'),
      )
      .option('--as-live', 'under their own names, to everyone, as if they happened now')
      .option('--reason <text>', 'why; it is in each event', 'asked for on the command line')
      .option('--rate <number>', 'events a second', parseNumber({ min: 1, max: 10_000 }), 100)
      .option('--dry-run', 'only say how many events it would send')
      .option('--yes', 'do not ask')
      .option('--here', 'send from this process also on AWS, not from the replay function')
      .option('--resume [id]', 'carry on a replay that was stopped; the latest one without an id')
      .option('--stop [id]', 'stop a replay that the deployment carries on')
      .option('--list', 'the replays of the last months, and how far each is')
      .addHelpText('after', HELP),
  ).action(async (id: IntegrationId, options: ReplayOptions, command: Command) => {
    const { directory, json } = globalOptionsOf(command);
    const output = createOutput(json);
    const progress = createReplayProgress(process.stderr.isTTY && !json);
    const print = printEvent(output);
    const onEvent: typeof print = (event) => progress.above(() => print(event));
    try {
      await withDeployment(directory, onEvent, async (deployment) => {
        await findIntegration(deployment.ports.store, id);
        const at = { deployment, output, progress, here: directory !== null || options.here === true };
        if (options.list) return await list(deployment, id, output);
        if (options.stop !== undefined) return await stopReplay(at, id, options.stop);
        if (options.resume !== undefined) return await resumeReplay(at, id, options.resume);
        const replay = await order(deployment, id, options, output);
        if (replay !== null) await carryOn(at, replay);
      });
    } finally {
      progress.close();
    }
  });
}

const HELP = `
Events come again with their own ids and details, as Replayed<Event>, so that rules for live events stay silent.

--source kombo reads every record (only those of the learners, where --learner names Kombo's ids) and derives the last
enrolment, completion and removal of each. --from and --to are then compared with the dates that the platform shows,
which may lie ahead: an enrolment is sometimes scheduled. --dry-run also says what cannot be found.

Examples:
  schoolbell replay moodle:7C9M5sXAQx2cNMpVHLojrFpL --from 2026-03-01 --consumer certificates
  schoolbell replay moodle:7C9M5sXAQx2cNMpVHLojrFpL --from 2026-03-01 --type CourseCompleted --dry-run
  schoolbell replay moodle:7C9M5sXAQx2cNMpVHLojrFpL --resume`;

/** Counts, shows, asks, and notes the replay; null when it is not to be sent. */
async function order({ ports, ids }: Deployment, id: IntegrationId, options: ReplayOptions, output: Output) {
  const { from, to, type, course, learner, progression, source, reason, rate } = options;
  if (from === undefined)
    throw new CommandError('Missing --from: the time to replay from.', ExitCode.wrongUse);
  const integration = await findIntegration(ports.store, id);
  const planned = await planReplay(ports, integration, {
    range: { from, to: to ?? null },
    filter: await filterByStoredIds(
      { types: type, courses: course, learners: learner, progressions: progression },
      ids,
    ),
    source,
  });
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
    output.answer({ integration: id, range, events, byType }, ...planText(plan, wanted));
    return null;
  }
  output.say(...planText(plan, wanted));
  if (!options.yes && !(await confirm(`Send them?`))) {
    output.say('Nothing was sent.');
    return null;
  }
  return orderReplay(ports, plan, wanted);
}

/** Sorts by time, and is short enough to be typed. */
function newId(now: number): string {
  const time = new Date(now).toISOString().replace(/[-:]/g, '').slice(0, 15);
  return `${time}-${randomBytes(2).toString('hex')}`;
}

async function list({ ports }: Deployment, id: IntegrationId, output: Output): Promise<void> {
  const replays = await ports.replays.readReplays(id);
  if (replays.length === 0) return output.say(`There are no replays of ${id}.`);
  if (!output.json) return output.say(...replaysText(replays));
  for (const replay of replays) output.answer(replay, replayText(replay));
}
