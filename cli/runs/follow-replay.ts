import { setTimeout as sleep } from 'node:timers/promises';
import type { ReplayStore } from '../../functions/core/replay/ports.ts';
import type { ReplayRecord } from '../../functions/core/replay/replay-record.ts';

const EVERY_MS = 2_000;

/**
 * Watches a replay that the deployment carries on until it is finished or stopped, or until `stop`: it then goes on
 * without a watcher.
 *
 * @returns the replay as it was seen last
 */
export async function followReplay(
  replays: Pick<ReplayStore, 'readReplay'>,
  replay: ReplayRecord,
  watch: { stop: AbortSignal; onProgress: (replay: ReplayRecord) => void; everyMs?: number },
): Promise<ReplayRecord> {
  const { stop, onProgress, everyMs = EVERY_MS } = watch;
  let latest = replay;
  while (!stop.aborted) {
    latest = (await replays.readReplay(replay.integration, replay.id)) ?? latest;
    onProgress(latest);
    if (latest.state !== 'running') break;
    await sleep(everyMs, undefined, { signal: stop }).catch(() => undefined);
  }
  return latest;
}
