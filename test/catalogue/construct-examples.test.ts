import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, expect, it, vi } from 'vitest';
import * as centralBus from '../../examples/constructs/central-bus.ts';
import { LearningStack } from '../../examples/constructs/one-stack.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLE = 'examples/constructs/one-stack.ts';
const inLearning = { env: { account: '222222222222', region: 'eu-central-1' } };

// The examples create their apps when they are imported. No test uses the bundles of their functions.
vi.hoisted(() => vi.stubEnv('CDK_CONTEXT_JSON', '{"aws:cdk:bundling-stacks":[]}'));
afterAll(() => {
  vi.unstubAllEnvs();
});

it('docs/constructs.md contains the whole example examples/constructs/one-stack.ts', () => {
  const page = readFileSync(join(ROOT, 'docs/constructs.md'), 'utf8');
  const example = readFileSync(join(ROOT, EXAMPLE), 'utf8');
  expect(page).toContain(`<!-- ${EXAMPLE} -->\n\`\`\`ts\n${example}\`\`\``);
});

it('the example examples/constructs/one-stack.ts deploys five functions and an e-mail subscription for alarms', () => {
  const template = Template.fromStack(new LearningStack(new App(), 'Learning', inLearning));
  template.resourceCountIs('AWS::Lambda::Function', 5);
  template.hasResourceProperties('AWS::SNS::Subscription', { Endpoint: 'ops@example.com' });
});

it('the example examples/constructs/central-bus.ts publishes to a bus in another account and creates no bus', () => {
  const template = Template.fromStack(new centralBus.LearningStack(new App(), 'Learning', inLearning));
  template.resourceCountIs('AWS::Events::EventBus', 0);
  expect(JSON.stringify(template.toJSON())).toContain(
    ':events:eu-central-1:111111111111:event-bus/company-events',
  );
});
