import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod/mini';
import { eventPattern } from '../../consumers/kit/event-pattern.ts';
import { LearningEventDetail } from '../../functions/contract/learning-events.ts';
import { matchesPattern } from '../../local/rules/match-pattern.ts';
import { type CommandLine, commandLine } from '../support/command-line.ts';

const SCHOOL = 'sandbox:school';
const SINCE = ['--from', '2020-01-01'];

const Line = z.looseObject({ 'detail-type': z.string(), detail: LearningEventDetail });

/**
 * Returns the learning events in an output of `--json`, ordered by journal position. The local bus delivers
 * events in order only within a progression.
 */
const eventsIn = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      const { data } = Line.safeParse(JSON.parse(line));
      return data === undefined ? [] : [{ type: data['detail-type'], ...data.detail }];
    })
    .toSorted((a, b) => placeOf(a.journal) - placeOf(b.journal));

const placeOf = (journal: LearningEventDetail['journal']) =>
  journal === null ? 0 : journal.entry * 1000 + journal.index;

describe('the command `replay`', () => {
  let cli: CommandLine;
  let published: ReturnType<typeof eventsIn>;

  beforeAll(async () => {
    cli = await commandLine();
    for (let poll = 0; poll < 4; poll += 1) await cli.run('poll', SCHOOL);
    published = eventsIn((await cli.run('events', SCHOOL, '--json')).stdout);
    expect(published.length).toBeGreaterThan(10);
  });
  afterAll(() => cli.remove());

  it('`replay --dry-run` prints the number of events of each type and sends no event', async () => {
    const { exitCode, stdout } = await cli.run('replay', SCHOOL, ...SINCE, '--dry-run');

    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${published.length} events of ${SCHOOL}, from the journal`);
    expect(stdout).toMatch(/\d+ {2}CourseCompleted/);
    expect(stdout).toMatch(/To every consumer that receives replays.*at most 100 per second/);
    expect((await cli.run('replay', SCHOOL, '--list')).stdout).toContain('There are no replays');
  });

  it('`replay` sends the events that --dry-run counted to one consumer, with their original ids', async () => {
    const asked = [SCHOOL, ...SINCE, '--type', 'CourseCompleted,LearnerEnrolled', '--consumer', 'slack'];
    const counted = z
      .object({ events: z.number() })
      .parse(JSON.parse((await cli.run('replay', ...asked, '--dry-run', '--json')).stdout));

    const { exitCode, stdout } = await cli.run('replay', ...asked, '--yes', '--json', '--reason', 'test');

    const replayed = eventsIn(stdout);
    const wanted = published.filter(({ type }) => ['CourseCompleted', 'LearnerEnrolled'].includes(type));
    expect(exitCode).toBe(0);
    expect(replayed).toHaveLength(counted.events);
    expect(replayed.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
    expect(replayed.map(({ type }) => type)).toEqual(wanted.map(({ type }) => `Replayed${type}`));
    expect(new Set(replayed.map(({ replay }) => replay?.consumer))).toEqual(new Set(['slack']));
    expect(stdout.trim().split('\n').at(-1)).toContain('"state":"finished"');
  });

  it('`replay --force` accepts the name of a consumer that has no EventBridge rule', async () => {
    const { exitCode, stdout } = await cli.run(
      ...['replay', SCHOOL, ...SINCE, '--consumer', 'new', '--force', '--dry-run'],
    );

    expect(exitCode).toBe(0);
    expect(stdout).toContain('Only to new, as Replayed<Event>');
  });

  it('`replay --as-live` sends the events with their live types, exactly as they were first published', async () => {
    const { stdout } = await cli.run('replay', SCHOOL, ...SINCE, '--as-live', '--yes', '--json');

    expect(eventsIn(stdout)).toEqual(published);
  });

  it('a replay that is interrupted by Ctrl-C and continued with `replay --resume` has sent each event, in order', async () => {
    const first = await cli.interrupt(6, 'replay', SCHOOL, ...SINCE, '--rate', '10', '--yes', '--json');
    expect(first.exitCode).toBe(130);
    expect(first.stdout).toContain('"state":"stopped"');

    const second = await cli.run('replay', SCHOOL, '--resume', '--json');
    expect(second.stdout).toContain('"state":"finished"');

    const [before, after] = [eventsIn(first.stdout), eventsIn(second.stdout)];
    expect(before.length).toBeLessThan(published.length);
    expect(new Set([...before, ...after].map(({ id }) => id))).toEqual(
      new Set(published.map(({ id }) => id)),
    );
    expect(placeOf(before.at(-1)?.journal ?? null)).toBeLessThan(placeOf(after[0]?.journal ?? null));
  });

  it('`replay` does not change the watermark', async () => {
    const watermark = async () => (await cli.run('watermark', SCHOOL)).stdout;
    const before = await watermark();
    await cli.run('replay', SCHOOL, ...SINCE, '--yes');
    expect(await watermark()).toBe(before);
  });

  it("`replay --source kombo` derives events from Kombo's records and lists what cannot be derived", async () => {
    const counted = await cli.run('replay', SCHOOL, ...SINCE, '--source', 'kombo', '--dry-run');
    expect(counted.stdout).toContain('derived from what Kombo shows today');
    expect(counted.stdout).toContain('Kombo has no dates of starts, drops');

    const { stdout } = await cli.run('replay', SCHOOL, ...SINCE, '--source', 'kombo', '--yes', '--json');
    const ids = eventsIn(stdout).map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(50);
    expect(ids.every((id) => id.startsWith(`${SCHOOL}/kombo/`))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('`replay --one` sends one event to one consumer, even before the integration has published an event', async () => {
    const fresh = await commandLine();
    onTestFinished(() => fresh.remove());
    expect(eventsIn((await fresh.run('poll', SCHOOL, '--json')).stdout)).toEqual([]);
    const asked = ['replay', SCHOOL, '--source', 'kombo', '--one', '--type', 'CourseCompleted'];

    const { exitCode, stdout } = await fresh.run(
      ...asked,
      '--consumer',
      'badges',
      '--force',
      '--yes',
      '--json',
    );

    expect(exitCode).toBe(0);
    const events = stdout.split('\n').filter((line) => line.includes('ReplayedCourseCompleted'));
    expect(events).toHaveLength(1);
    const [event] = z.array(z.looseObject({})).parse(events.map((line) => JSON.parse(line)));
    expect(matchesPattern(eventPattern(['CourseCompleted'], 'badges'), event ?? {})).toBe(true);
    expect(matchesPattern(eventPattern(['CourseCompleted'], 'certificates'), event ?? {})).toBe(false);
  });

  it('`replay --one` sends only the first event of the journal that matches its options', async () => {
    const asked = ['replay', SCHOOL, '--one', '--type', 'CourseCompleted', '--yes', '--json'];

    const { stdout } = await cli.run(...asked);

    const first = published.find(({ type }) => type === 'CourseCompleted');
    expect(eventsIn(stdout).map(({ id }) => id)).toEqual([first?.id]);
  });

  it('`replay --one` fails when no event matches its options', async () => {
    const ended = await cli.run('replay', SCHOOL, '--source', 'kombo', '--one', '--course', 'none', '--yes');

    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toMatch(/No event of sandbox:school from 1970.* matches the options/);
  });

  it.each([
    [['replay', 'sandbox:other', ...SINCE], 1, /There is no integration sandbox:other/],
    [['replay', SCHOOL, '--from', '2100-01-01'], 1, /--from .* is in the future: it is now 20/],
    [['replay', SCHOOL, ...SINCE, '--to', '2020-02-01'], 1, /journal .* begins at .*--source kombo/],
    [['replay', SCHOOL, ...SINCE, '--course', 'none'], 1, /No event of sandbox:school from .* matches/],
    [['replay', SCHOOL, ...SINCE, '--type', 'CourseDone'], 2, /Give one of LearnerEnrolled/],
    [['replay', SCHOOL, ...SINCE], 2, /not a terminal.*use --yes/],
    [['replay', SCHOOL], 2, /Missing --from: the time to replay from/],
    [
      ['replay', SCHOOL, ...SINCE, '--as-live', '--source', 'kombo'],
      2,
      /cannot be combined with --source kombo/,
    ],
    [['replay', SCHOOL, '--resume', 'none'], 1, /There is no replay none/],
    [
      ['replay', SCHOOL, ...SINCE, '--consumer', 'certificate', '--yes'],
      2,
      /No rule .* consumer certificate, .* Consumers with rules: certificates, slack\..*add --force/,
    ],
  ])(
    'wrong arguments of `replay` are reported in one line on standard error: %j',
    async (args, exitCode, line) => {
      const ended = await cli.run(...args);

      expect(ended.exitCode).toBe(exitCode);
      expect(ended.stderr).toMatch(line);
      expect(ended.stderr.trim().split('\n')).toHaveLength(1);
    },
  );
});
