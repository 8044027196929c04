import * as z from 'zod/mini';

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
