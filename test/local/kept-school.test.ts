import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { keepSchool, newSchool, readSchool } from '../../local/embedded-school.ts';
import { openLocalKombo } from '../../local/local-kombo.ts';
import { STORY } from '../../local/sandbox/school/story.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'schoolbell-test-'));
});

afterEach(() => rm(directory, { recursive: true }));

it('a new school of the sandbox begins so far in the past that its scripted events end today', () => {
  const today = Date.parse('2026-03-22T12:00:00.000Z');
  expect(newSchool(today)).toEqual({
    seed: 1,
    startsAt: '2026-03-01T10:00:00.000Z',
    now: '2026-03-01T10:00:00.000Z',
  });
});

it("reading the sandbox's school returns null for a new directory, and otherwise the school that was stored", async () => {
  expect(await readSchool(directory)).toBeNull();
  const school = newSchool(0);
  await keepSchool(join(directory, 'new'), school);
  expect(await readSchool(join(directory, 'new'))).toEqual(school);
});

it("the error about a damaged file of the sandbox's school says what to do", async () => {
  await writeFile(join(directory, 'school.json'), '{"seed":');
  await expect(readSchool(directory)).rejects.toThrow(/school\.json is damaged: move the directory away/);
});

it("a file of the sandbox's school that the system cannot read is not called damaged", async () => {
  await mkdir(join(directory, 'school.json'));
  await expect(readSchool(directory)).rejects.toThrow(/^EISDIR/);
});

it("the sandbox's school continues its history when it is opened again, and is written only by `keep`", async () => {
  const page = async (passMs: number) => {
    const { kombo, school, close } = await openLocalKombo({}, directory);
    school?.pass(passMs);
    const { records, servedAt } = await kombo.readPage({
      integration: 'sandbox:school',
      updatedAfter: null,
      cursor: null,
    });
    if (passMs > 0) await school?.keep();
    await close();
    return { servedAt, records };
  };
  await page(0);
  expect(await readdir(directory)).toEqual([]);
  const first = await page(STORY.pollEveryMs);
  expect(await page(0)).toEqual(first);
  expect(await page(STORY.pollEveryMs)).not.toEqual(first);
});
