import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandKombo, startCommandKombo } from '../support/sandbox-kombo.ts';
import { expectComplete } from './chains.ts';
import { parseDelivered } from './delivered-events.ts';
import { liveAnHour, randomNumbers } from './random-school.ts';
import { runSchoolbell, startSchoolbell } from './run-schoolbell.ts';

/** The number of kills, which is 200 in `npm run test:kill`. */
const KILLS = Number(process.env['KILLS'] ?? 12);
const SEED = Number(process.env['SEED'] ?? 1);

/**
 * The longest time before a kill, in milliseconds: after the first request for a page, or after the start of
 * the process. Measured, a poll takes 50 to 300 ms from its first page to its end, so most kills come in the
 * middle of a poll.
 */
const LONGEST_MS = { work: 150, start: 1_000 };

let cwd: string;
let kombo: CommandKombo;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'schoolbell-test-'));
  kombo = await startCommandKombo();
  kombo.pageSize = 10;
});

afterAll(async () => {
  await kombo.close();
  await rm(cwd, { recursive: true });
});

/**
 * Returns the options of a command. The limit of suspect changes is so high that no changes are held, because
 * this school removes many records.
 */
const options = () => ({ cwd, variables: { ...kombo.variables, SURGE_FLOOR: '1000000' } });
const poll = () => ['poll', kombo.integration, '--local', '--json'];

it(`a local poll misses no change when its process is killed ${KILLS} times (seed ${SEED})`, {
  timeout: KILLS * 10_000 + 60_000,
}, async () => {
  const random = randomNumbers(SEED);
  liveAnHour(kombo, random);
  const added = await runSchoolbell(
    ['integrations', 'add', kombo.integration, '--local', '--baseline', 'publish'],
    options(),
  );
  expect(added.code).toBe(0);

  const lines: string[] = [];
  let killed = 0;
  let wasKilled = false;
  while (killed < KILLS) {
    // In half of the cases, nothing has changed at Kombo since a killed poll, so the next poll only completes
    // the work of the killed poll.
    if (!wasKilled || random() < 0.5) liveAnHour(kombo, random);
    const { child, ended } = startSchoolbell(poll(), options());
    let timer: NodeJS.Timeout | undefined;
    const killWithin = (ms: number) => {
      timer ??= setTimeout(() => child.kill('SIGKILL'), random() * ms);
    };
    kombo.beforePage = () => killWithin(LONGEST_MS.work);
    if (random() < 0.2) killWithin(LONGEST_MS.start);
    const { code, stdout, stderr } = await ended;
    clearTimeout(timer);
    kombo.beforePage = () => {};
    lines.push(...stdout);
    wasKilled = child.signalCode === 'SIGKILL';
    if (wasKilled) killed += 1;
    else
      expect({ code, stderr: stderr.filter((line) => line.startsWith('schoolbell:')) }).toEqual({
        code: 0,
        stderr: [],
      });
  }
  const last = await runSchoolbell(poll(), options());
  expect(last.code).toBe(0);
  lines.push(...last.stdout);

  const { learning } = parseDelivered(lines);
  expectComplete(
    learning.map(({ detail }) => detail),
    kombo,
  );
  // Another poll publishes nothing, because all events were published before.
  expect((await runSchoolbell(poll(), options())).stdout).toEqual([]);
});
