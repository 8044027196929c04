import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import product from '../../package.json' with { type: 'json' };
import { startSchoolbell } from '../cli/run-schoolbell.ts';
import { DEPLOYMENTS } from './deployments.ts';
import { readItems } from './stored-items.ts';

/*
 * Writes what this release stores, publishes and deploys: `npx node test/upgrade/write-fixtures.ts`, once for each
 * release. Later code must read the items and the events, and must update the deployment without losing data.
 */
const folder = join(import.meta.dirname, product.version);
const directory = join(mkdtempSync(join(tmpdir(), 'schoolbell-fixtures-')), 'data');

mkdirSync(folder, { recursive: true });
const events: string[] = [];
const schoolbell = (...args: string[]) =>
  startSchoolbell([...args, '--local', directory, '--json'], { cwd: tmpdir() }).ended;
for (let polls = 0; polls < 3; polls += 1)
  events.push(...(await schoolbell('poll', 'sandbox:school')).stdout);
for (const source of ['journal', 'kombo'])
  await schoolbell('replay', 'sandbox:school', '--source', source, '--from', '2020-01-01', '--yes');
writeFileSync(join(folder, 'events.jsonl'), `${events.join('\n')}\n`);
writeFileSync(join(folder, 'items.json'), await readItems(directory));
copyFileSync(join(directory, 'school.json'), join(folder, 'school.json'));

for (const [name, stacks] of Object.entries(DEPLOYMENTS)) {
  mkdirSync(join(folder, 'templates', name), { recursive: true });
  for (const stack of stacks()) {
    const template = JSON.stringify(Template.fromStack(stack).toJSON(), null, 1);
    const file = join(folder, 'templates', name, `${stack.stackName}.json`);
    // The hashes of assets are removed, because they change with every line of code.
    writeFileSync(file, template.replaceAll(/[0-9a-f]{64}/g, '<hash>'));
  }
}
