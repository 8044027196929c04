import { describe, expect, it } from 'vitest';
import type { Integration } from '../../../functions/contract/integration.ts';
import { decideEvents } from '../../../functions/core/decide/decide-events.ts';
import { eventsOfEntry } from '../../../functions/core/decide/events-of-entry.ts';
import { NOTHING_WAITS } from '../../../functions/core/episodes/waiting-count.ts';
import { surveyFleet } from '../../../functions/core/fleet/fleet.ts';
import type { PollOutcome } from '../../../functions/core/poll/run-poll.ts';
import { type Checkpoint, newCheckpoint } from '../../../functions/core/state/checkpoint.ts';
import { EMPTY_TALLY as NOTHING_DECIDED } from '../../../functions/core/state/journal-entry.ts';
import { reportFleet } from '../../../functions/dispatch/report.ts';
import { reportRun } from '../../../functions/poll/report.ts';
import { countPublished } from '../../../functions/telemetry/published-counter.ts';
import { redacted } from '../../../functions/telemetry/redacted.ts';
import type { Fields, Telemetry } from '../../../functions/telemetry/telemetry.ts';

import { entryOf, observed } from '../../support/observed.ts';

const NOW = Date.parse('2026-03-01T12:00:00.000Z');
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();
const ended = {
  mode: 'incremental' as const,
  startedAt: ago(1),
  endedAt: ago(0),
  pages: 2,
  records: 300,
  events: 3,
  missed: 0,
  setAside: 1,
  unknownStatuses: 2,
};
const NOTHING = { byType: {}, refused: 0, komboLagSeconds: null, ownLagSeconds: null };

function recorder() {
  const lines: { level: string; message: string; fields: Fields }[] = [];
  const measured: object[] = [];
  const log = (level: string) => (message: string, fields: Fields) =>
    void lines.push({ level, message, fields });
  const telemetry: Telemetry = {
    info: log('info'),
    warn: log('warn'),
    unexpected: (message) => log('error')(message, {}),
    measure: (values, dimensions) => void measured.push({ ...values, ...dimensions }),
  };
  return { telemetry, lines, measured };
}

describe('the report of a poll', () => {
  it('after a poll, metrics count its runs, pages, records and events, and a log line has the number of events of each type', () => {
    const { telemetry, lines, measured } = recorder();
    const published = {
      byType: { CourseCompleted: 2, LearnerDropped: 1 },
      refused: 0,
      komboLagSeconds: 60,
      ownLagSeconds: 5,
    };
    reportRun(telemetry, 'moodle:a', { kind: 'ended', ended: [ended], again: false }, published);
    expect(measured).toEqual([
      {
        RunsEnded: 1,
        PagesRead: 2,
        RecordsRead: 300,
        ChangesMissed: 0,
        SetAside: 1,
        UnknownStatuses: 2,
        EventsPublished: 3,
        KomboLagSeconds: 60,
        OwnLagSeconds: 5,
      },
    ]);
    expect(lines[0]).toMatchObject({
      message: 'run',
      fields: { integration: 'moodle:a', events: published.byType },
    });
  });

  it.each([
    ['integration', 0],
    ['deployment', 1],
  ] as const)(
    'a poll that failed with the kind %s is counted as RunsFailed with this kind, and as DeploymentErrors only if it is `deployment`',
    (kind, deploymentErrors) => {
      const { telemetry, lines, measured } = recorder();
      const failure = { kind, code: 'CODE', message: 'what to do', logUrl: null };
      reportRun(telemetry, 'moodle:a', { kind: 'failed', failure }, NOTHING);
      expect(measured).toEqual([
        { RunsFailed: 1, ...(deploymentErrors === 1 && { DeploymentErrors: 1 }) },
        { RunsFailed: 1, kind },
      ]);
      expect(lines).toMatchObject([{ level: 'warn', fields: { outcome: 'failed', failure } }]);
    },
  );
});

it('each event that the bus refuses permanently is counted as SetAside, for which there is an alarm, even if no run ended', async () => {
  const refused = [
    { index: 0, reason: 'MalformedDetail' },
    { index: 1, reason: 'MalformedDetail' },
  ];
  const counter = countPublished(
    { publish: async () => ({ accepted: [], refused, error: null }), notify: async () => undefined },
    () => NOW,
  );
  await counter.publisher.publish([]);
  const { telemetry, measured } = recorder();
  reportRun(telemetry, 'moodle:a', { kind: 'more', ended: [] }, counter.take());
  expect(measured).toEqual([{ SetAside: 2 }]);
});

describe('the count of published events', () => {
  it('the counter of published events counts the learning events that the bus accepted, with their longest delays', async () => {
    const counter = countPublished(
      {
        publish: async () => ({ accepted: [0, 2], refused: [], error: null }),
        notify: async () => undefined,
      },
      () => NOW,
    );
    const seen = [5, 50, 9].map((minutes) =>
      observed({ completedAt: ago(60), changedAt: ago(minutes), status: 'COMPLETED' }),
    );
    const changes = seen.flatMap((record) => decideEvents(null, record, ago(0)) ?? []);
    await counter.publisher.publish(eventsOfEntry(entryOf(changes), null));
    expect(counter.take()).toEqual({
      byType: { CourseCompleted: 2 },
      refused: 0,
      komboLagSeconds: 55 * 60,
      ownLagSeconds: 9 * 60,
    });
  });

  it('the counter of published events counts an event that the bus accepted, and each reading sets the counter to zero', async () => {
    const counter = countPublished(
      { publish: async () => ({ accepted: [], refused: [], error: null }), notify: async () => undefined },
      () => NOW,
    );
    const at = ago(0);
    const integration = { id: 'moodle:a', tool: 'moodle' };
    await counter.publisher.notify({
      type: 'IntegrationRecovered',
      detail: { version: 1, id: '1', integration, at, failingSince: at },
    });
    expect(counter.take()).toEqual({ ...NOTHING, byType: { IntegrationRecovered: 1 } });
    expect(counter.take()).toEqual(NOTHING);
  });
});

it.each([
  [{ kind: 'refused', reason: 'add --force' }, 'warn', { reason: 'add --force' }],
  [{ kind: 'limited', until: ago(-1), isNew: true }, 'info', { until: ago(-1) }],
] satisfies [PollOutcome, string, object][])(
  'the log line of a poll with the outcome %o has its reason or its end',
  (outcome, level, fields) => {
    const { telemetry, lines } = recorder();
    reportRun(telemetry, 'moodle:a', outcome, NOTHING);
    expect(lines).toMatchObject([{ level, message: 'run', fields: { outcome: outcome.kind, ...fields } }]);
  },
);

describe('the survey of the fleet', () => {
  const integration = (id: string): Integration => ({
    id,
    state: 'active',
    baseline: { mode: 'silent' },
    addedAt: ago(600),
  });
  const checkpoint = (id: string, more: Partial<Checkpoint> = {}): Checkpoint => ({
    ...newCheckpoint(id),
    watermark: ago(10),
    ...more,
  });
  const troubled = (kind: 'integration' | 'transient', notified: boolean): Checkpoint['health'] => ({
    state: 'failing',
    since: ago(90),
    failures: 3,
    failedAt: ago(5),
    retryAt: ago(0),
    needsNotice: notified,
    notified,
    failure: { kind, code: null, message: '', logUrl: null },
  });

  it('the metrics of dispatch show the oldest watermark, failing and held integrations and the age of the oldest unpublished entry', async () => {
    const held = {
      since: ago(1),
      mode: 'incremental' as const,
      waiting: { ...NOTHING_WAITS, total: 30, kinds: { removed: 30 } },
      limit: 25,
      surge: 0,
      sample: [],
      stoppedAt: null,
      counting: null,
      chunks: [],
      notice: 'published' as const,
    };
    const checkpoints = [
      checkpoint('moodle:well', { lastRun: { ...ended, endedAt: ago(59) } }),
      checkpoint('moodle:late', { lastRun: { ...ended, endedAt: ago(61) }, watermark: ago(300) }),
      checkpoint('moodle:noticed', { health: troubled('transient', true), watermark: ago(130) }),
      checkpoint('moodle:failing', { health: troubled('integration', false), watermark: ago(900) }),
      checkpoint('moodle:shaky', { health: troubled('transient', false), entry: 4, watermark: ago(120) }),
      checkpoint('moodle:held', { held, accepted: { entry: 1, indexes: [0] }, watermark: ago(900) }),
    ];
    const integrations = checkpoints.map(({ integration: id }) => integration(id));
    const asked: string[] = [];
    const fleet = await surveyFleet(
      {
        async readEntriesAfter(asking) {
          asked.push(...asking.map(({ integration: id, entry }) => `${id}/${entry + 1}`));
          return asking
            .filter(({ integration: id }) => id === 'moodle:shaky')
            .map(({ integration: id, entry }) => ({
              integration: id,
              number: entry + 1,
              detectedAt: ago(100),
              mode: 'incremental',
              updatedAfter: null,
              writer: 'w',
              changes: [],
              tally: NOTHING_DECIDED,
            }));
        },
      },
      [...integrations, integration('moodle:new')],
      [{ id: 'moodle:damaged', reason: 'damaged: state is not valid' }],
      new Map(checkpoints.map((each) => [each.integration, each])),
      NOW,
      2,
    );
    expect(fleet).toMatchObject({ active: 7, failing: 2, held: 1, oldestUnpublishedSeconds: 6000 });
    expect(fleet.freshness.map(({ integration: id }) => id)).toEqual([
      'moodle:new',
      'moodle:late',
      'moodle:noticed',
      'moodle:shaky',
      'moodle:well',
    ]);
    expect(asked).toEqual([
      'moodle:late/1',
      'moodle:noticed/1',
      'moodle:failing/1',
      'moodle:shaky/5',
      'moodle:held/1',
    ]);

    const { telemetry, lines, measured } = recorder();
    reportFleet(telemetry, fleet, 4);
    expect(measured).toEqual([
      {
        IntegrationsActive: 7,
        IntegrationsFailing: 3,
        IntegrationsHeld: 1,
        WorstFreshnessSeconds: 36_000,
        OldestUnpublishedSeconds: 6000,
        PollsSent: 4,
        DeploymentErrors: 1,
      },
    ]);
    expect(lines.at(-1)).toEqual({
      level: 'warn',
      message: 'settings cannot be read',
      fields: { integration: 'moodle:damaged', reason: 'damaged: state is not valid' },
    });
    expect(lines[0]).toEqual({
      level: 'info',
      message: 'freshness',
      fields: { integration: 'moodle:new', freshnessSeconds: 36_000 },
    });
  });
});

it('an unexpected error is logged with its name and its stack, but without its message', () => {
  const problem = redacted(
    new Error('outer Ada', { cause: new SyntaxError('"ada@example.com" is not JSON') }),
  );
  expect(problem).toMatchObject({ name: 'Error', cause: { name: 'SyntaxError' } });
  expect(JSON.stringify(problem)).not.toMatch(/ada/i);
  expect(problem.at.length).toBeGreaterThan(0);
});
