import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod/mini';
import { appWithStacks } from './synthesize.ts';

const Functions = z.record(
  z.string(),
  z.object({ Properties: z.object({ Code: z.object({ S3Key: z.string() }) }) }),
);

const slack = {
  name: 'learning',
  events: ['CourseCompleted'],
  via: {
    way: 'incoming-webhook' as const,
    url: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:Slack-AbCdEf',
  },
};

/**
 * Returns the bundles that a deployment uploads, by the id of the construct of the function: `Poll`,
 * `Dispatch`, `Slacklearning`, ...
 */
export function bundle(): Record<string, string> {
  const outdir = mkdtempSync(join(tmpdir(), 'schoolbell-bundles-'));
  const { app, notifier, consumers } = appWithStacks(
    { webhook: true, slack: [slack] },
    { bundle: true, builtinCloudFormationValidation: false, outdir },
  );
  app.synth();
  const functions = [notifier, ...consumers].flatMap((stack) =>
    Object.entries(Functions.parse(Template.fromStack(stack).findResources('AWS::Lambda::Function'))),
  );
  return Object.fromEntries(
    functions.map(([id, { Properties }]) => [
      id.replace(/Function.*/, ''),
      join(outdir, `asset.${Properties.Code.S3Key.replace('.zip', '')}`, 'index.mjs'),
    ]),
  );
}
