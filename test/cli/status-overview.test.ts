import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { terminalText } from '../../cli/terminal/terminal-text.ts';
import { overviewText } from '../../cli/views/status-text.ts';
import { decideEvents } from '../../functions/core/decide/decide-events.ts';
import { statusOf } from '../../functions/core/operator/status.ts';
import { newCheckpoint } from '../../functions/core/state/checkpoint.ts';
import { entryOf, observed } from '../support/observed.ts';

const NOW = Date.parse('2026-03-02T08:00:00.000Z');
const failure = {
  kind: 'integration' as const,
  code: 'PLATFORM.INTEGRATION_NOT_FOUND',
  message:
    'Kombo answered PLATFORM.INTEGRATION_NOT_FOUND: check the integration id, and that the key belongs to it',
  logUrl: 'https://app.kombo.dev/log',
};

function completion() {
  const change = decideEvents(null, observed(), new Date(NOW).toISOString());
  if (change === null) throw new Error('a first sight is a change');
  return change;
}

function overview(width: number): string[] {
  const status = (id: string, change: object, isUnpublished = false) =>
    statusOf(
      {
        integration: {
          id,
          state: 'active',
          baseline: { mode: 'silent' },
          addedAt: '2026-03-01T08:00:00.000Z',
        },
        checkpoint: {
          ...newCheckpoint(id),
          watermark: '2026-03-02T07:55:00.000Z',
          known: 3,
          entry: 4,
          ...change,
        },
        lease: null,
        setAside: 0,
        firstEntry: 1,
        nextEntry: isUnpublished ? entryOf([completion()], 5) : null,
        events: null,
      },
      NOW,
    );
  const failing = {
    state: 'failing' as const,
    since: '2026-03-02T07:00:00.000Z',
    failures: 3,
    failedAt: '2026-03-02T07:50:00.000Z',
    retryAt: '2026-03-02T08:10:00.000Z',
    needsNotice: true,
    notified: true,
    failure,
  };
  const statuses = [
    status('moodle:healthy', {}),
    status('moodle:7C9M5sXAQx2cNMpVHLojrFpL', { health: failing }),
    status('moodle:unpublished', {}, true),
  ];
  return stripVTControlCharacters(terminalText(overviewText(statuses, NOW, width))).split('\n');
}

test.each([80, 140])(
  'the overview of `status` fits into %i columns, and the reason for each failure is below its integration',
  (width) => {
    const lines = overview(width);

    expect(lines.filter((line) => line.length > width)).toEqual([]);
    expect(lines.join('\n')).toMatchSnapshot();
  },
);
