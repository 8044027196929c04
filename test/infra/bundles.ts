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

/** The bundles that a deployment uploads, by the construct that each belongs to: `Poll`, `Dispatch`, ... */
export function bundle(): Record<string, string> {
  const outdir = mkdtempSync(join(tmpdir(), 'schoolbell-bundles-'));
  const { app, notifier } = appWithStacks({ webhook: true }, { bundle: true, outdir });
  app.synth();
  const functions = Functions.parse(Template.fromStack(notifier).findResources('AWS::Lambda::Function'));
  return Object.fromEntries(
    Object.entries(functions).map(([id, { Properties }]) => [
      id.replace(/Function.*/, ''),
      join(outdir, `asset.${Properties.Code.S3Key.replace('.zip', '')}`, 'index.mjs'),
    ]),
  );
}
