import * as z from 'zod/mini';

const Text = z.object({ text: z.string() });
const Message = z.object({
  text: z.string(),
  blocks: z.array(z.object({ text: z.optional(Text), elements: z.optional(z.array(Text)) })),
});

/** A message to Slack as one line of a terminal; the headline is the first block. */
export function slackText(json: string): string {
  const { blocks } = Message.parse(JSON.parse(json));
  return blocks
    .map(({ text, elements = [] }) => [...(text ? [text] : []), ...elements])
    .map((texts) => texts.map(({ text }) => text.replaceAll(/[*\s]+/g, ' ').trim()).join(' '))
    .join(' | ');
}
