import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { PollMessage } from '../../../functions/contract/messages.ts';
import { webhookHandler } from '../../../functions/webhook/handler.ts';
import { KomboWebhook } from '../../../functions/webhook/kombo-webhook.ts';
import shapes from '../../support/kombo-shapes.json' with { type: 'json' };
import { valuesOf, WebhookSchema } from '../../support/schema-arbitrary.ts';

const schemas = z.record(z.string(), WebhookSchema).parse(shapes.webhooks);

const ourIds = fc
  .tuple(fc.stringMatching(/^[a-z0-9]{1,20}$/), fc.stringMatching(/^[A-Za-z0-9]{24}$/))
  .map(([tool, id]) => `${tool}:${id}`);
const ids = fc.oneof({ weight: 9, arbitrary: ourIds }, fc.string({ unit: 'binary' }));
/** Generates only three of Kombo's 43 models, so that the model of course progressions is frequent. */
const models = fc.array(
  fc.record({ name: fc.constantFrom('lms_course_progressions', 'lms_users', 'hris_employees') }),
);

/** The fields that determine which poll a webhook should request. */
const Seen = z.object({
  data: z.object({
    id: z.optional(z.string()),
    integration_id: z.optional(z.string()),
    category: z.optional(z.string()),
    integration_category: z.optional(z.string()),
    changed_models: z.optional(z.array(z.object({ name: z.string() }))),
  }),
});
type Seen = z.infer<typeof Seen>['data'];

const follows: Record<
  string,
  (data: Seen) => { id: string | undefined; poll: Omit<PollMessage, 'integration'> | null }
> = {
  'data-changed': ({ integration_id: id, integration_category, changed_models = [] }) => ({
    id,
    poll:
      integration_category === 'LMS' && changed_models.some(({ name }) => name === 'lms_course_progressions')
        ? {}
        : null,
  }),
  'sync-finished': ({ integration_id: id, integration_category }) => ({
    id,
    poll: integration_category === 'LMS' ? {} : null,
  }),
  'integration-created': ({ id, category }) => ({
    id,
    poll: category === 'LMS' ? { follow: 'created' } : null,
  }),
  'integration-deleted': ({ id }) => ({ id, poll: { follow: 'changed' } }),
  'integration-state-changed': ({ integration_id: id }) => ({ id, poll: { follow: 'changed' } }),
};

/**
 * Sends this body with a valid signature. Returns the response of the function and the messages that it
 * queued.
 */
async function receive(body: string): Promise<{ statusCode: number; sent: PollMessage[] }> {
  const sent: PollMessage[] = [];
  const handle = webhookHandler({
    queue: { send: async (messages) => void sent.push(...messages) },
    secret: async () => 'the secret',
    report: () => undefined,
  });
  const signature = createHmac('sha256', 'the secret').update(body).digest('base64url');
  const { statusCode } = await handle({
    headers: { 'x-kombo-signature': signature },
    body,
    requestContext: { http: { method: 'POST' } },
  });
  return { statusCode, sent };
}

describe("a webhook in any form that Kombo's description allows", () => {
  test.each(Object.entries(schemas))(
    'a webhook of the type %s is accepted with any data, and requests a poll if the data is relevant and its integration id is valid',
    async (type, schema) => {
      const webhooks = valuesOf(schema, { id: ids, integration_id: ids, changed_models: models });
      let followed = 0;
      await fc.assert(
        fc.asyncProperty(webhooks, async (webhook) => {
          const { statusCode, sent } = await receive(JSON.stringify(webhook));
          const { id = '', poll } = follows[type]?.(Seen.parse(webhook).data) ?? { poll: null };

          const isOurs = /^[^\s/:]+:[^\s/]+$/.test(id) && id.length <= 256;
          expect(statusCode).toBe(202);
          expect(sent).toEqual(isOurs && poll !== null ? [{ integration: id, ...poll }] : []);
          followed += sent.length;
        }),
        { numRuns: 1_000 },
      );
      expect(followed).toBeGreaterThan(50);
    },
  );

  test("the tests of webhooks cover exactly the types in Kombo's API description", () => {
    expect(Object.keys(schemas).toSorted()).toEqual(Object.keys(follows).toSorted());
  });

  test('a webhook without the id of its integration does not fit the schema', () => {
    for (const [type, schema] of Object.entries(schemas)) {
      fc.assert(
        fc.property(valuesOf(schema), (webhook) => {
          const { data } = z.object({ data: z.looseObject({}) }).parse(webhook);
          const { id: _id, integration_id: _integration, ...rest } = data;
          expect(KomboWebhook.safeParse({ type, data: rest }).success).toBe(false);
        }),
        { numRuns: 20 },
      );
    }
  });
});
