import { randomUUID } from 'node:crypto';
import type { Integration, IntegrationId } from '../../functions/contract/integration.ts';
import type { PollMode } from '../../functions/contract/messages.ts';
import { plural } from '../../functions/contract/printable-text.ts';
import { type PollOutcome, runPoll } from '../../functions/core/poll/run-poll.ts';
import type { Ports, RunSettings } from '../../functions/core/ports.ts';
import type { DeliveredEvent } from '../../local/bus/bus.ts';
import { type LocalKombo, openLocalKombo } from '../../local/local-kombo.ts';
import { STORY } from '../../local/sandbox/school/story.ts';
import { hasData, openLocal } from '../deployment/open-deployment.ts';
import { CommandError, type ExitCode } from '../terminal/exit-code.ts';
import { InterruptedError, interruption, unlessInterrupted } from '../terminal/interruption.ts';
import type { Output } from '../terminal/output.ts';
import { eventLine } from '../views/event-line.ts';
import { doneText, exitCodeOf, problemText } from '../views/poll-outcome.ts';

export type PollOptions = {
  mode?: PollMode;
  force?: boolean;
  learnerDetails?: RunSettings['learnerDetails'];
};

/**
 * Polls in this process until the poll is complete. Adds an unknown integration, but only after Kombo has
 * returned a page of it, so that no wrong id is stored.
 *
 * @throws InterruptedError when Ctrl-C stops the poll before it is complete
 */
export async function pollLocal(
  id: IntegrationId,
  directory: string,
  options: PollOptions,
  output: Output,
): Promise<ExitCode> {
  const kombo = await openLocalKombo(process.env, directory);
  let events = 0;
  const onEvent = (event: DeliveredEvent) => {
    events += 1;
    output.result(event, ...eventLine(event));
  };
  let closeParts = async () => {};
  try {
    refuseOutsideSandbox(kombo, id);
    const isFresh = !hasData(directory);
    if (isFresh) await readOnePage(kombo, id);
    const deployment = await openLocal(directory, kombo, { ...options, onEvent });
    closeParts = deployment.close;
    const { ports, settings } = deployment;
    const known = await ports.store.readIntegration(id);
    if (known !== null && known.state !== 'active') throw notActive(known);
    if (known === null && !isFresh) await readOnePage(kombo, id);
    if (kombo.school !== null) {
      // The sandbox's time does not advance before the first poll.
      if ((await ports.store.readCheckpoint(id)) !== null) kombo.school.pass(STORY.pollEveryMs);
      await kombo.school.keep();
    }
    const integration = known ?? (await add(ports, id));
    const exitCode = await pollUntilDone(ports, settings, { integration, ...options }, (outcome) => {
      for (const done of doneText(id, outcome)) output.say(done);
      if (wasSilentBaseline(outcome)) output.say(replayHint(id));
      const problem = problemText(id, outcome);
      if (problem !== null) output.error(problem);
    });
    if (exitCode === null) {
      throw new InterruptedError(
        `${plural(events, 'event')} ${events === 1 ? 'was' : 'were'} published. The next poll continues from here. To see the events again: schoolbell events ${id}`,
      );
    }
    return exitCode;
  } finally {
    await closeParts();
    await kombo.close();
  }
}

export function notActive({ id, state }: Integration): CommandError {
  return new CommandError(
    state === 'paused'
      ? `${id} is paused. Continue with: schoolbell resume ${id}`
      : `${id} was removed. Add it again with: schoolbell integrations add ${id}`,
  );
}

/** @throws CommandError for an integration that the embedded sandbox does not have */
export function refuseOutsideSandbox({ school }: LocalKombo, integration: IntegrationId): void {
  if (school === null || integration === school.integration) return;
  throw new CommandError(
    `The sandbox has only ${school.integration}. To poll ${integration}, set KOMBO_API_KEY (and KOMBO_BASE_URL, unless it is Kombo's EU host).`,
  );
}

/** @throws RunError for a wrong key, an unknown integration, or a host that cannot be reached */
export async function readOnePage({ kombo }: LocalKombo, integration: IntegrationId): Promise<void> {
  const page = kombo.readPage({ integration, updatedAfter: null, cursor: null });
  await unlessInterrupted(page, () => 'nothing was stored or published.');
}

async function add({ store, clock }: Ports, id: IntegrationId): Promise<Integration> {
  const addedAt = new Date(clock()).toISOString();
  const added: Integration = { id, state: 'active', baseline: { mode: 'silent' }, addedAt };
  return (await store.changeIntegration(id, (stored) => stored ?? added)) ?? added;
}

/** Returns the exit code, or null if the poll was interrupted before it was complete. */
async function pollUntilDone(
  ports: Ports,
  settings: RunSettings,
  { integration, mode, force = false }: PollOptions & { integration: Integration },
  report: (outcome: PollOutcome) => void,
): Promise<ExitCode | null> {
  let request = { ...(mode && { mode }), force };
  for (;;) {
    const outcome = await runPoll(ports, settings, {
      integration,
      ...request,
      owner: randomUUID(),
      timeLeft: () => !interruption().aborted,
    });
    const isUnfinished = outcome.kind === 'more' || (outcome.kind === 'ended' && outcome.again);
    report(outcome);
    if (!isUnfinished) return exitCodeOf(outcome);
    if (interruption().aborted) return null;
    request = { force: false };
  }
}

function wasSilentBaseline(outcome: PollOutcome): boolean {
  return 'ended' in outcome && outcome.ended.some(({ mode, events }) => mode === 'baseline' && events === 0);
}

function replayHint(id: IntegrationId): string {
  return `To see what happened in the last 30 days: schoolbell replay ${id} --source kombo --from 30d --dry-run`;
}
