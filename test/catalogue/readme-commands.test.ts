import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readmeCommand, readmeCommands } from '../deployed/readme-commands.ts';

/**
 * The commands of the README's deployment section, after `npm ci`, that the tests on a deployment
 * (test/deployed) run.
 */
const REHEARSED = [
  'npx cdk bootstrap',
  'npx cdk deploy',
  'npx schoolbell key',
  'npx schoolbell integrations add',
  'npx schoolbell doctor',
  'npx schoolbell status',
  'npx schoolbell events',
  'npx schoolbell replay',
];

test("besides `npm ci`, the README's section about AWS has exactly the commands that the rehearsal in test/deployed runs", () => {
  expect(readmeCommands()).toEqual(['npm ci', ...REHEARSED.map(readmeCommand)]);
});

test.each(REHEARSED)('the rehearsal in test/deployed runs the command "%s" of the README', (command) => {
  const suite = readFileSync(new URL('../deployed/rehearsal.deployed.ts', import.meta.url), 'utf8');
  expect(suite).toContain(`readmeCommand('${command}')`);
});
