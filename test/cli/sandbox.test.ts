import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { runSchoolbell, startSchoolbell } from './run-schoolbell.ts';

const Started = z.object({ url: z.url(), apiKey: z.string(), integration: z.string() });

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'schoolbell-test-'));
});

afterEach(() => rm(cwd, { recursive: true }));

it('`sandbox` prints its URL and key, serves polls of another process, and ends after SIGINT', async () => {
  const { child, ended } = startSchoolbell(
    ['sandbox', '--port', '0', '--learners', '5', '--seed', '7', '--json'],
    { cwd },
  );
  const line = await new Promise<string>((resolve) => {
    child.stdout?.once('data', resolve);
  });
  const { url, apiKey, integration } = Started.parse(JSON.parse(line));
  const polled = await runSchoolbell(['poll', integration, '--local'], {
    cwd,
    variables: { KOMBO_BASE_URL: url, KOMBO_API_KEY: apiKey },
  });
  expect(polled).toMatchObject({ code: 0, stderr: [] });
  expect(polled.stdout.join('\n')).toContain('Baseline: ');
  child.kill('SIGINT');
  expect((await ended).code).toBe(0);
});

it('`sandbox` reports in one line that the port of --port is in use', async () => {
  const { child, ended } = startSchoolbell(['sandbox', '--port', '0', '--json'], { cwd });
  const line = await new Promise<string>((resolve) => {
    child.stdout?.once('data', resolve);
  });
  const { port } = new URL(Started.parse(JSON.parse(line)).url);
  const second = await runSchoolbell(['sandbox', '--port', port], { cwd });
  expect(second).toMatchObject({ code: 1, stdout: [] });
  expect(second.stderr).toEqual([`schoolbell: Port ${port} is in use: choose another with --port.`]);
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
});
