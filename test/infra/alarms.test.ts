import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { metricNames } from '../../functions/contract/metric-names.ts';
import { synthesize } from './synthesize.ts';

const Alarms = z.record(
  z.string(),
  z.object({
    Properties: z.object({
      AlarmDescription: z.string(),
      AlarmActions: z.optional(z.array(z.unknown())),
      TreatMissingData: z.string(),
    }),
  }),
);

function alarmsOf(settings: Parameters<typeof synthesize>[0] = {}) {
  const found = Alarms.parse(synthesize(settings).notifier.findResources('AWS::CloudWatch::Alarm'));
  return Object.entries(found).map(([id, { Properties }]) => ({ id, ...Properties }));
}

/** The anchors of a Markdown file's headings. */
function anchorsOf(file: string): string[] {
  const headings = readFileSync(join(import.meta.dirname, '../..', file), 'utf8').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^a-z -]/g, '')
      .replaceAll(' ', '-'),
  );
}

describe('the alarms', () => {
  it('say what they mean for learners and lead to a section of the runbook that is there', () => {
    const anchors = anchorsOf('docs/runbook.md');
    const alarms = alarmsOf();
    expect(alarms.length).toBeGreaterThanOrEqual(6);
    for (const { AlarmDescription } of alarms) {
      const [, section] = /docs\/runbook\.md#([a-z-]+)$/.exec(AlarmDescription) ?? [];
      expect(AlarmDescription).toMatch(/learner|customer|certificate/);
      expect(anchors).toContain(section);
    }
  });

  it('take silence for trouble only where nothing runs', () => {
    const silent = alarmsOf().filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
    expect(silent.map(({ id }) => id)).toEqual([expect.stringContaining('NotDispatching')]);
  });

  it('tell nobody, a topic, or an address, as the settings say', () => {
    expect(alarmsOf().every(({ AlarmActions }) => AlarmActions === undefined)).toBe(true);
    const topic = 'arn:aws:sns:eu-central-1:123456789012:alarms';
    expect(alarmsOf({ alarms: topic }).every(({ AlarmActions }) => AlarmActions?.[0] === topic)).toBe(true);
    synthesize({ alarms: 'ops@example.com' }).notifier.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'ops@example.com',
    });
  });

  it('and the dashboard use no metric that no function writes', () => {
    const { notifier } = synthesize({ webhook: true });
    const template = JSON.stringify(notifier.toJSON()).replaceAll('\\', '');
    const written: string[] = Object.values(metricNames);
    const inAlarms = template.matchAll(/"MetricName":"([A-Za-z]+)","Namespace":"Schoolbell"/g);
    const onDashboard = template.matchAll(/\["Schoolbell","([A-Za-z]+)"/g);
    const used = [...inAlarms, ...onDashboard].map(([, name]) => name);
    expect(used.length).toBeGreaterThan(5);
    expect(used.filter((name) => !written.includes(name ?? ''))).toEqual([]);
  });
});
