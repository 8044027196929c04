import * as z from 'zod/mini';
import { IntegrationId } from './contract/integration-id.ts';
import type { PollMessage } from './contract/poll-message.ts';

/** The model that course progressions are called in Kombo's webhooks. */
const MODEL = 'lms_course_progressions';

const DataChanged = z.object({
  type: z.literal('data-changed'),
  data: z.object({
    integration_id: IntegrationId,
    integration_category: z.string(),
    changed_models: z.array(z.object({ name: z.string() })),
  }),
});

const Created = z.object({
  type: z.literal('integration-created'),
  data: z.object({ id: IntegrationId, category: z.string() }),
});

const Changed = z.object({
  type: z.enum(['integration-deleted', 'integration-state-changed']),
  data: z.object({ id: IntegrationId }),
});

/** Webhooks that do not concern course progressions: Kombo sends more kinds than are known, and adds some. */
const Other = z.object({
  type: z.string().check(
    z.maxLength(100),
    z.refine((type) => !KNOWN.has(type)),
  ),
});

const KNOWN = new Set<string>([
  ...DataChanged.shape.type.def.values,
  ...Created.shape.type.def.values,
  ...Changed.shape.type.options,
]);

/** A webhook of Kombo, as far as it is needed. Names and e-mail addresses of its sender are not read. */
export const KomboWebhook = z.union([DataChanged, Created, Changed, Other]);
export type KomboWebhook = z.infer<typeof KomboWebhook>;

/**
 * The poll that a webhook asks for, or null. Whether the integration is one of ours, and how it stands at Kombo, is seen
 * when the message is taken: webhooks come late and out of order.
 */
export function pollOf(webhook: KomboWebhook): PollMessage | null {
  if (!('data' in webhook)) return null;
  switch (webhook.type) {
    case 'data-changed': {
      const { integration_id, integration_category, changed_models } = webhook.data;
      const concernsUs = integration_category === 'LMS' && changed_models.some(({ name }) => name === MODEL);
      return concernsUs ? { integration: integration_id } : null;
    }
    case 'integration-created':
      return webhook.data.category === 'LMS' ? { integration: webhook.data.id, follow: 'created' } : null;
    case 'integration-deleted':
    case 'integration-state-changed':
      return { integration: webhook.data.id, follow: 'changed' };
  }
}
