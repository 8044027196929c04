import { expect, test } from 'vitest';
import { examine, type Finding } from '../../cli/commands/doctor.ts';
import type { Deployment } from '../../cli/deployment/open-deployment.ts';
import type { Integration } from '../../functions/contract/integration.ts';
import { DeploymentError } from '../../functions/core/errors.ts';
import { polledWorld } from '../support/replay-world.ts';

/** Returns the findings about Kombo, for a given response to the check of the API key. */
async function findings(
  readKeyOwner: (now: number) => Promise<{ environment: string; servedAt: string }>,
  about = ['key and host', 'clock'],
  stored: Partial<Integration> = {},
) {
  const { ports, settings, integration } = await polledWorld(1);
  await ports.store.changeIntegration(integration.id, () => ({ ...integration, ...stored }));
  const deployment: Deployment = {
    ports,
    settings,
    queue: null,
    replayQueue: null,
    readKeyOwner: () => readKeyOwner(ports.clock()),
    findLearners: async () => [],
    readCertificates: async () => null,
    readConsumers: async () => [],
    checks: null,
    ids: { mode: 'keep', key: async () => '' },
    close: async () => undefined,
  };
  const found: Finding[] = [];
  for await (const finding of examine(deployment)) found.push(finding);
  return found.filter(({ check }) => about.includes(check));
}

const served = (at: number) => ({ environment: 'env-1', servedAt: new Date(at).toISOString() });

test('`doctor` prints the Kombo environment of an API key that Kombo accepts', async () => {
  expect(await findings(async (now) => served(now - 1_000))).toEqual([
    {
      check: 'key and host',
      state: 'ok',
      found: 'Kombo accepts the key, which belongs to the environment env-1',
    },
  ]);
});

test('`doctor` reports an API key that Kombo refuses', async () => {
  const refused = () => Promise.reject(new DeploymentError('Kombo refuses it: check the Kombo API key'));

  expect(await findings(refused)).toEqual([
    { check: 'key and host', state: 'wrong', found: 'Kombo refuses it: check the Kombo API key' },
  ]);
});

test.each([
  ['ahead of', -60_000],
  ['behind', 60_000],
])("`doctor` warns when the clock of the machine is 60 s %s Kombo's clock", async (where, byMs) => {
  expect(await findings(async (now) => served(now + byMs))).toMatchObject([
    { check: 'key and host', state: 'ok' },
    {
      check: 'clock',
      state: 'warning',
      found: `the clock of this machine is 60 s ${where} Kombo's: synchronize it by NTP`,
    },
  ]);
});

test.each<[string, Partial<Integration>, Finding['state'][]]>([
  ['warns of an integration that the webhook paused', { state: 'paused', pausedBy: 'kombo' }, ['warning']],
  ['does not check an integration that a person paused', { state: 'paused' }, []],
  ['asks Kombo about an active integration', {}, ['ok']],
])('`doctor` %s', async (_, stored, states) => {
  const found = await findings(async (now) => served(now), ['moodle:test, Kombo'], stored);
  expect(found.map(({ state }) => state)).toEqual(states);
});
