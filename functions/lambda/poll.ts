import { followKombo } from '../core/follow-kombo.ts';
import { pollHandler } from '../poll.ts';
import { countPublished } from '../published-counter.ts';
import { reportRun } from '../report-run.ts';
import { createTelemetry } from '../telemetry.ts';
import { wirePoll } from '../wiring.ts';
import { guarded } from './guarded.ts';

/** Called by the poll queue, one message at a time. What is built here is built once, at a cold start. */
const telemetry = createTelemetry();
const { ports: wired, settings, queue, readStanding, baseline } = wirePoll(process.env);
const counter = countPublished(wired.publisher, wired.clock);
const ports = { ...wired, publisher: counter.publisher };

export const handler = guarded(
  telemetry,
  pollHandler({
    ports,
    settings,
    queue,
    report: (integration, outcome) => reportRun(telemetry, integration, outcome, counter.take()),
    follow: (id, why, owner) => followKombo({ ports, settings, readStanding, baseline }, id, why, owner),
  }),
);
