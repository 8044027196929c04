import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exampleOf } from '../../../catalogue/example-events.ts';
import { deliveredEvent } from '../../../local/bus/delivered-event.ts';
import { localConsumers } from '../../../local/consumers/local-consumers.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'schoolbell-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const entry = (type: 'CourseCompleted' | 'LearnerDropped') => ({
  bus: 'schoolbell',
  source: 'schoolbell',
  detailType: type,
  detail: { ...exampleOf(type).detail },
  resources: [],
  time: null,
});

test('a completion becomes a certificate in the folder and a line of Slack, through the deployed rules', async () => {
  const shown: string[] = [];
  const events: string[] = [];
  const deliver = localConsumers({
    folder,
    kombo: { readByIds: async () => ({ records: [], rejected: [] }) },
    clock: () => Date.parse('2026-04-15T08:00:09.000Z'),
    named: false,
    onEvent: (event) => events.push(event['detail-type']),
    show: (consumer, text) => shown.push(`${consumer}: ${text}`),
  });
  await deliver(deliveredEvent(entry('CourseCompleted'), 'e1', 0));
  await deliver(deliveredEvent(entry('CourseCompleted'), 'e2', 0));
  await deliver(deliveredEvent(entry('LearnerDropped'), 'e3', 0));

  expect(events).toEqual(['CourseCompleted', 'CertificateIssued', 'CourseCompleted', 'LearnerDropped']);
  expect(shown[0]).toBe(
    'slack: Course completed | Fire safety | Learner B7sQ2tWmYd4nVhJ6kXzR1c9p | Integration moodle:7C9M5sXAQx2cNMpVHLojrFpL | At 2026-03-02T09:30:00.000Z',
  );
  const files = await readdir(folder, { recursive: true });
  expect(files.filter((file) => file.endsWith('.pdf'))).toHaveLength(1);
});
