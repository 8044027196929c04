import { observed } from './observed.ts';
import { HOUR_MS } from './test-clock.ts';
import { type World, world } from './world.ts';

/** Creates an integration that has finished its first sync of some enrolled learners. */
export async function synced(
  ids: string[] = ['a', 'b', 'c'],
  ...rest: Parameters<typeof world>
): Promise<World> {
  const poller = world(...rest);
  poller.put(...ids.map((id) => observed({ id })));
  await poller.poll();
  poller.clock.advance(HOUR_MS);
  forget(poller);
  return poller;
}

function forget({ store, kombo, bus }: World): void {
  store.calls.length = 0;
  store.progressionWrites = 0;
  kombo.reads.length = 0;
  bus.published.length = 0;
  bus.notified.length = 0;
}
