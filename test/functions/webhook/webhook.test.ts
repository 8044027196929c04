import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { PollMessage } from '../../../functions/contract/messages.ts';
import {
  MAX_BODY_BYTES,
  reportWebhook,
  type WebhookOutcome,
  webhookHandler,
} from '../../../functions/webhook/handler.ts';

const SECRET = 'the secret';
const INTEGRATION = 'moodle:7C9M5sXAQx2cNMpVHLojrFpL';

const sign = (body: string | Uint8Array, secret = SECRET) =>
  createHmac('sha256', secret).update(body).digest('base64url');

function receiver() {
  const sent: PollMessage[] = [];
  const outcomes: WebhookOutcome[] = [];
  const handle = webhookHandler({
    queue: { send: async (messages) => void sent.push(...messages) },
    secret: async () => SECRET,
    report: (outcome) => void outcomes.push(outcome),
  });
  /** Sends a text in the form of a function URL's event. */
  const post = (
    body: string,
    options: { signature?: string | null; base64?: boolean; method?: string } = {},
  ) => {
    const { signature = sign(body), base64 = false, method = 'POST' } = options;
    return handle({
      headers: signature === null ? {} : { 'x-kombo-signature': signature },
      body: base64 ? Buffer.from(body).toString('base64') : body,
      isBase64Encoded: base64,
      requestContext: { http: { method } },
    });
  };
  return { sent, outcomes, post, handle };
}

const dataChanged = (data: object = {}) =>
  JSON.stringify({
    id: '1',
    type: 'data-changed',
    data: {
      integration_id: INTEGRATION,
      integration_tool: 'moodle',
      integration_category: 'LMS',
      changed_models: [{ name: 'lms_users' }, { name: 'lms_course_progressions' }],
      ...data,
    },
  });

describe('a webhook that Kombo signed', () => {
  it.each([false, true])(
    'a webhook about changed course progressions requests a poll (base64: %s)',
    async (base64) => {
      const { post, sent } = receiver();
      expect(await post(dataChanged(), { base64 })).toMatchObject({ statusCode: 202 });
      expect(sent).toEqual([{ integration: INTEGRATION }]);
    },
  );

  it.each([
    ['of another model', { changed_models: [{ name: 'lms_users' }] }],
    ['of another category', { integration_category: 'HRIS' }],
  ])('a webhook about data %s requests no poll', async (_, data) => {
    const { post, sent } = receiver();
    expect(await post(dataChanged(data))).toMatchObject({ statusCode: 202 });
    expect(sent).toEqual([]);
  });

  it.each([
    ['sync-finished', { integration_id: INTEGRATION, integration_category: 'ATS' }, []],
    ['connection-flow-failed', undefined, []],
  ])('a webhook of the type %s with the data %j requests no poll', async (type, data, polls) => {
    const { post, sent } = receiver();
    expect(await post(JSON.stringify({ id: '1', type, data }))).toMatchObject({ statusCode: 202 });
    expect(sent).toEqual(polls);
  });

  it('a webhook is accepted if its signature matches the exact bytes of its body, and refused if only whitespace differs', async () => {
    const { post } = receiver();
    const body = dataChanged({ integration_tool: 'Ünïversität' });
    expect(await post(body, { base64: true })).toMatchObject({ statusCode: 202 });
    expect(await post(JSON.stringify(JSON.parse(body), null, 1), { signature: sign(body) })).toMatchObject({
      statusCode: 401,
    });
  });

  it('a webhook that arrives twice requests two polls', async () => {
    const { post, sent } = receiver();
    await post(dataChanged());
    await post(dataChanged());
    expect(sent).toEqual([{ integration: INTEGRATION }, { integration: INTEGRATION }]);
  });
});

describe('a request that is not a webhook of Kombo', () => {
  it.each([
    ['with a forged signature', dataChanged(), { signature: sign(dataChanged(), 'another secret') }, 401],
    ['with an empty signature', dataChanged(), { signature: '' }, 401],
    ['with half a signature', dataChanged(), { signature: sign(dataChanged()).slice(0, 20) }, 401],
    [
      'with the signature in hex',
      dataChanged(),
      { signature: Buffer.from(sign(dataChanged()), 'base64url').toString('hex') },
      401,
    ],
    ['without a signature', dataChanged(), { signature: null }, 401],
    ['that is too long', 'x'.repeat(MAX_BODY_BYTES + 1), {}, 413],
    ['that is far too long', 'x'.repeat(MAX_BODY_BYTES * 3), { signature: 'x' }, 413],
    ['that is not JSON', '{"type":', {}, 400],
    ['without a type', '{}', {}, 400],
    ['of a known type with other data', JSON.stringify({ type: 'data-changed', data: {} }), {}, 400],
    ['with the method GET', dataChanged(), { method: 'GET' }, 405],
  ])('the webhook function logs nothing and refuses a request %s', async (_, body, options, status) => {
    const { post, sent, outcomes } = receiver();
    const measured: object[] = [];
    const logged: unknown[] = [];
    expect(await post(body, options)).toMatchObject({ statusCode: status });
    expect(sent).toEqual([]);
    const log = (...line: unknown[]) => void logged.push(line);
    const telemetry = {
      info: log,
      warn: log,
      unexpected: log,
      measure: (values: object) => void measured.push(values),
    };
    for (const outcome of outcomes) reportWebhook(telemetry, outcome);
    expect([...measured, ...logged]).toEqual([]);
  });

  it('the webhook function refuses an event that does not come from a function URL', async () => {
    expect(await receiver().handle({ Records: [] })).toMatchObject({ statusCode: 400 });
  });
});

it('the webhook function fails when the poll message cannot be sent, so that Kombo can send the webhook again', async () => {
  const handle = webhookHandler({
    queue: { send: () => Promise.reject(new Error('no queue')) },
    secret: async () => SECRET,
    report: () => undefined,
  });
  const body = dataChanged();
  const event = {
    headers: { 'x-kombo-signature': sign(body) },
    body,
    requestContext: { http: { method: 'POST' } },
  };
  await expect(handle(event)).rejects.toThrow('no queue');
});
