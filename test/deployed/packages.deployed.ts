import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { outputNames } from '../../functions/contract/names.ts';
import { rehearsal } from './rehearsal-settings.ts';
import { idOf, type RehearsedSchool, startRehearsedSchool } from './rehearsed-school.ts';
import { createRuleQueue, type RuleQueue } from './rule-queue.ts';

const ROOT = join(import.meta.dirname, '../..');
const NAME = 'Packaged';
const STACK = `${NAME}Notifier`;
const Outputs = z.record(z.string(), z.record(z.string(), z.string()));
const CdkJson = z.looseObject({ app: z.string() });
const run = promisify(execFile);

/**
 * The application that `schoolbell init` writes, on the emulator. It is installed only from the packed
 * package and the npm registry.
 */
describe.runIf(rehearsal.isEmulated)('the packaged application', () => {
  const work = mkdtempSync(join(tmpdir(), 'schoolbell-packaged-'));
  const app = join(work, 'app');
  let school: RehearsedSchool;
  let arrived: RuleQueue;

  const shell = async (command: string, cwd = app): Promise<string> =>
    (await run('bash', ['-c', command], { cwd, maxBuffer: 64 * 1024 * 1024 })).stdout;
  const schoolbell = (args: string) => shell(`npx schoolbell ${args} --stack ${STACK} --region us-east-1`);
  const edit = (file: string, change: (content: string) => string) =>
    writeFileSync(join(app, file), change(readFileSync(join(app, file), 'utf8')));

  beforeAll(async () => {
    school = await startRehearsedSchool();
    await shell(`npm run --silent build && npm pack --silent --pack-destination ${work}`, ROOT);
    await shell(
      'npm init --yes && npm install --no-audit ./schoolbell-*.tgz && npx schoolbell init app',
      work,
    );
    edit('settings.ts', (content) =>
      content
        .replace("name: 'Schoolbell'", `name: '${NAME}'`)
        .replace("kombo: 'eu'", `kombo: '${school.url}', keepState: false, surgeFloor: 3`),
    );
    const fit = `node ${JSON.stringify(join(import.meta.dirname, 'fit-assembly.ts'))}`;
    edit('cdk.json', (content) => {
      const cdk = CdkJson.parse(JSON.parse(content));
      return JSON.stringify({ ...cdk, app: `${cdk.app} && ${fit}`, requireApproval: 'never' });
    });
    await shell('npm install --no-audit');
  });

  afterAll(async () => {
    rmSync(work, { recursive: true });
    await school.close();
  });

  it('the application that `init` wrote is deployed by the commands that `init` printed', async () => {
    await shell('npx cdk bootstrap && npx cdk deploy --all');
    const outputs = Outputs.parse(JSON.parse(readFileSync(join(app, 'schoolbell.outputs.json'), 'utf8')));
    const bus = outputs[`${NAME}State`]?.[outputNames.bus] ?? '';
    arrived = await createRuleQueue(bus, `${NAME}-arrived`, { source: ['schoolbell'] });
  });

  it('the application that `init` wrote publishes an event about a completion', async () => {
    // Without this file, which the CDK wrote, the commands must find the deployment by its stack.
    rmSync(join(app, 'schoolbell.outputs.json'));
    await shell(`KOMBO_API_KEY=${rehearsal.komboKey} npx schoolbell key --stack ${STACK}`);
    await schoolbell(`integrations add ${rehearsal.integration}`);
    await schoolbell(`poll ${rehearsal.integration}`);
    expect((await arrived.receive(1)).map((event) => event['detail-type'])).toEqual(['IntegrationBaselined']);
    school.complete(0);
    await schoolbell(`poll ${rehearsal.integration}`);
    const [event] = await arrived.receive(1);
    expect(event).toMatchObject({
      'detail-type': 'CourseCompleted',
      detail: { progression: { id: idOf(0) } },
    });
  });
});
