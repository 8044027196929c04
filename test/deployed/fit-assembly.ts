import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { fitTemplate, Template, type WithheldResource } from './fit-template.ts';

/**
 * Runs between the synthesis and the deployment, and changes the assembly so that the emulator accepts it.
 * `withheld.json` lists the resources that were taken out of the templates.
 */
const { CDK_OUTDIR, CDK_DEFAULT_REGION, CDK_DEFAULT_ACCOUNT } = z
  .object({ CDK_OUTDIR: z.string(), CDK_DEFAULT_REGION: z.string(), CDK_DEFAULT_ACCOUNT: z.string() })
  .parse(process.env);
const scope = { region: CDK_DEFAULT_REGION, account: CDK_DEFAULT_ACCOUNT };

/** The roles of `cdk bootstrap` depend on `aws:ResourceAccount`, which the emulator does not support. */
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
