import { randomUUID } from 'node:crypto';
import type { IntegrationId } from '../../functions/contract/integration.ts';
import { changeReplay } from '../../functions/core/replay/order-replay.ts';
import type { ReplayStore } from '../../functions/core/replay/ports.ts';
import type { ReplayRecord } from '../../functions/core/replay/replay-record.ts';
import { CommandError } from '../terminal/exit-code.ts';
import { replayText } from '../views/replay-text.ts';
import { carryOn, type ReplayCommand, watch } from './carry-on-replay.ts';

/** A replay of the deployment without progress for this time has lost its function's message. */
const LOST_AFTER_MS = 20 * 60 * 1000;

/** `replay --resume`: a stopped replay goes on; one that runs is watched, or carried on when its process is gone. */
export async function resumeReplay(
  at: ReplayCommand,
  integration: IntegrationId,
  id: string | true,
): Promise<void> {
  const { ports } = at.deployment;
  const replay = await find(ports.replays, integration, id);
  if (replay.state === 'finished') return at.output.answer(replay, replayText(replay));
  const isMoving = replay.state === 'running' && ports.clock() - Date.parse(replay.movedAt) < LOST_AFTER_MS;
  if (isMoving && !at.here) return watch(at, replay);
  await carryOn(at, await changeReplay(ports, replay, { state: 'running', writer: randomUUID() }));
}

/** `replay --stop`: the process that carries it on ends at its next step. */
export async function stopReplay(
  at: ReplayCommand,
  integration: IntegrationId,
  id: string | true,
): Promise<void> {
  const { ports } = at.deployment;
  const replay = await find(ports.replays, integration, id);
  const stopped = await changeReplay(ports, replay, { state: 'stopped', writer: randomUUID() });
  at.output.answer(stopped, replayText(stopped));
}

/** @throws CommandError when there is none */
async function find(
  replays: ReplayStore,
  integration: IntegrationId,
  id: string | true,
): Promise<ReplayRecord> {
  if (id !== true) {
    const replay = await replays.readReplay(integration, id);
    if (replay !== null) return replay;
    throw new CommandError(
      `There is no replay ${id} of ${integration}. See them with: schoolbell replay ${integration} --list`,
    );
  }
  const all = await replays.readReplays(integration);
  const open = all.find(({ state }) => state !== 'finished');
  if (open !== undefined) return open;
  throw new CommandError(`No replay of ${integration} is unfinished.`);
}
