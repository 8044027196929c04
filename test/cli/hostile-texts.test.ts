import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actsOnTerminal, hostileTexts, unusualNames } from '../support/hostile-texts.ts';
import { type CommandKombo, startCommandKombo } from '../support/sandbox-kombo.ts';
import { runHostileStory } from './hostile-story.ts';
import { capturedLines, type Ran, runSchoolbell } from './run-schoolbell.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const TEXTS = [...Object.values(hostileTexts), ...unusualNames];
const REASON = TEXTS.join(' ').replaceAll('\u0000', '').slice(0, 5_000).toWellFormed();

let cwd: string;
let kombo: CommandKombo;

/** Stores a record at Kombo, with `text` in every field that people can write. */
function put(id: string, text: string, status: string): void {
  kombo.putRaw({
    id,
    remote_id: text.slice(0, 500),
    user_id: `user of ${id}`,
    course_revision_id: text.slice(0, 500),
    status,
    enrolled_at: '2026-03-01T08:00:00.000Z',
    completed_at: status === 'COMPLETED' ? new Date(kombo.now).toISOString() : null,
    changed_at: new Date(kombo.now).toISOString(),
    remote_deleted_at: null,
    user: {
      id: `user of ${id}`,
      remote_id: text.slice(0, 500),
      first_name: text,
      last_name: text,
      work_email: text,
    },
    course_revision: {
      id: `revision of ${id}`,
      remote_id: text.slice(0, 500),
      title: text,
      course: { id: `course of ${id}`, remote_id: text.slice(0, 500) },
    },
  });
}

/** Returns an id that contains the beginning of the text and that the table accepts. */
const idOf = (text: string) => `p${text.slice(0, 300).toWellFormed()}`;

const schoolbell = (...args: string[]) =>
  runSchoolbell([...args, '--local'], {
    cwd,
    variables: { ...kombo.variables, LEARNER_DETAILS: 'include', SURGE_FLOOR: '1000', REMOTE_IDS: 'keep' },
  });

function expectHarmless({ stdout, stderr }: Ran): void {
  expect([...stdout, ...stderr].map(actsOnTerminal).filter((found) => found !== null)).toEqual([]);
  expect([...stdout, ...stderr].join('\n')).not.toMatch(/^schoolbell: all is well/m);
}

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'schoolbell-test-'));
  kombo = await startCommandKombo();
  for (const text of TEXTS) put(idOf(text), text, 'ENROLLED');
  expectHarmless(await schoolbell('poll', kombo.integration));
  kombo.now += DAY_MS;
  for (const text of TEXTS) {
    put(idOf(text), text, 'COMPLETED');
    put(`status ${idOf(text)}`, text, `ON HOLD ${text}`);
    kombo.putRaw({ id: `broken ${idOf(text)}`, status: 7 });
  }
});

afterAll(async () => {
  await kombo.close();
  await rm(cwd, { recursive: true });
});

describe('texts of learners, authors and platforms', () => {
  it("`poll` prints each event in one line with the learner's name, even if the name has unusual characters", async () => {
    const polled = await schoolbell('poll', kombo.integration);
    expectHarmless(polled);
    expect(polled.code).toBe(0);
    const completed = polled.stdout.filter((line) => line.includes('CourseCompleted'));
    expect(completed).toHaveLength(TEXTS.length);
    for (const name of unusualNames) expect(completed.some((line) => line.includes(name))).toBe(true);
  });

  const id = 'moodle:StandIn1';
  it.each<string[]>([
    ['events', id],
    ['status'],
    ['status', id],
    ['integrations', 'list'],
    ['integrations', 'add', id],
    ['set-aside', 'list', id],
    ['set-aside', 'retry', id],
    ['watermark', id],
    ['watermark', id, '--set', '2026-03-01'],
    ['reconcile', id],
    ['replay', id, '--from', '2026-03-01', '--dry-run', '--source', 'kombo'],
    [
      'replay',
      id,
      '--from',
      '2026-03-01',
      '--yes',
      '--rate',
      '10000',
      '--reason',
      REASON,
      '--consumer',
      REASON,
    ],
    ['replay', id, '--list'],
    ['release', id],
    ['discard', id],
    ['pause', id],
    ['resume', id],
    ['doctor'],
    ['integrations', 'remove', id],
  ])(
    'a stored text with control characters does not affect the terminal when it is printed by `schoolbell %s` (case %#)',
    async (...args) => {
      const [text, json] = [await schoolbell(...args), await schoolbell(...args, '--json')];
      expectHarmless(text);
      expectHarmless(json);
      expect(text.stdout.length + text.stderr.length).toBeGreaterThan(0);
      for (const line of json.stdout) expect(() => JSON.parse(line)).not.toThrow();
    },
  );

  it('the JSON that `events --json` prints has the original values of texts that contain control characters', async () => {
    const { stdout } = await schoolbell('events', id, '--json');
    const shown = stdout.map((line) => JSON.parse(line).detail.learner.remoteId);
    for (const text of TEXTS) expect(shown).toContain(text.slice(0, 500).toWellFormed());
  });

  it.each<string[]>([
    ['pol\u001b[2J\nschoolbell: all is well'],
    ['poll', 'moodle:\u001b]0;owned\u0007'],
    ['poll', 'moodle:\u202e\u009b2J'],
    ['events', 'moodle:a', '--course', '\u001b[2J\nschoolbell: all is well'],
    ['integrations', 'add', 'moodle:a', '--baseline', 'since:\u001b[2J\u2028'],
    ['events', 'moodle:a', '--from', '\u001b[2J\u0085'],
  ])(
    'the error about a wrong argument with control characters does not affect the terminal (case %#)',
    async (...args) => {
      const ran = await schoolbell(...args);
      expectHarmless(ran);
      expect(ran.stderr).toHaveLength(1);
      expect(ran.code).not.toBe(0);
    },
  );

  it("an error of Kombo's API that contains control characters does not affect the terminal", async () => {
    await schoolbell('integrations', 'add', id);
    for (const text of [TEXTS.join(' '), '\u001b[2J', '\nschoolbell: all is well']) {
      const error = {
        code: `REMOTE.${text}`,
        title: text,
        message: text,
        log_url: `https://kombo.test/${text}`,
      };
      kombo.respond = () => ({ status: 400, body: JSON.stringify({ status: 'error', error }) });
      expectHarmless(await schoolbell('poll', id));
    }
    expectHarmless(await schoolbell('status', id));
    kombo.respond = (respond) => respond();
  });
});

describe('hostile texts in the output of `npm start`', () => {
  const tell = async (variables: Record<string, string>, format: 'text' | 'json' = 'text') => {
    const directory = await mkdtemp(join(cwd, 'story-'));
    const certificates = format === 'text' ? join(directory, 'certificates') : null;
    return capturedLines(() => runHostileStory(directory, certificates), { cwd, variables });
  };

  it('with control characters in names and titles, `npm start` prints no control characters except those for its own colours', async () => {
    const plain = await tell({});
    expect(plain).toMatchObject({ code: 0, stderr: [] });
    expectHarmless(plain);
    expect(plain.stdout.filter((line) => line.includes('certificate ')).length).toBeGreaterThan(5);
    const coloured = await tell({ FORCE_COLOR: '1' });
    const ours = new RegExp(`${String.fromCharCode(27)}\\[(?:1|2|3[1-6]|22|39)m`, 'g');
    expect(coloured.stdout.join('')).toMatch(ours);
    expectHarmless({ ...coloured, stdout: coloured.stdout.map((line) => line.replaceAll(ours, '')) });
    expect(coloured.stdout).toHaveLength(plain.stdout.length);
  });

  it('with control characters in names and titles, `npm start -- --json` prints events that do not affect the terminal', async () => {
    const ran = await tell({}, 'json');
    expectHarmless(ran);
    expect(ran.stdout.map((line) => JSON.parse(line)['detail-type'])).toContain('CourseCompleted');
  });
});
