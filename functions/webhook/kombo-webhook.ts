import * as z from 'zod/mini';
import { IntegrationId } from '../contract/integration.ts';
import type { PollMessage } from '../contract/messages.ts';

/** The name of the course progressions model in Kombo's webhooks. */
const MODEL = 'lms_course_progressions';

const DataChanged = z.object({
  type: z.literal('data-changed'),
  data: z.object({
    integration_id: z.string(),
    integration_category: z.string(),
    changed_models: z.array(z.object({ name: z.string() })),
  }),
});

const SyncFinished = z.object({
  type: z.literal('sync-finished'),
  data: z.object({ integration_id: z.string(), integration_category: z.string() }),
});

const Created = z.object({
  type: z.literal('integration-created'),
  data: z.object({ id: z.string(), category: z.string() }),
});

const Deleted = z.object({
  type: z.literal('integration-deleted'),
  data: z.object({ id: z.string() }),
});

const StateChanged = z.object({
  type: z.literal('integration-state-changed'),
  data: z.object({ integration_id: z.string() }),
});

const concerning = [DataChanged, SyncFinished, Created, Deleted, StateChanged] as const;

const KNOWN = new Set<string>(concerning.flatMap(({ shape }) => shape.type.def.values));

/** All other webhooks. Kombo sends more types than the types above, and adds new types. */
const Other = z.object({
  type: z.string().check(
    z.maxLength(100),
    z.refine((type) => !KNOWN.has(type)),
  ),
});

/** The fields that are read from a webhook of Kombo. Names and e-mail addresses are not read. */
export const KomboWebhook = z.union([...concerning, Other]);
export type KomboWebhook = z.infer<typeof KomboWebhook>;

/**
 * Returns the poll that a webhook requests, or null. The poll function checks whether the integration belongs
 * to this deployment. With `follow`, it also asks Kombo for the integration's status.
 */
export function pollOf(webhook: KomboWebhook): PollMessage | null {
  if (!('data' in webhook)) return null;
  switch (webhook.type) {
    case 'data-changed': {
      const { integration_id, integration_category, changed_models } = webhook.data;
      const concernsUs = integration_category === 'LMS' && changed_models.some(({ name }) => name === MODEL);
      return concernsUs ? pollOfIntegration(integration_id) : null;
    }
    case 'sync-finished': {
      // A failed sync also requests a poll: it may have updated a part of the data.
      const { integration_id, integration_category } = webhook.data;
      return integration_category === 'LMS' ? pollOfIntegration(integration_id) : null;
    }
    case 'integration-created':
      return webhook.data.category === 'LMS' ? pollOfIntegration(webhook.data.id, 'created') : null;
    case 'integration-deleted':
      return pollOfIntegration(webhook.data.id, 'changed');
    case 'integration-state-changed':
      return pollOfIntegration(webhook.data.integration_id, 'changed');
  }
}

/** Returns null for an id that does not have the form of an integration id. */
function pollOfIntegration(text: string, follow?: PollMessage['follow']): PollMessage | null {
  const id = IntegrationId.safeParse(text);
  return id.success ? { integration: id.data, ...(follow && { follow }) } : null;
}
