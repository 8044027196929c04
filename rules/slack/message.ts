import { type Field, field, type Sentence, sentence, type Template } from '../input-transformer.ts';

/** Slack's blocks, as far as messages use them. Plain text where the event has a say: nothing in it is markup. */
const plain = (text: Field | Sentence | string): Template => ({ type: 'plain_text', text, emoji: false });
/** Markup, for our own words alone. */
const label = (text: string): Template => ({ type: 'mrkdwn', text: `*${text}*` });

export type Message = {
  headline: string | Field;
  /** What it is about, such as the title of the course. */
  subject: Field | Sentence | null;
  /** Pairs of a label and what it names. A list of fields is shown side by side. */
  facts: [label: string, value: Field | Sentence | (Field | Sentence)[]][];
};

/** A message as Slack takes it, at an incoming webhook or, with a channel, at `chat.postMessage`. */
export function slackMessage({ headline, subject, facts }: Message, channel: string | null): Template {
  return {
    ...(channel !== null && { channel }),
    // What a notification shows, and what a screen reader reads.
    text: headline,
    blocks: [
      { type: 'header', text: plain(headline) },
      ...(subject === null ? [] : [{ type: 'section', text: plain(subject) }]),
      ...facts.map(([name, value]) => ({
        type: 'context',
        elements: [label(name), ...(Array.isArray(value) ? value.map(plain) : [plain(value)])],
      })),
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

export const fact = { integration: ['Integration', field('$.detail.integration.id')] } satisfies Record<
  string,
  [string, Field]
>;

/** A time of the event, as ISO 8601. */
export const time = (path: string) => sentence`${path}`;
