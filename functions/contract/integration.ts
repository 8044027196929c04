import * as z from 'zod/mini';
import { Baseline } from './baseline.ts';
import { Timestamp } from './field-types.ts';

/**
 * The id of a Kombo integration: `<tool slug>:<opaque>`, e.g. `sandbox:7C9M5sXAQx2cNMpVHLojrFpL`, in printable ASCII
 * without spaces. A slash is excluded because an event's id is `<integration>/<entry>/<index>`.
 */
export const IntegrationId = z
  .string()
  .check(
    z.maxLength(256),
    z.regex(/^[!-.0-9;-~]+:[!-.0-~]+$/, 'an integration id looks like "moodle:7C9M5sXAQx2cNMpVHLojrFpL"'),
  );
export type IntegrationId = z.infer<typeof IntegrationId>;

/** The tool slug of an integration id: `moodle` of `moodle:7C9M…`. */
export function toolOf(integration: IntegrationId): string {
  return integration.slice(0, integration.indexOf(':'));
}

/** The settings of one Kombo integration. */
export const Integration = z.object({
  id: IntegrationId,
  state: z.enum(['active', 'paused', 'removed']),
  /** Paused because it is gone or inactive at Kombo: brought back with it. Absent when a person paused it. */
  pausedBy: z.optional(z.literal('kombo')),
  baseline: Baseline,
  addedAt: Timestamp,
});
export type Integration = z.infer<typeof Integration>;
