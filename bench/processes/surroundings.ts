import * as z from 'zod/mini';
import { nativeDynamoDb, startNativeDynamoDb } from '../../local/native-dynamodb.ts';
import { type Child, startChild } from './child.ts';
import { Counted, type KomboOrder, type KomboTask } from './kombo-and-bus.ts';
import { Services } from './services.ts';

/** The engine that the table is kept in: the native one where it is installed. */
export type EngineName = 'native' | 'embedded';

/** Everything that a measured process talks to, each in a process of its own. */
export type Surroundings = {
  services: Services;
  /** Tells the sandbox something, and answers with what was counted until then. */
  tell(order: KomboOrder): Promise<Counted>;
  stop(): void;
};

/** @throws when the native engine is asked for and not installed */
export async function startSurroundings(task: KomboTask, engine: EngineName): Promise<Surroundings> {
  const table = engine === 'native' ? await startNative() : await startEmbedded();
  const kombo = startChild('kombo-and-bus.ts', task);
  const addresses = z.pick(Services, { kombo: true, bus: true }).parse(await kombo.said());
  return {
    services: { ...addresses, dynamoDb: table.dynamoDb, table: table.table },
    tell: async (order) => Counted.parse(await kombo.ask(order)),
    stop() {
      kombo.stop();
      table.stop();
    },
  };
}

/** The native engine where it is installed, otherwise the one that runs everywhere. */
export function bestEngine(): EngineName {
  return nativeDynamoDb() === null ? 'embedded' : 'native';
}

async function startNative() {
  const file = nativeDynamoDb();
  if (file === null) throw new Error('the native engine (@dynoxide/linux-x64) is not installed here');
  const { endpoint, table, close } = await startNativeDynamoDb(file);
  return { dynamoDb: endpoint, table, stop: () => void close() };
}

async function startEmbedded() {
  const child: Child = startChild('embedded-engine.ts', {});
  const table = z.object({ dynamoDb: z.string(), table: z.string() }).parse(await child.said());
  return { ...table, stop: child.stop };
}
