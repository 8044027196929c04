import type { SlackMessage } from '../../consumers/slack/slack-message.ts';

/** A message to Slack as one line of a terminal; the headline is the first block. */
export function slackText({ blocks }: SlackMessage): string {
  return blocks
    .map((block) => ('elements' in block ? block.elements : [block.text]))
    .map((texts) => texts.map(({ text }) => inOneLine(text)).join(' '))
    .join(' | ');
}

/** Without markup, and with the time that Slack shows where it cannot show the reader's own. */
function inOneLine(text: string): string {
  return text
    .replace(/^<!date\^.*\|(.*)>$/, '$1')
    .replaceAll(/[*\s]+/g, ' ')
    .trim();
}
