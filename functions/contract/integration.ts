import * as z from 'zod/mini';
import { Timestamp } from './field-types.ts';

/**
 * What the first sync of an integration publishes: nothing (`silent`), everything (`publish`), or only the
 * records whose status is dated at or after `date` (`since`).
 */
export const Baseline = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('silent') }),
  z.object({ mode: z.literal('publish') }),
  z.object({ mode: z.literal('since'), date: Timestamp }),
]);
export type Baseline = z.infer<typeof Baseline>;

/** Returns the baseline as one word: `silent`, `publish` or `since:<date>`. */
export function describeBaseline(baseline: Baseline): string {
  return baseline.mode === 'since' ? `since:${baseline.date}` : baseline.mode;
}

const PATTERN = /^(?:silent|publish|since:(?<date>.+))$/;

/** Parses `silent`, `publish` or `since:2026-09-01`, the form in settings and in the environment. */
export const BaselineText = z.pipe(
  z.string(),
  z.transform((text, context): Baseline => {
    const match = PATTERN.exec(text);
    const date = match?.groups?.['date'];
    if (match === null) {
      context.issues.push(
        wrong(text, 'a baseline is "silent", "publish" or "since:" with a date, such as "since:2026-09-01"'),
      );
      return z.NEVER;
    }
    if (date === undefined) return { mode: text === 'publish' ? 'publish' : 'silent' };
    const parsed = z.union([z.iso.datetime({ offset: true }), z.iso.date()]).safeParse(date);
    const instant = Timestamp.safeParse(parsed.success ? new Date(parsed.data).toISOString() : null);
    if (!instant.success) {
      context.issues.push(wrong(text, `"${date}" is not a date such as 2026-09-01 or 2026-09-01T08:00:00Z`));
      return z.NEVER;
    }
    return { mode: 'since', date: instant.data };
  }),
);

function wrong(input: string, message: string): { code: 'custom'; input: string; message: string } {
  return { code: 'custom', input, message };
}

/**
 * The id of a Kombo integration: `<tool slug>:<opaque>`, in printable ASCII without spaces. A slash is
 * excluded because an event's id is `<integration>/<entry>/<index>`.
 */
export const IntegrationId = z
  .string()
  .check(
    z.maxLength(256),
    z.regex(/^[!-.0-9;-~]+:[!-.0-~]+$/, 'an integration id looks like "moodle:7C9M5sXAQx2cNMpVHLojrFpL"'),
  );
export type IntegrationId = z.infer<typeof IntegrationId>;

/** Returns the tool slug of an integration id: `moodle` for `moodle:7C9M…`. */
export function toolOf(integration: IntegrationId): string {
  return integration.slice(0, integration.indexOf(':'));
}

/** The settings of one Kombo integration. */
export const Integration = z.object({
  id: IntegrationId,
  state: z.enum(['active', 'paused', 'removed']),
  /** `kombo`: paused only while it is not active at Kombo. Absent if a person paused it. */
  pausedBy: z.optional(z.literal('kombo')),
  baseline: Baseline,
  addedAt: Timestamp,
});
export type Integration = z.infer<typeof Integration>;
