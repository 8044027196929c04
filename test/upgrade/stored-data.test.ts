import { copyFileSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { parseLearningEvent } from '../../consumers/kit/parse.ts';
import { runSchoolbell } from '../cli/run-schoolbell.ts';
import { releases } from './releases.ts';
import { writeItems } from './stored-items.ts';

const Typed = z.looseObject({ 'detail-type': z.string() });
const Status = z.object({ known: z.number(), setAside: z.number(), condition: z.string() });

describe.each(releases())('data of release $version', ({ folder }) => {
  const lines = readFileSync(join(folder, 'events.jsonl'), 'utf8').trim().split('\n');
  const learningEvents = lines
    .map((line) => Typed.parse(JSON.parse(line)))
    .filter((event) => !event['detail-type'].startsWith('Integration'));

  it('the events of an earlier release are accepted by the parsers of this release', () => {
    expect(learningEvents.length).toBeGreaterThan(5);
    for (const event of learningEvents) expect(parseLearningEvent(event).type).toBe(event['detail-type']);
  });

  it('commands read the stored data of an earlier release, and the next poll does not begin with a new baseline', async () => {
    const directory = join(mkdtempSync(join(tmpdir(), 'schoolbell-upgrade-')), 'data');
    mkdirSync(directory, { mode: 0o700 });
    copyFileSync(join(folder, 'school.json'), join(directory, 'school.json'));
    await writeItems(directory, readFileSync(join(folder, 'items.json'), 'utf8'));
    const here = { cwd: tmpdir() };
    const status = await runSchoolbell(['status', 'sandbox:school', '--local', directory, '--json'], here);
    const before = Status.parse(JSON.parse(status.stdout[0] ?? ''));
    expect(before).toMatchObject({ condition: 'healthy', setAside: 0 });
    const replays = await runSchoolbell(
      ['replay', 'sandbox:school', '--list', '--local', directory, '--json'],
      here,
    );
    expect(replays.stdout).toHaveLength(2);
    const poll = await runSchoolbell(['poll', 'sandbox:school', '--local', directory, '--json'], here);
    expect(poll.code).toBe(0);
    const types = poll.stdout.map((line) => Typed.parse(JSON.parse(line))['detail-type']);
    expect(types).not.toContain('IntegrationBaselined');
    // This poll finds few changes, because the stored states are known. With unknown states, each record
    // would be a change.
    expect(types.length).toBeGreaterThan(0);
    expect(types.length).toBeLessThan(before.known / 2);
  });
});
