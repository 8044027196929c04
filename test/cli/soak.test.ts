import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandKombo, startCommandKombo } from '../support/sandbox-kombo.ts';
import { expectComplete } from './chains.ts';
import { parseDelivered } from './delivered-events.ts';
import { liveAnHour, randomNumbers } from './random-school.ts';
import { runSchoolbell, startSchoolbell } from './run-schoolbell.ts';

/** `npm run test:soak` sets 20 processes, 200 polls and 30 kills. */
const PROCESSES = Number(process.env['PROCESSES'] ?? 3);
const POLLS = Number(process.env['POLLS'] ?? 6);
const KILLS = Number(process.env['KILLS'] ?? 2);
const SEED = Number(process.env['SEED'] ?? 1);

/** The maximum time between two kills. */
const KILL_EVERY_MS = 1_000;

let cwd: string;
let temporary: string;
let kombos: CommandKombo[];

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'schoolbell-test-'));
  temporary = await mkdtemp(join(tmpdir(), 'schoolbell-test-'));
  kombos = await Promise.all(['1', '2', '3', '4'].map((name) => startCommandKombo(`moodle:School${name}`)));
  for (const kombo of kombos) kombo.pageSize = 10;
});

afterAll(async () => {
  await Promise.all(kombos.map((kombo) => kombo.close()));
  await Promise.all([cwd, temporary].map((each) => rm(each, { recursive: true })));
});

const options = (kombo: CommandKombo) => ({
  cwd,
  // These schools have many removals. This limit is so high that no change is held.
  variables: { ...kombo.variables, SURGE_FLOOR: '1000000', TMPDIR: temporary },
});
const poll = (kombo: CommandKombo) => ['poll', kombo.integration, '--json', '--local'];

/** The errors that a command may print while another process polls the same integration. */
const BUSY = /^schoolbell: Another process (is polling|has acquired the lease of)/;

it(`${PROCESSES} processes that share one directory of local data miss no change in ${POLLS} polls with ${KILLS} kills (seed ${SEED})`, {
  timeout: POLLS * 10_000 + 120_000,
}, async () => {
  const random = randomNumbers(SEED);
  const lines = new Map(kombos.map((kombo) => [kombo, [] as string[]]));
  const choose = <Item>(items: Item[]): Item | undefined => items[Math.floor(random() * items.length)];
  for (const kombo of kombos) {
    const add = ['integrations', 'add', kombo.integration, '--baseline', 'publish', '--local'];
    expect((await runSchoolbell(add, options(kombo))).code).toBe(0);
  }

  const running = new Set<ReturnType<typeof startSchoolbell>>();
  let started = 0;
  let killed = 0;
  const work = async () => {
    while (started < POLLS || killed < KILLS) {
      started += 1;
      const kombo = choose(kombos);
      if (kombo === undefined) return;
      liveAnHour(kombo, random);
      const isStatus = random() < 0.1;
      const run = startSchoolbell(isStatus ? ['status', '--local'] : poll(kombo), options(kombo));
      running.add(run);
      const { code, stdout, stderr } = await run.ended;
      running.delete(run);
      if (!isStatus) lines.get(kombo)?.push(...stdout);
      if (run.child.signalCode === 'SIGKILL') continue;
      const errors = stderr.filter((line) => line.startsWith('schoolbell:') && !BUSY.test(line));
      expect({ errors, isFine: code === 0 || stderr.some((line) => BUSY.test(line)) }).toEqual({
        errors: [],
        isFine: true,
      });
    }
  };
  const kill = async () => {
    while (killed < KILLS) {
      await sleep(random() * KILL_EVERY_MS);
      if (choose([...running])?.child.kill('SIGKILL')) killed += 1;
    }
  };
  await Promise.all([...Array.from({ length: PROCESSES }, work), kill()]);

  for (const kombo of kombos) {
    const last = await runSchoolbell(poll(kombo), options(kombo));
    expect({ code: last.code, stderr: last.stderr.filter((line) => line.startsWith('schoolbell:')) }).toEqual(
      {
        code: 0,
        stderr: [],
      },
    );
    lines.get(kombo)?.push(...last.stdout);
    const { learning } = parseDelivered(lines.get(kombo) ?? []);
    const own = learning.map(({ detail }) => detail);
    expectComplete(
      own.filter(({ integration }) => integration.id === kombo.integration),
      kombo,
    );
    expect((await runSchoolbell(poll(kombo), options(kombo))).stdout).toEqual([]);
  }
  expect(await readdir(temporary)).toEqual([]);
  const left = await readdir(join(cwd, '.schoolbell'));
  const kept = ['dynamodb', 'engine-secret', 'lock', 'remote-ids-key'];
  expect(left.filter((name) => !kept.includes(name))).toEqual([]);
});
