import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { fitTemplate, Template, type WithheldResource } from './fit-template.ts';

/**
 * Runs after the CDK's app and before the CDK deploys what it wrote, and changes the assembly so that the emulator takes
 * it. What is taken out of the templates is listed in `withheld.json` beside them.
 */
const { CDK_OUTDIR, CDK_DEFAULT_REGION, CDK_DEFAULT_ACCOUNT } = z
  .object({ CDK_OUTDIR: z.string(), CDK_DEFAULT_REGION: z.string(), CDK_DEFAULT_ACCOUNT: z.string() })
  .parse(process.env);
const scope = { region: CDK_DEFAULT_REGION, account: CDK_DEFAULT_ACCOUNT };

/** The roles of `cdk bootstrap`. The emulator does not know `aws:ResourceAccount`, on which their rights depend. */
const ROLES = new Set([
  'assumeRoleArn',
  'assumeRoleExternalId',
  'cloudFormationExecutionRoleArn',
  'lookupRole',
]);

const withheld: WithheldResource[] = [];
for (const name of readdirSync(CDK_OUTDIR)) {
  const file = join(CDK_OUTDIR, name);
  if (name.endsWith('.template.json')) {
    const fitted = fitTemplate(Template.parse(JSON.parse(readFileSync(file, 'utf8'))), scope);
    withheld.push(...fitted.withheld);
    writeFileSync(file, JSON.stringify(fitted.template, null, 1));
  }
  if (name === 'manifest.json' || name.endsWith('.assets.json')) {
    const withoutRoles = (key: string, value: unknown) => (ROLES.has(key) ? undefined : value);
    writeFileSync(file, JSON.stringify(JSON.parse(readFileSync(file, 'utf8'), withoutRoles), null, 1));
  }
}
writeFileSync(join(CDK_OUTDIR, 'withheld.json'), JSON.stringify(withheld, null, 1));
