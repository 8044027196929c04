import { TransientError } from '../../functions/core/errors.ts';
import type { Ports } from '../../functions/core/ports.ts';

/**
 * A fault at one call, before or after the call takes effect. `killed`: the process does nothing more.
 * `frozen`: the process stops until `thaw` is called. `fails`: the call throws an error that the core knows.
 * `surprises`: the call throws an unknown error.
 */
export const faultKinds = ['killed', 'frozen', 'fails', 'surprises'] as const;
export type Fault = { at: number; kind: (typeof faultKinds)[number]; tookEffect: boolean };

export type FaultyPorts = {
  ports: Ports;
  /** The names of the calls that were made. */
  calls: string[];
  /** Settles when the process is killed or frozen. */
  stopped: Promise<void>;
  thaw(): void;
};

/** Returns the ports with a fault at the call number `fault.at`. The first call has number 1. */
export function faultyPorts({ kombo, store, publisher, clock }: Ports, fault: Fault | null): FaultyPorts {
  const calls: string[] = [];
  let isDead = false;
  let stop = () => {};
  let thaw = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const thawed = new Promise<void>((resolve) => {
    thaw = resolve;
  });
  const never = new Promise<never>(() => {});

  const guard =
    <Args extends unknown[], Result>(call: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      calls.push(call.name);
      if (isDead) return never;
      if (fault === null || calls.length !== fault.at) return call(...args);
      isDead = fault.kind === 'killed';
      const effect = fault.tookEffect ? call(...args) : null;
      await effect?.catch(() => undefined);
      switch (fault.kind) {
        case 'killed':
          stop();
          return never;
        case 'frozen':
          stop();
          await thawed;
          return effect ?? call(...args);
        case 'fails':
          throw new TransientError('a fault of the test');
        case 'surprises':
          throw new Error('a surprise of the test');
      }
    };

  return {
    ports: {
      clock,
      kombo: {
        readPage: guard(kombo.readPage),
        readByIds: guard(kombo.readByIds),
        readDataExpiredAt: guard(kombo.readDataExpiredAt),
      },
      store: {
        readIntegration: guard(store.readIntegration),
        readIntegrations: guard(store.readIntegrations),
        changeIntegration: guard(store.changeIntegration),
        readCheckpoint: guard(store.readCheckpoint),
        readCheckpoints: guard(store.readCheckpoints),
        takeLease: guard(store.takeLease),
        saveCheckpoint: guard(store.saveCheckpoint),
        releaseLease: guard(store.releaseLease),
        readKnown: guard(store.readKnown),
        appendEntry: guard(store.appendEntry),
        readEntry: guard(store.readEntry),
        readEntriesAfter: guard(store.readEntriesAfter),
        readEntries: store.readEntries,
        applyEntry: guard(store.applyEntry),
        writeHeldChunk: guard(store.writeHeldChunk),
        readHeldChunks: store.readHeldChunks,
        readProbe: guard(store.readProbe),
        writeProbe: guard(store.writeProbe),
        setAside: guard(store.setAside),
        readSetAside: guard(store.readSetAside),
        removeSetAside: guard(store.removeSetAside),
      },
      publisher: { publish: guard(publisher.publish), notify: guard(publisher.notify) },
    },
    calls,
    stopped,
    thaw,
  };
}
