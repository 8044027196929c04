import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exampleOf, learningExample } from '../../../catalogue/examples.ts';
import { deliveredEvent } from '../../../local/bus/bus.ts';
import { localConsumers } from '../../../local/consumers/local-consumers.ts';
import { observed } from '../../support/observed.ts';

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

/**
 * Creates the consumers on one machine, with a fake of Kombo that shows the progression of the example with
 * this status.
 */
function consumers(status: 'COMPLETED' | 'IN_PROGRESS', fail: () => void = () => {}) {
  const shown: string[] = [];
  const events: string[] = [];
  const { progression } = learningExample('CourseCompleted').detail;
  const deliver = localConsumers({
    folder,
    kombo: {
      async readByIds() {
        fail();
        return { records: [observed({ ...progression, status })], rejected: [] };
      },
    },
    clock: () => Date.parse('2026-04-15T08:00:09.000Z'),
    onEvent: (event) => events.push(event['detail-type']),
    show: (consumer, text) => shown.push(`${consumer}: ${text}`),
  });
  const pdfs = async () =>
    (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.pdf'));
  return { deliver, shown, events, pdfs };
}

test('on one machine, a completion that arrives twice leads to one PDF and is shown as a Slack message', async () => {
  const { deliver, shown, events, pdfs } = consumers('COMPLETED');
  await deliver(deliveredEvent(entry('CourseCompleted'), 'e1', 0));
  await deliver(deliveredEvent(entry('CourseCompleted'), 'e2', 0));
  await deliver(deliveredEvent(entry('LearnerDropped'), 'e3', 0));

  expect(events).toEqual(['CourseCompleted', 'CertificateIssued', 'CourseCompleted', 'LearnerDropped']);
  expect(shown[0]).toBe(
    'slack: Course completed | Fire safety | Learner 32 | Integration moodle:7C9M5sXAQx2cNMpVHLojrFpL | At 2026-03-02 09:30 UTC',
  );
  expect(await pdfs()).toHaveLength(1);
});

test("on one machine, a completion that Kombo's record does not confirm leads to no certificate, and the reason is shown", async () => {
  const { deliver, shown, pdfs } = consumers('IN_PROGRESS');
  await deliver(deliveredEvent(entry('CourseCompleted'), 'e1', 0));
  await deliver(deliveredEvent(entry('LearnerDropped'), 'e2', 0));
  expect(shown.at(-1)).toMatch(
    /^certificate: none: Kombo's record does not agree with the event CourseCompleted .*$/,
  );
  expect(await pdfs()).toEqual([]);
});

test('on one machine, any failure of the certificates is shown as their reason, and the bus accepts the event', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.integer()), fc.boolean(), async (text, isError) => {
      const { deliver, shown, events } = consumers('COMPLETED', () => {
        throw isError ? new Error(String(text)) : text;
      });
      await deliver(deliveredEvent(entry('CourseCompleted'), 'e1', 0));
      expect(events).toEqual(['CourseCompleted']);
      expect(shown.at(-1)).toBe(`certificate: none: ${text}`);
    }),
    { numRuns: 20 },
  );
});
