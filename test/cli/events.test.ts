import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { type CommandLine, commandLine } from '../support/command-line.ts';
import { type CommandKombo, startCommandKombo } from '../support/sandbox-kombo.ts';

const SCHOOL = 'sandbox:school';

const Shown = z.object({
  'detail-type': z.string(),
  detail: z.object({
    id: z.string(),
    detectedAt: z.string(),
    integration: z.object({ id: z.string() }),
    learner: z.object({ id: z.nullable(z.string()), remoteId: z.nullable(z.string()) }),
    progression: z.object({ id: z.string() }),
  }),
  certificate: z.optional(z.nullable(z.object({ number: z.string(), status: z.string() }))),
});

const shownIn = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Shown.parse(JSON.parse(line)));

describe('the command `events`', () => {
  let cli: CommandLine;
  let other: CommandKombo;
  let all: z.infer<typeof Shown>[];
  const events = async (...args: string[]) => shownIn((await cli.run('events', ...args, '--json')).stdout);
  const idsOf = (shown: z.infer<typeof Shown>[]) => shown.map(({ detail }) => detail.id);

  beforeAll(async () => {
    cli = await commandLine();
    expect((await cli.run('dev')).exitCode).toBe(0);
    other = await startCommandKombo();
    all = await events(SCHOOL);
    expect(all.length).toBeGreaterThan(20);
  }, 120_000);
  afterAll(async () => {
    await other.close();
    await cli.remove();
  });

  it('`events --last` shows the latest events, and `events --limit` the earliest, as many as requested', async () => {
    const ids = idsOf(all);
    expect(idsOf(await events(SCHOOL, '--last', '3'))).toEqual(ids.slice(-3));
    expect(idsOf(await events(SCHOOL, '--last', '3', '--newest-first'))).toEqual(ids.slice(-3).toReversed());
    expect(idsOf(await events(SCHOOL, '--limit', '2'))).toEqual(ids.slice(0, 2));
    expect(idsOf(await events(SCHOOL, '--limit', '2', '--newest-first'))).toEqual(
      ids.toReversed().slice(0, 2),
    );
    expect((await cli.run('events', SCHOOL, '--last', '1')).stdout).toMatch(/\n1 event\.\n$/);
  });

  it('`events --follow` shows the last ten events and continues until Ctrl-C', async () => {
    const { exitCode, stdout } = await cli.interrupt(10, 'events', '--follow', '--json');

    expect(exitCode).toBe(0);
    expect(idsOf(shownIn(stdout))).toEqual(idsOf(all).slice(-10));
  });

  it('`events` without an integration shows the events of all integrations in the order of their detection', async () => {
    for (const status of ['ENROLLED', 'COMPLETED']) {
      other.put({ id: 'p1', status, enrolledAt: '2026-03-01T09:00:00.000Z' });
      const polled = await cli.runWith(other.variables, 'poll', other.integration);
      expect(polled.exitCode).toBe(0);
      other.now += 60 * 60 * 1000;
    }

    const shown = await events();

    expect(new Set(shown.map(({ detail }) => detail.integration.id))).toEqual(
      new Set([SCHOOL, other.integration]),
    );
    const times = shown.map(({ detail }) => detail.detectedAt);
    expect(times).toEqual(times.toSorted());
    const newest = await events('--newest-first');
    expect(new Set(idsOf(newest))).toEqual(new Set(idsOf(shown)));
    expect(newest.map(({ detail }) => detail.detectedAt)).toEqual(times.toReversed());
    expect((await cli.run('events', '--last', '1')).stdout).toContain(
      `; ${shown.at(-1)?.detail.integration.id})`,
    );
  });

  it("`events --learner` finds a learner by e-mail address, Kombo's id or the platform's id, and shows the learner's certificates", async () => {
    const learner = '1007';
    const wanted = all.filter(({ detail }) => detail.learner.remoteId === learner);
    expect(wanted.length).toBeGreaterThan(1);

    for (const name of ['learner.7@example.com', learner, wanted[0]?.detail.learner.id ?? '']) {
      const shown = await events(SCHOOL, '--learner', name);
      expect([name, idsOf(shown)]).toEqual([name, idsOf(wanted)]);
      expect(
        shown.filter((each) => each['detail-type'] === 'CourseCompleted').at(-1)?.certificate,
      ).toMatchObject({
        number: expect.stringMatching(/^\d{4}-\w{4}-\w{4}-\w{4}$/),
        status: 'valid',
      });
    }
    const { stdout } = await cli.run('events', SCHOOL, '--learner', 'learner.7@example.com');
    expect(stdout).toMatch(/published \d{4}-\d\d-\d\d \d\d:\d\d; certificate \d{4}-\w{4}-\w{4}-\w{4}, valid/);
    expect(stdout).toMatch(/the events of \d course progressions that Kombo now returns/);
    const json = await cli.run('events', SCHOOL, '--learner', 'learner.7@example.com', '--json');
    expect(json.stdout).toContain('"certificate":{');
    expect(json.stdout).not.toContain('"code"');
  });

  it("`events --learner --from` shows every event about the learner in the journal, without the note that only Kombo's records were searched", async () => {
    const wanted = all.filter(({ detail }) => detail.learner.remoteId === '1007');
    const args = [SCHOOL, '--learner', 'learner.7@example.com', '--from', '2020-01-01'];

    expect(idsOf(await events(...args))).toEqual(idsOf(wanted));
    expect((await cli.run('events', ...args)).stdout).not.toContain('course progressions');
  });

  it('`events --progression` shows the events of one progression', async () => {
    const progression = all.at(-1)?.detail.progression.id ?? '';
    const wanted = all.filter(({ detail }) => detail.progression.id === progression);

    expect(idsOf(await events(SCHOOL, '--progression', progression))).toEqual(idsOf(wanted));
  });

  it('`events --progression` takes several ids, with or without a space after each comma', async () => {
    const ids = [...new Set(all.map(({ detail }) => detail.progression.id))].slice(0, 2);
    const wanted = all.filter(({ detail }) => ids.includes(detail.progression.id));

    for (const separator of [',', ', '])
      expect(idsOf(await events(SCHOOL, '--progression', ids.join(separator)))).toEqual(idsOf(wanted));
  });

  it('`events --learner` with a name or an unknown learner says that names are never stored', async () => {
    const name = await cli.run('events', SCHOOL, '--learner', 'Ada Byron');
    expect(name).toMatchObject({ exitCode: 2, stdout: '' });
    expect(name.stderr).toMatch(/^schoolbell: Names are never stored.*e-mail address.*learner\.id/);
    expect(name.stderr).not.toContain('Ada');

    const unknown = await cli.run('events', SCHOOL, '--learner', 'nobody@example.com');
    expect(unknown).toMatchObject({ exitCode: 0, stderr: '' });
    expect(unknown.stdout).toMatch(
      /^No event of sandbox:school matches the options\. .*names are never stored/,
    );
  });
});
