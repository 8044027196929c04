import type { IntegrationId } from '../../functions/contract/integration.ts';
import type { PollMessage } from '../../functions/contract/messages.ts';
import type { PollOutcome } from '../../functions/core/poll/run-poll.ts';
import type { RunSettings } from '../../functions/core/ports.ts';
import { orderReplay } from '../../functions/core/replay/order-replay.ts';
import { planReplay } from '../../functions/core/replay/plan-replay.ts';
import { ANY_EVENT } from '../../functions/core/replay/selection.ts';
import { updatedAfter } from '../../functions/core/state/run-progress.ts';
import { dispatchHandler } from '../../functions/dispatch/handler.ts';
import { pollHandler } from '../../functions/poll/handler.ts';
import { localConsumers } from '../../local/consumers/local-consumers.ts';
import { createInProcessQueue } from '../../local/in-process-queue.ts';
import type { LocalKombo } from '../../local/local-kombo.ts';
import { STORY } from '../../local/sandbox/school/story.ts';
import { type Deployment, hasData, openLocal } from '../deployment/open-deployment.ts';
import { ExitCode } from '../terminal/exit-code.ts';
import { InterruptedError, pause } from '../terminal/interruption.ts';
import type { DevView } from '../views/dev-view.ts';
import { exitCodeOf } from '../views/poll-outcome.ts';
import { notActive, readOnePage, refuseOutsideSandbox } from './poll-local.ts';
import { runReplayHere } from './replay-runs.ts';

export type DevRun = {
  directory: string;
  kombo: LocalKombo;
  integration: IntegrationId;
  watch: boolean;
  everyMs: number;
  learnerDetails?: RunSettings['learnerDetails'];
  view: DevView;
  /** The folder for certificates; null if the optional consumers must not run. */
  certificates: string | null;
  /** The signal that ends the run after the poll in progress. */
  stop: AbortSignal;
};

/** The maximum time of an invocation that Lambda allows. */
const INVOCATION_MS = 15 * 60 * 1000;

/** The number of updates of the progress bar between two polls. */
const FRAMES = 20;

/**
 * Runs dispatch, the queue and the polls as the deployment does. Ends after the simulated weeks, after two
 * polls of a real API, or after a failed poll. With `watch`, ends only at Ctrl-C.
 */
export async function runDev(run: DevRun): Promise<ExitCode> {
  const { kombo, integration, view, stop } = run;
  refuseOutsideSandbox(kombo, integration);
  if (!hasData(run.directory)) await readOnePage(kombo, integration);
  const deployment = await open(run);
  try {
    const known = await deployment.ports.store.readIntegration(integration);
    if (known !== null && known.state !== 'active') throw notActive(known);
    const turn = pollByHandlers(deployment, run);
    view.open({
      integration,
      baseUrl: kombo.baseUrl,
      busEndpoint: deployment.busEndpoint,
      school: kombo.school !== null,
    });

    const polls = kombo.school === null ? 1 : STORY.polls;
    let exitCode = await turn();
    for (let poll = 1; (poll <= polls || run.watch) && !stop.aborted; poll += 1) {
      if (exitCode === ExitCode.failed && !run.watch) break;
      await passTime(run, poll > 1 || kombo.school !== null);
      if (stop.aborted) break;
      // Only a poll that reads everything finds records whose data was erased.
      const isLast = poll === polls && kombo.school !== null;
      exitCode = await turn(isLast ? { integration, mode: 'reconcile' } : undefined);
      if (isLast && exitCode === ExitCode.done) await showFailure(run, deployment, turn);
    }
    view.close(run.certificates);
    if (stop.aborted && !run.watch) {
      throw new InterruptedError(
        'The demonstration was stopped after the poll in progress. The summary shows what was published.',
      );
    }
    return exitCode;
  } finally {
    await deployment.close();
  }
}

/**
 * Shows that changes are held after a failure of the platform, until it is repaired. Then shows a replay of
 * the completions of the last two polls.
 */
async function showFailure(
  run: DevRun,
  deployment: Deployment,
  turn: () => Promise<ExitCode>,
): Promise<void> {
  const { everyMs, view, stop } = run;
  const { school } = run.kombo;
  if (school === null) return;
  const before = run.kombo.clock() - STORY.pollEveryMs;
  const steps: [at: () => void, title: string, text: string][] = [
    [
      school.failPlatform,
      'The platform fails',
      'The platform shows every progression as removed. Schoolbell holds these changes, and sends one message.',
    ],
    [
      school.repairPlatform,
      'The platform works again',
      'The platform shows every progression as before, so no changes are held any more.',
    ],
  ];
  for (const [happen, title, text] of steps) {
    if (stop.aborted) return;
    await pause(everyMs, stop);
    school.pass(STORY.failureMs);
    happen();
    view.happens(title, text);
    await turn();
  }
  await school.keep();
  if (stop.aborted) return;
  await pause(everyMs, stop);
  await showReplay(run, deployment, before);
}

async function showReplay(
  { integration, view, stop }: DevRun,
  { ports, settings }: Deployment,
  from: number,
): Promise<void> {
  const known = await ports.store.readIntegration(integration);
  if (known === null) return;
  const range = { from: `${new Date(from).toISOString().slice(0, 10)}T00:00:00.000Z`, to: null };
  const filter = { ...ANY_EVENT, types: ['CourseCompleted' as const] };
  const planned = await planReplay(ports, known, { range, filter, source: 'journal' });
  if ('refused' in planned || planned.plan.events === 0) return;
  const consumer = 'certificates';
  view.happens(
    'Replay',
    `schoolbell replay ${integration} --from ${range.from.slice(0, 10)} --type CourseCompleted --consumer ${consumer}`,
  );
  const id = `story-${ports.clock()}`;
  const order = { id, reason: 'to show a replay', consumer, asLive: false, rate: 100, writer: id };
  const replay = await orderReplay(ports, planned.plan, order);
  await runReplayHere(ports, settings, replay, { stop, onProgress: () => {} });
}

function open({ directory, kombo, view, learnerDetails, certificates: folder }: DevRun) {
  const { kombo: api, clock } = kombo;
  const onEvent =
    folder === null
      ? view.event
      : localConsumers({ folder, kombo: api, clock, onEvent: view.event, show: view.consumed });
  return openLocal(directory, kombo, { onEvent, ...(learnerDetails && { learnerDetails }) });
}

/** Returns a function that runs dispatch, or sends the given message as an operator would, and then polls. */
function pollByHandlers({ ports, settings }: Deployment, { integration, view, stop }: DevRun) {
  let last: PollOutcome | null = null;
  const queue = createInProcessQueue();
  const wanted = { ids: [integration], baseline: { mode: 'silent' as const } };
  const dispatch = dispatchHandler({ ports, queue, intervalMs: STORY.pollEveryMs, wanted });
  const poll = pollHandler({
    ports,
    settings,
    queue,
    report: (id, outcome) => {
      last = outcome;
      view.pollEnds(id, outcome);
    },
  });
  return async (message?: PollMessage): Promise<ExitCode> => {
    const watermark = (await ports.store.readCheckpoint(integration))?.checkpoint.watermark ?? null;
    const mode = message?.mode ?? (watermark === null ? 'baseline' : 'incremental');
    view.pollBegins(ports.clock(), mode, updatedAfter('incremental', watermark, settings.overlapMs));
    if (message === undefined) await dispatch();
    else await queue.send([message]);
    const invocation = { getRemainingTimeInMillis: () => (stop.aborted ? 0 : INVOCATION_MS) };
    // Messages that are dropped after an interruption are sent again by the next dispatch.
    await queue.drain(async (event) => (stop.aborted ? undefined : poll(event, invocation)));
    return last === null ? ExitCode.done : exitCodeOf(last);
  };
}

/** Moves the progress bar, with pauses if `wait` is true. In the sandbox, also moves and stores the time. */
async function passTime({ kombo, everyMs, view, stop }: DevRun, wait: boolean): Promise<void> {
  const { school } = kombo;
  for (let frame = 1; frame <= FRAMES && !stop.aborted; frame += 1) {
    school?.pass(STORY.pollEveryMs / FRAMES);
    view.timePasses(kombo.clock(), 1 - frame / FRAMES);
    if (everyMs > 0 && wait) await pause(everyMs / FRAMES, stop);
  }
  await school?.keep();
}
