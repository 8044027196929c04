import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseIntegrationId } from '../../cli/options/values.ts';
import { DispatchEnvironment } from '../../functions/contract/environment.ts';
import { Integration, IntegrationId } from '../../functions/contract/integration.ts';
import { PollMessage, ReplayMessage } from '../../functions/contract/messages.ts';
import { KomboWebhook, pollOf } from '../../functions/webhook/kombo-webhook.ts';
import { Settings } from '../../infra/settings.ts';

const stored = { state: 'active', baseline: { mode: 'silent' }, addedAt: '2026-03-01T09:30:00.000Z' };

/** For each input of the program that contains an id: whether the schema of this input accepts the id. */
const edges: Record<string, (id: string) => boolean> = {
  'the command line': (id) => {
    try {
      return parseIntegrationId(id) === id;
    } catch {
      return false;
    }
  },
  'the settings': (id) => Settings.safeParse({ integrations: [id] }).success,
  'the environment of dispatch': (id) => DispatchEnvironment.shape.INTEGRATIONS.safeParse(id).success,
  'a webhook': (id) =>
    pollOf(KomboWebhook.parse({ type: 'integration-created', data: { id, category: 'LMS' } })) !== null,
  'a message of the poll queue': (id) => PollMessage.safeParse({ integration: id }).success,
  'a message of the replay queue': (id) => ReplayMessage.safeParse({ integration: id, replay: 'r' }).success,
  'an item of the table': (id) => Integration.safeParse({ ...stored, id }).success,
};

test.each(Object.entries(edges))(
  "the schema of %s accepts an id in Kombo's form and refuses an id with unprintable or non-ASCII characters",
  (_, takes) => {
    expect(takes('moodle:7C9M5sXAQx2cNMpVHLojrFpL')).toBe(true);
    const other = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 3 })
      .filter((text) => /[^!-~]/u.test(text));
    fc.assert(fc.property(other, (text) => !takes(`moodle:a${text}b`) && !takes(`mood${text}le:a`)));
  },
);

test('an integration id is valid exactly when it is a tool, a colon and an id, in printable ASCII without spaces or slashes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (tool, rest) => {
      const fits =
        /^[!-~]+$/.test(tool) && /^[!-~]+$/.test(rest) && !/[/:]/.test(tool) && !rest.includes('/');
      expect(IntegrationId.safeParse(`${tool}:${rest}`).success).toBe(fits);
    }),
  );
});
