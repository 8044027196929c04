import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { createSlack, RETRY_BUDGET } from '../../../consumers/slack/slack.ts';
import { DeploymentError, TransientError } from '../../../functions/core/errors.ts';

type Answer =
  | { status: number; body?: string; headers?: Record<string, string> }
  | ((response: ServerResponse) => void);

let answers: Answer[];
let requests: { url: string; authorization: string | undefined; body: unknown }[];
let waits: number[];
let url: string;
let close: () => void;

beforeEach(async () => {
  answers = [];
  requests = [];
  waits = [];
  const server = createServer(async (request, response) => {
    const { authorization } = request.headers;
    requests.push({ url: request.url ?? '', authorization, body: JSON.parse(await text(request)) });
    const answer = answers.shift();
    if (typeof answer === 'function') return answer(response);
    const { status, body = '', headers = {} } = answer ?? { status: 500 };
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${z.object({ port: z.number() }).parse(server.address()).port}`;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
});
afterEach(() => close());

const TOKEN = 'xoxb-token';
const message = { text: 'hello' };
const wait = async (milliseconds: number) => void waits.push(milliseconds);

function webhook({ secret = `${url}/T0/B0/S3CR3T`, budget = RETRY_BUDGET } = {}) {
  return createSlack({ channelId: null, secret: async () => secret, apiUrl: url, budget, wait });
}
function bot({ secret = TOKEN } = {}) {
  return createSlack({ channelId: 'C0123', secret: async () => secret, apiUrl: url, wait });
}

/**
 * Returns the error of a failed post, and checks that neither its message nor its causes contain a secret.
 */
async function failureOf(posting: Promise<void>): Promise<Error> {
  const error = await posting.then(
    () => expect.unreachable('Slack accepted the message'),
    (failure: unknown) => failure,
  );
  if (!(error instanceof Error)) throw new Error('no error was thrown');
  for (let shown: unknown = error; shown instanceof Error; shown = shown.cause) {
    expect(shown.message).not.toMatch(/S3CR3T|xoxb|Ada/);
  }
  return error;
}

test('the message to a Slack channel with an incoming webhook is sent to the URL in the secret', async () => {
  answers = [{ status: 200, body: 'ok' }];
  await webhook()(message);
  expect(requests).toEqual([{ url: '/T0/B0/S3CR3T', authorization: undefined, body: message }]);
});

test('the message to a Slack channel with a bot is sent with the token in the secret', async () => {
  answers = [{ status: 200, body: '{"ok":true,"channel":"C0123"}' }];
  await bot()(message);
  expect(requests).toEqual([
    { url: '/chat.postMessage', authorization: `Bearer ${TOKEN}`, body: { ...message, channel: 'C0123' } },
  ]);
});

test.each([
  [
    'channel_not_found',
    "HTTP 200 from Slack's API with an error code",
    bot,
    { status: 200, body: '{"ok":false,"error":"channel_not_found"}' },
  ],
  [
    'unknown error',
    "HTTP 200 from Slack's API with an invalid error code",
    bot,
    { status: 200, body: '{"ok":false,"error":"Ada Lovelace"}' },
  ],
  [
    'unknown error',
    "HTTP 200 from Slack's API without an error code",
    bot,
    { status: 200, body: '{"ok":false}' },
  ],
  ['invalid_blocks', 'HTTP 400 from a webhook', webhook, { status: 400, body: 'invalid_blocks' }],
  ['no_service', 'HTTP 404 from a webhook', webhook, { status: 404, body: 'no_service\n' }],
  ['403', 'HTTP 403 with an HTML page', webhook, { status: 403, body: '<html>Ada Lovelace</html>' }],
  [
    'unknown response',
    'HTTP 200 from a webhook with an HTML page',
    webhook,
    { status: 200, body: '<html>Ada</html>' },
  ],
  ['unknown response', 'HTTP 200 from a webhook without a body', webhook, { status: 200 }],
  ['302', 'a redirection', bot, { status: 302, headers: { location: '/elsewhere' } }],
])(
  'when Slack refuses a message, a DeploymentError with the reason "%s" is thrown (the response of Slack: %s)',
  async (code, _, channel, answer) => {
    answers = [answer, { status: 200, body: 'ok' }];
    const error = await failureOf(channel()(message));
    expect(error).toBeInstanceOf(DeploymentError);
    expect(error.message).toBe(`Slack refuses the message (${code})`);
    expect(requests).toHaveLength(1);
  },
);

describe('a temporary failure of Slack', () => {
  test.each<[string, () => (message: object) => Promise<void>, Answer]>([
    ['HTTP 503', webhook, { status: 503 }],
    ['HTTP 408', webhook, { status: 408 }],
    ['an internal error', bot, { status: 200, body: '{"ok":false,"error":"internal_error"}' }],
    ['an HTML page instead of JSON', bot, { status: 200, body: '<html>' }],
    [
      'half of a response',
      bot,
      (response) => response.writeHead(200).write('{"ok":', () => response.destroy()),
    ],
    ['no response', webhook, (response) => response.destroy()],
  ])(
    'a TransientError is thrown after a failure of Slack that may be temporary, so that the message is sent again: %s',
    async (_, channel, answer) => {
      answers = [answer];
      expect(await failureOf(channel()(message))).toBeInstanceOf(TransientError);
    },
  );

  test('a TransientError is thrown when Slack does not respond in time', async () => {
    const budget = { ...RETRY_BUDGET, attemptMs: 20 };
    answers = [() => {}];
    expect(await failureOf(webhook({ budget })(message))).toBeInstanceOf(TransientError);
    answers = [(response) => response.writeHead(200).write('o')];
    expect(await failureOf(webhook({ budget })(message))).toBeInstanceOf(TransientError);
  });

  test('a TransientError is thrown when a response of Slack does not end, and only the beginning of the response is read', async () => {
    let isClosed: Promise<unknown> = Promise.resolve();
    let bytes = 0;
    answers = [
      (response) => {
        isClosed = new Promise((resolve) => response.once('close', resolve));
        response.writeHead(200);
        const more = () => {
          do bytes += 65_536;
          while (!response.destroyed && response.write('x'.repeat(65_536)));
        };
        response.on('drain', more);
        more();
      },
    ];
    const error = await failureOf(bot()(message));
    expect(error).toBeInstanceOf(TransientError);
    expect(error.message).toContain('more than 256 KB');
    await isClosed;
    expect(bytes).toBeLessThan(32 * 1024 * 1024);
  });
});

test('after a rate limit of Slack, the function of a channel waits as long as the `Retry-After` header says, or one second without it', async () => {
  answers = [{ status: 429, headers: { 'retry-after': '7' } }, { status: 429 }, { status: 200, body: 'ok' }];
  await webhook()(message);
  expect(waits).toEqual([7_000, 1_000]);
  expect(requests).toHaveLength(3);
});

test.each(['-5', '0', 'soon', ''])(
  'after a rate limit of Slack with the invalid `Retry-After` header "%s", the function of a channel waits one second',
  async (seconds) => {
    answers = [
      { status: 429, headers: { 'retry-after': seconds } },
      { status: 200, body: 'ok' },
    ];
    await webhook()(message);
    expect(waits).toEqual([1_000]);
  },
);

test.each([
  ['a rate limit of Slack that is longer than the function may wait', ['600'], []],
  ['a rate limit of Slack in each attempt', ['1', '1', '1', '1'], [1_000, 1_000]],
])(
  'the function of a Slack channel fails with a TransientError, so that its message stays in the queue, after %s',
  async (_, seconds, waited) => {
    answers = seconds.map((after) => ({ status: 429, headers: { 'retry-after': after } }));
    expect(await failureOf(webhook()(message))).toBeInstanceOf(TransientError);
    expect(waits).toEqual(waited);
  },
);

test.each([
  'xoxb-S3CR3T',
  'http://example.com/S3CR3T',
  'https://user:S3CR3T@hooks.slack.com/services/T0',
  'https://',
])(
  'the secret of a Slack channel is refused when it is not the URL of a webhook, and the error does not contain the secret: %s',
  async (secret) => {
    expect((await failureOf(webhook({ secret })(message))).message).toContain('does not contain the URL');
  },
);

test.each(['xoxb-\n', 'xoxb-é', 'xoxb 1', ''])(
  'the secret of a Slack channel is refused when it is not the token of a bot, and the error does not contain the secret: %j',
  async (secret) => {
    expect((await failureOf(bot({ secret })(message))).message).toContain('is not a token');
  },
);
