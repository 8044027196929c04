import { seededRandom } from '../simulation/world/random.ts';
import { type FaultyProxy, startFaultyProxy } from '../support/faulty-proxy.ts';
import { networkFaults } from '../support/network-fault.ts';
import { DYNAMODB_REFUSES, EVENTBRIDGE_REFUSES, KOMBO_REFUSES } from './refusing-answers.ts';
import type { Origins } from './wire.ts';

/** For each service, a proxy that adds faults to its responses. */
export type Proxies = {
  origins: Origins;
  all: FaultyProxy[];
};

/** The shares of requests with a fault. The seed chooses one share for each service. */
const SHARES = [0, 0.03, 0.1, 0.3];

export async function startProxies(origins: Origins, seed: number): Promise<Proxies> {
  const random = seededRandom(seed);
  const start = (origin: string, answers: typeof KOMBO_REFUSES) => {
    const faults = networkFaults(random.fork(), { share: random.pick(SHARES), answers });
    return startFaultyProxy(origin, faults);
  };
  const kombo = await start(origins.kombo, KOMBO_REFUSES);
  const dynamoDb = await start(origins.dynamoDb, DYNAMODB_REFUSES);
  const eventBridge = await start(origins.eventBridge, EVENTBRIDGE_REFUSES);
  return {
    origins: { kombo: kombo.endpoint, dynamoDb: dynamoDb.endpoint, eventBridge: eventBridge.endpoint },
    all: [kombo, dynamoDb, eventBridge],
  };
}
