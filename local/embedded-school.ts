import type { IntegrationId } from '../functions/contract/integration.ts';
import { keepSchool, newSchool, readSchool } from './kept-school.ts';
import { steppedClock } from './sandbox/sandbox-clock.ts';
import { livingSchool } from './sandbox/school.ts';
import { DEFAULT_SCHOOL } from './sandbox/school-options.ts';
import { startSandbox } from './sandbox/server.ts';

/** The only integration of an embedded sandbox. */
const SCHOOL_INTEGRATION: IntegrationId = 'sandbox:school';

/** So many that a person can follow each of them. */
const LEARNERS = 16;

const API_KEY = 'sandbox-key';

export type EmbeddedSchool = {
  url: string;
  apiKey: string;
  integration: IntegrationId;
  now(): number;
  /** Lets time pass in the school. It stands still otherwise, so that a poll finds the same however long it takes. */
  pass(ms: number): void;
  /** Keeps how far the school has come, so that its history goes on in the next process. */
  keep(): Promise<void>;
  close(): Promise<void>;
};

/** A sandbox of Kombo's API in this process, with the school of a directory; nothing is written before `keep`. */
export async function startEmbeddedSchool(directory: string): Promise<EmbeddedSchool> {
  const school = (await readSchool(directory)) ?? newSchool(Date.now());
  const clock = steppedClock(Date.parse(school.now));
  const sandbox = await startSandbox({
    apiKey: API_KEY,
    clock,
    integrations: [
      {
        id: SCHOOL_INTEGRATION,
        records: livingSchool({
          ...DEFAULT_SCHOOL,
          learners: LEARNERS,
          integration: SCHOOL_INTEGRATION,
          seed: school.seed,
          startsAt: Date.parse(school.startsAt),
        }),
      },
    ],
  });
  return {
    url: sandbox.url,
    apiKey: API_KEY,
    integration: SCHOOL_INTEGRATION,
    now: clock.now,
    pass: clock.advance,
    keep: () => keepSchool(directory, { ...school, now: new Date(clock.now()).toISOString() }),
    close: sandbox.close,
  };
}
