import { minute, printable } from '../../functions/contract/printable-text.ts';
import { type EventText, type Fact, isBlank } from '../messages/event-text.ts';

/**
 * The maximum numbers of characters. The limits of a header and a section are Slack's:
 * https://docs.slack.dev/reference/block-kit/blocks. `MOST_OF_FACT` keeps messages short.
 */
const MOST_OF_HEADER = 150;
const MOST_OF_SECTION = 3000;
const MOST_OF_FACT = 300;

type PlainText = { type: 'plain_text'; text: string; emoji: false };
type Markup = { type: 'mrkdwn'; text: string };
type Block =
  | { type: 'header'; text: PlainText }
  | { type: 'section'; text: PlainText }
  | { type: 'context'; elements: (PlainText | Markup)[] };

/** For an incoming webhook; `chat.postMessage` also needs a `channel`. */
export type SlackMessage = { text: string; blocks: Block[]; unfurl_links: false; unfurl_media: false };

/**
 * Slack accepts the message for any texts: blank texts are left out, and long texts are shortened. Texts that
 * a person wrote are plain text, so that Slack does not interpret them as markup.
 */
export function slackMessage({ headline, lines, facts }: EventText): SlackMessage {
  const header = plain([isBlank(headline) ? 'Schoolbell' : headline], MOST_OF_HEADER);
  const section = plain(lines, MOST_OF_SECTION);
  return {
    // Notifications show this text, and screen readers read it. Slack interprets markup in it.
    text: escaped(header.text),
    blocks: [
      { type: 'header', text: header },
      ...(section.text === '' ? [] : [{ type: 'section' as const, text: section }]),
      ...facts.flatMap(contextOf),
    ],
    unfurl_links: false,
    unfurl_media: false,
  };
}

function contextOf(fact: Fact): Block[] {
  const value = 'time' in fact ? slackTime(fact.time) : plain([fact.text], MOST_OF_FACT);
  if (value.text === '') return [];
  return [{ type: 'context', elements: [{ type: 'mrkdwn', text: `*${fact.label}*` }, value] }];
}

/**
 * Slack shows the reader's own time zone, or UTC if a client cannot do this.
 * https://docs.slack.dev/messaging/formatting-message-text#date-formatting
 */
function slackTime(time: string): Markup {
  const seconds = Math.floor(Date.parse(time) / 1000);
  return { type: 'mrkdwn', text: `<!date^${seconds}^{date_short_pretty} {time}|${minute(time)} UTC>` };
}

/** Each text becomes one line, so that it cannot look like another part of the message. */
function plain(lines: (string | null)[], most: number): PlainText {
  const text = lines
    .flatMap((line) =>
      line === null || isBlank(line) ? [] : [printable(line.replaceAll(/\s+/g, ' ').trim())],
    )
    .join('\n');
  return { type: 'plain_text', text: shortened(text, most), emoji: false };
}

/** Does not cut a character in half. `most` is in UTF-16 units. */
function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Slack's rules: https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
