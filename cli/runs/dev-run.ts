import { setTimeout as sleep } from 'node:timers/promises';
import type { IntegrationId } from '../../functions/contract/integration.ts';
import type { PollMessage } from '../../functions/contract/messages.ts';
import type { PollOutcome } from '../../functions/core/poll/run-poll.ts';
import type { RunSettings } from '../../functions/core/ports.ts';
import { updatedAfter } from '../../functions/core/state/run-progress.ts';
import { dispatchHandler } from '../../functions/dispatch/handler.ts';
import { pollHandler } from '../../functions/poll/handler.ts';
import { localConsumers } from '../../local/consumers/local-consumers.ts';
import { createInProcessQueue } from '../../local/in-process-queue.ts';
import type { LocalKombo } from '../../local/local-kombo.ts';
import { STORY } from '../../local/sandbox/school/story.ts';
import { type Deployment, hasData, openLocal } from '../deployment/open-deployment.ts';
import { ExitCode } from '../terminal/exit-code.ts';
import type { DevView } from '../views/dev-view.ts';
import { exitCodeOf } from '../views/poll-outcome.ts';
import { notActive, readOnePage, refuseOutsideSandbox } from './poll-local.ts';

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

/** An invocation with the maximum time that Lambda allows. */
const INVOCATION = { getRemainingTimeInMillis: () => 15 * 60 * 1000 };

/** The number of updates of the progress bar between two polls. */
const FRAMES = 20;

/** Runs the functions as the deployment does: dispatch, queue, poll. Ends when the simulated weeks have passed. */
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
    }
    view.close();
    return exitCode;
  } finally {
    await deployment.close();
  }
}

function open(run: DevRun) {
  const { directory, kombo, view, learnerDetails, certificates } = run;
  return openLocal(directory, kombo, {
    onEvent: certificates === null ? view.event : consumers(run, certificates),
    ...(learnerDetails && { learnerDetails }),
  });
}

/** Creates the consumers for certificates and Slack messages, with the deployed rules. They also show their results. */
function consumers({ kombo, view }: DevRun, folder: string) {
  return localConsumers({
    folder,
    kombo: kombo.kombo,
    clock: kombo.clock,
    onEvent: view.event,
    show: view.consumed,
  });
}

/**
 * Returns a function that runs dispatch, or sends a message as an operator would. Then it polls until the queue is
 * empty.
 */
function pollByHandlers({ ports, settings }: Deployment, { integration, view }: DevRun) {
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
    view.pollBegins({
      at: ports.clock(),
      mode: message?.mode ?? (watermark === null ? 'baseline' : 'incremental'),
      updatedAfter: updatedAfter('incremental', watermark, settings.overlapMs),
    });
    if (message === undefined) await dispatch();
    else await queue.send([message]);
    await queue.drain((event) => poll(event, INVOCATION));
    return last === null ? ExitCode.done : exitCodeOf(last);
  };
}

/** Advances the sandbox's clock in small steps. With a real API, only waits. */
async function passTime({ kombo, everyMs, view, stop }: DevRun, wait: boolean): Promise<void> {
  const { school } = kombo;
  for (let frame = 1; frame <= FRAMES && !stop.aborted; frame += 1) {
    school?.pass(STORY.pollEveryMs / FRAMES);
    view.timePasses(kombo.clock(), 1 - frame / FRAMES);
    if (everyMs > 0 && wait)
      await sleep(everyMs / FRAMES, undefined, { signal: stop }).catch(() => undefined);
  }
  await school?.keep();
}
