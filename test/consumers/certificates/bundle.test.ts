import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { learningExample } from '../../../catalogue/examples.ts';
import { addStacks } from '../../../infra/add-stacks.ts';
import { startBus } from '../../../local/bus/bus.ts';
import { steppedClock } from '../../../local/sandbox/clock.ts';
import { startSandbox } from '../../../local/sandbox/server.ts';
import { startBucket } from '../../adapters/s3/bucket-server.ts';
import { fixedRecords } from '../../support/fixed-records.ts';
import { startFunction } from '../../support/lambda-runtime.ts';
import { someRecord } from '../../support/some-record.ts';
import { delivered } from './some-history.ts';

const Resources = z.record(z.string(), z.object({ Properties: z.record(z.string(), z.unknown()) }));
/** The value of both secrets: Kombo's API key, and the key for hashed ids. */
const SECRET = 'k'.repeat(64);
const Asset = z.object({ S3Key: z.string() });

let outdir: string;
beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), 'schoolbell-certificates-'));
});
afterAll(() => rmSync(outdir, { recursive: true }));

/** Returns the folders of the function's bundle and of the layer with the fonts, as they are uploaded. */
function assets(): { bundle: string; fonts: string } {
  const app = new App({
    outdir,
    builtinCloudFormationValidation: false,
    context: { 'aws:cdk:bundling-stacks': ['SchoolbellCertificates'] },
  });
  const { consumers } = addStacks(app, { certificates: {} });
  app.synth();
  const [stack] = consumers;
  if (stack === undefined) throw new Error('There is no stack for certificates');
  const template = Template.fromStack(stack);
  const folderOf = (type: string, property: string) => {
    const [found] = Object.values(Resources.parse(template.findResources(type)));
    return join(outdir, `asset.${Asset.parse(found?.Properties[property]).S3Key.replace('.zip', '')}`);
  };
  return {
    bundle: folderOf('AWS::Lambda::Function', 'Code'),
    fonts: folderOf('AWS::Lambda::LayerVersion', 'Content'),
  };
}

test('the certificates function draws a certificate with only the files of its bundle and its layer', async () => {
  const { bundle, fonts } = assets();
  const notified: string[] = [];
  const bus = await startBus({ onEvent: (event) => void notified.push(event['detail-type']) });
  const bucket = await startBucket();
  const { type, detail } = learningExample('CourseCompleted');
  const kombo = await startSandbox({
    apiKey: SECRET,
    clock: steppedClock(Date.parse(detail.detectedAt)),
    integrations: [
      {
        id: detail.integration.id,
        records: fixedRecords([
          {
            ...someRecord,
            id: detail.progression.id,
            status: 'COMPLETED',
            completed_at: detail.progression.completedAt,
            user: {
              id: 'u',
              remote_id: 'u-1',
              first_name: 'محمد',
              last_name: 'A\u030bda 高橋',
              work_email: null,
            },
          },
        ]),
      },
    ],
  });
  const secrets = createServer((_, response) =>
    response.end(JSON.stringify({ SecretString: SECRET })),
  ).listen(0, '127.0.0.1');
  await once(secrets, 'listening');
  const issue = await startFunction({
    bundle: join(bundle, 'index.mjs'),
    environment: {
      POWERTOOLS_SERVICE_NAME: 'Tested',
      AWS_ENDPOINT_URL_EVENTBRIDGE: bus.endpoint,
      AWS_ENDPOINT_URL_S3: bucket.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${Object(secrets.address()).port}`,
      CERTIFICATES_BUCKET: 'certificates',
      BUS_NAME: 'tested',
      KOMBO_SECRET_ID: 'kombo',
      REMOTE_IDS_KEY_ID: 'remote-ids-key',
      KOMBO_BASE_URL: kombo.url,
      FONTS_DIRECTORY: fonts,
    },
  });
  try {
    const body = JSON.stringify(delivered({ type, detail }));
    expect(await issue.invoke({ Records: [{ body }] })).toEqual({ result: null });
    expect(notified).toEqual(['CertificateIssued']);
    const pdf = [...bucket.objects].find(([key]) => key.endsWith('.pdf'))?.[1];
    expect(pdf?.toString('latin1')).toContain('%PDF-1.7');
    expect(issue.log()).not.toMatch(/محمد|高橋|not drawable/);
  } finally {
    secrets.close();
    await Promise.all([issue.close(), bus.close(), bucket.close(), kombo.close()]);
  }
});
