import { syncWithKombo } from '../core/operator/sync-with-kombo.ts';
import { countPublished } from '../telemetry/published-counter.ts';
import { redactErrors } from '../telemetry/redact-errors.ts';
import { createTelemetry } from '../telemetry/telemetry.ts';
import { wirePoll } from '../wiring.ts';
import { pollHandler } from './handler.ts';
import { reportRun } from './report.ts';

const telemetry = createTelemetry();
const { ports: wired, settings, queue, readKomboStatus, baseline } = wirePoll(process.env);
const counter = countPublished(wired.publisher, wired.clock);
const ports = { ...wired, publisher: counter.publisher };

/** Lambda calls this handler with one message of the poll queue. */
export const handler = redactErrors(
  telemetry,
  pollHandler({
    ports,
    settings,
    queue,
    report: (integration, outcome) => reportRun(telemetry, integration, outcome, counter.take()),
    sync: (id, why, owner) => syncWithKombo({ ports, settings, readKomboStatus, baseline }, id, why, owner),
  }),
);
