import * as z from 'zod/mini';

/** Slack's limits for the blocks that are used: https://docs.slack.dev/reference/block-kit/blocks */
const visible = z.string().check(z.refine((text) => text.trim() !== '', 'is blank'));
const plain = (most: number, form: RegExp) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: visible.check(z.maxLength(most), z.regex(form)),
    emoji: z.literal(false),
  });

/**
 * A line without control characters, unpaired surrogates, line separators, or characters that change the
 * direction of text.
 */
const LINE = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]+$/u;
const LINES =
  /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]+(\n[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]+)*$/u;
/**
 * The only texts with markup are Schoolbell's own words and times:
 * https://docs.slack.dev/messaging/formatting-message-text
 */
const OWN_MARKUP =
  /^(\*[A-Z][a-z ]+\*|<!date\^-?\d+\^\{date_short_pretty\} \{time\}\|\d{4}-\d\d-\d\d \d\d:\d\d UTC>)$/;
const ESCAPED = /^([^&<>\p{Cc}\p{Cs}]|&(amp|lt|gt);)+$/u;

/** A message that Slack accepts, in which no text from outside is interpreted as markup. */
export const SlackBlocks = z.strictObject({
  text: visible.check(z.regex(ESCAPED)),
  blocks: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('header'), text: plain(150, LINE) }),
        z.strictObject({ type: z.literal('section'), text: plain(3000, LINES) }),
        z.strictObject({
          type: z.literal('context'),
          elements: z.tuple([
            z.strictObject({ type: z.literal('mrkdwn'), text: z.string().check(z.regex(OWN_MARKUP)) }),
            z.union([
              plain(3000, LINE),
              z.strictObject({ type: z.literal('mrkdwn'), text: z.string().check(z.regex(OWN_MARKUP)) }),
            ]),
          ]),
        }),
      ]),
    )
    .check(z.minLength(1), z.maxLength(50)),
  unfurl_links: z.literal(false),
  unfurl_media: z.literal(false),
});
