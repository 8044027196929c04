import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type AppProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as z from 'zod/mini';
import { addStacks } from '../../infra/add-stacks.ts';
import type { SettingsInput } from '../../infra/settings.ts';

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });

/**
 * Returns the CDK app with the feature flags of `cdk.json` and its stacks. Functions are bundled only if
 * `bundle` is true.
 */
export function appWithStacks(
  settings: SettingsInput,
  { bundle = false, ...props }: AppProps & { bundle?: boolean } = {},
) {
  const file = join(import.meta.dirname, '../../cdk.json');
  const { context } = CdkJson.parse(JSON.parse(readFileSync(file, 'utf8')));
  const app = new App({
    treeMetadata: false,
    ...props,
    context: {
      ...context,
      '@aws-cdk/core:validationReportPrettyPrint': false,
      // Otherwise the CDK records the line of code that created each construct, which takes time.
      'aws:cdk:disable-stack-trace': true,
      ...(!bundle && { 'aws:cdk:bundling-stacks': [] }),
    },
  });
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  return { app, ...addStacks(app, settings, { account, region }) };
}

type Synthesised = { state: Template; notifier: Template; all: Record<string, Template> };
const synthesised = new Map<string, Synthesised>();

/**
 * Returns the templates for settings. Tests with the same settings share the templates and must not change
 * them. The templates are synthesised without the CDK's validation, which takes two thirds of the time.
 * `rules.test.ts` and `changes/` run the validation.
 */
function synthesizeOnce(settings: SettingsInput): Synthesised {
  const { CDK_DEFAULT_ACCOUNT, CDK_DEFAULT_REGION } = process.env;
  const key = JSON.stringify([settings, CDK_DEFAULT_ACCOUNT, CDK_DEFAULT_REGION]);
  const known = synthesised.get(key);
  if (known !== undefined) return known;
  const { state, notifier, consumers } = appWithStacks(settings, { builtinCloudFormationValidation: false });
  const made = {
    state: Template.fromStack(state),
    notifier: Template.fromStack(notifier),
    all: Object.fromEntries(
      [state, notifier, ...consumers].map((stack) => [stack.stackName, Template.fromStack(stack)]),
    ),
  };
  synthesised.set(key, made);
  return made;
}

/** Returns the templates of the state stack and the notifier stack with these settings. */
export function synthesize(settings: SettingsInput = {}): { state: Template; notifier: Template } {
  return synthesizeOnce(settings);
}

/** Returns the templates of all stacks of a deployment, including those of consumers, by the stack's name. */
export function synthesizeAll(settings: SettingsInput): Record<string, Template> {
  return synthesizeOnce(settings).all;
}
