import { minute, printable } from '../../functions/contract/printable-text.ts';
import { type EventText, type Fact, isBlank } from '../messages/event-text.ts';

/** Slack's limits: https://docs.slack.dev/reference/block-kit/blocks */
const MOST_OF_HEADER = 150;
const MOST_OF_SECTION = 3000;
const MOST_OF_FACT = 300;

type PlainText = { type: 'plain_text'; text: string; emoji: false };
type Markup = { type: 'mrkdwn'; text: string };
type Block =
  | { type: 'header'; text: PlainText }
  | { type: 'section'; text: PlainText }
  | { type: 'context'; elements: (PlainText | Markup)[] };

/** A message as Slack takes it, at an incoming webhook or, with a channel, at `chat.postMessage`. */
export type SlackMessage = { text: string; blocks: Block[]; unfurl_links: false; unfurl_media: false };

/**
 * A message in Block Kit that Slack takes, whatever the texts are: blank ones are left out, long ones are shortened. What
 * a person wrote is plain text, so that nothing in it is markup.
 */
export function slackMessage({ headline, lines, facts }: EventText): SlackMessage {
  const header = plain([isBlank(headline) ? 'Schoolbell' : headline], MOST_OF_HEADER);
  const section = plain(lines, MOST_OF_SECTION);
  return {
    // What a notification shows, and what a screen reader reads. Slack reads markup in it.
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
 * A time that Slack shows in the reader's own time zone; where it cannot, in UTC.
 * https://docs.slack.dev/messaging/formatting-message-text#date-formatting
 */
function slackTime(time: string): Markup {
  const seconds = Math.floor(Date.parse(time) / 1000);
  return { type: 'mrkdwn', text: `<!date^${seconds}^{date_short_pretty} {time}|${minute(time)} UTC>` };
}

/** Each text is one line, so that none can look like another part of the message. Blank ones are left out. */
function plain(lines: (string | null)[], most: number): PlainText {
  const text = lines
    .flatMap((line) =>
      line === null || isBlank(line) ? [] : [printable(line.replaceAll(/\s+/g, ' ').trim())],
    )
    .join('\n');
  return { type: 'plain_text', text: shortened(text, most), emoji: false };
}

/** At most `most` UTF-16 units, without half a character. */
function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
