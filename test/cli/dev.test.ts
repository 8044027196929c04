import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LearningEventType } from '../../functions/contract/event-parts.ts';
import { startCommandKombo } from '../support/sandbox-kombo.ts';
import { parseDelivered } from './delivered-events.ts';
import { runSchoolbell, startSchoolbell } from './run-schoolbell.ts';

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'schoolbell-test-'));
});

afterEach(() => rm(cwd, { recursive: true }));

it('`dev` prints every type of learning event, a hold, a replay and certificates, and refers to `schoolbell --help`', async () => {
  const { code, stdout, stderr } = await runSchoolbell(['dev'], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: [] });
  const text = stdout.join('\n');
  for (const type of LearningEventType.options) expect(text).toContain(type);
  expect(text).toMatch(/in .*http:\/\/127\.0\.0\.1:\d+\/v1/);
  expect(text).toContain('Ada Lovelace');
  expect(text).toContain('GET /lms/course-progressions?updated_after=');
  expect(text).not.toContain(String.fromCharCode(27));
  expect(text.indexOf('ChangesHeld')).toBeGreaterThan(text.indexOf('The platform fails'));
  expect(text.indexOf('ChangesReleased')).toBeGreaterThan(text.indexOf('The platform works again'));
  expect(text).toMatch(/↻ CourseCompleted/);
  expect(text.match(/→ certificate/g)).toHaveLength(text.match(/out .*CertificateIssued/g)?.length ?? 0);
  expect(text).toContain('npx schoolbell --help');
  expect(await readdir(cwd)).toEqual([]);
});

it('`dev --local --json` prints only events, and a second run continues with the stored school', async () => {
  const first = await runSchoolbell(['dev', '--local', '--json'], { cwd });
  expect(first.code).toBe(0);
  expect(parseDelivered(first.stdout).types).toContain('IntegrationBaselined');
  const second = await runSchoolbell(['dev', '--local', '--json'], { cwd });
  const { types, learning } = parseDelivered(second.stdout);
  expect(types).not.toContain('IntegrationBaselined');
  const lastOfFirst = parseDelivered(first.stdout).learning.at(-1)?.detail.detectedAt ?? '';
  expect(learning.length).toBeGreaterThan(0);
  expect(learning.every(({ detail }) => detail.detectedAt > lastOfFirst)).toBe(true);
});

it("`dev` polls Kombo's API instead of the sandbox when KOMBO_API_KEY is set", async () => {
  const kombo = await startCommandKombo();
  kombo.put({ id: 'a', status: 'ENROLLED', enrolledAt: null });
  const { code, stdout } = await runSchoolbell(['dev', '--integration', kombo.integration], {
    cwd,
    variables: kombo.variables,
  });
  await kombo.close();
  expect(code).toBe(0);
  expect(stdout.join('\n')).toContain('1 progression read on 1 page');
});

it('`dev --watch` continues until it is interrupted, and then prints a summary', async () => {
  const { child, ended } = startSchoolbell(['dev', '--watch', '--every', '0'], { cwd });
  let seen = '';
  const stopInTime = (text: string) => {
    seen += text;
    if (!seen.includes('Poll 9')) return;
    child.stdout?.off('data', stopInTime);
    child.kill('SIGINT');
  };
  child.stdout?.on('data', stopInTime);
  const { code, stdout } = await ended;
  expect(code).toBe(0);
  expect(stdout.join('\n')).toMatch(/\d+ polls, \d+ progressions read, \d+ events published/);
});
