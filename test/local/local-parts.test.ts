import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Integration } from '../../functions/contract/integration.ts';
import { runPoll } from '../../functions/core/poll/run-poll.ts';
import { runSettings } from '../../functions/run-settings.ts';
import { openLocalKombo } from '../../local/local-kombo.ts';
import { openLocalParts } from '../../local/local-parts.ts';

const SETTINGS = runSettings({
  OVERLAP_SECONDS: 900,
  LEARNER_DETAILS: 'omit',
  SURGE_SHARE: 0.1,
  SURGE_FLOOR: 25,
});

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'schoolbell-test-'));
});

afterEach(() => rm(directory, { recursive: true }));

it('on one machine, a poll immediately acquires the lease of a process that has ended, and appends a fence before it continues', async () => {
  const kombo = await openLocalKombo({}, directory);
  const types: string[] = [];
  const { ports, close } = await openLocalParts({
    directory,
    kombo,
    retentionDays: 90,
    onEvent: (event) => void types.push(event['detail-type']),
  });
  const integration: Integration = {
    id: 'sandbox:school',
    state: 'active',
    baseline: { mode: 'silent' },
    addedAt: '2026-03-01T00:00:00.000Z',
  };
  const until = '2999-01-01T00:00:00.000Z';
  await ports.store.takeLease(integration.id, { owner: 'gone', until }, until);

  const outcome = await runPoll(ports, SETTINGS, { integration, owner: 'here', timeLeft: () => true });
  expect(outcome.kind).toBe('ended');
  expect(types).toEqual(['IntegrationBaselined']);
  const fence = await ports.store.readEntry(integration.id, 1);
  expect(fence).toMatchObject({ writer: 'here', changes: [] });
  await close();
  await kombo.close();
});
