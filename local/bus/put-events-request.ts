import * as z from 'zod/mini';
import { parsedJson } from '../../functions/contract/parsing.ts';

const text = z.nullish(z.string());

/** The body of a `PutEvents` call in AWS JSON 1.1, with times in seconds since 1970. */
const PutEventsBody = parsedJson(
  z.object({
    Entries: z.array(
      z.object({
        Source: text,
        DetailType: text,
        Detail: text,
        EventBusName: text,
        Resources: z.nullish(z.array(z.string())),
        Time: z.nullish(z.number()),
      }),
    ),
  }),
);
type SentEntry = z.infer<typeof PutEventsBody>['Entries'][number];

const Detail = parsedJson(z.record(z.string(), z.unknown()));

/** An entry that EventBridge would accept. `time` is in seconds since 1970. */
export type PutEntry = {
  bus: string;
  source: string;
  detailType: string;
  detail: Record<string, unknown>;
  resources: string[];
  time: number | null;
};

export type Refusal = { code: string; message: string };

/** `bytes` is the total of all entries. */
export type RequestLimits = { entries: number; bytes: number };

/** EventBridge's limits since January 2026, for most Regions. */
export const EVENTBRIDGE_LIMITS: RequestLimits = { entries: 10, bytes: 1024 * 1024 };

/** If EventBridge would reject the whole call, returns only the reason. */
export function parsePutEvents(
  body: string,
  limits: RequestLimits,
): { entries: (PutEntry | Refusal)[] } | { refusal: Refusal } {
  const parsed = PutEventsBody.safeParse(body);
  if (!parsed.success) {
    return { refusal: { code: 'SerializationException', message: 'The body is not a PutEvents request.' } };
  }
  const sent = parsed.data.Entries;
  if (sent.length === 0 || sent.length > limits.entries) {
    const message = `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${limits.entries}`;
    return { refusal: { code: 'ValidationException', message } };
  }
  if (sent.reduce((bytes, entry) => bytes + bytesOf(entry), 0) > limits.bytes) {
    const message = 'Total size of the entries in the request is over the limit.';
    return { refusal: { code: 'ValidationException', message } };
  }
  return { entries: sent.map(acceptedEntry) };
}

/** Does not use the publisher's code for sizes, so that tests find a mistake in one of the two. */
function bytesOf({ Source, DetailType, Detail, Resources, Time }: SentEntry): number {
  const encoder = new TextEncoder();
  const texts = encoder.encode([Source, DetailType, Detail, ...(Resources ?? [])].join(''));
  return texts.length + (typeof Time === 'number' ? 14 : 0);
}

function acceptedEntry(sent: SentEntry): PutEntry | Refusal {
  const { Source: source, DetailType: detailType, Detail: detail } = sent;
  if (!source) return missing('Source');
  if (!detailType) return missing('DetailType');
  if (!detail) return missing('Detail');
  if (source.startsWith('aws.')) {
    return { code: 'NotAuthorizedForSourceException', message: 'Not authorized for the source.' };
  }
  const object = Detail.safeParse(detail);
  if (!object.success) {
    return { code: 'MalformedDetail', message: 'Detail is malformed.' };
  }
  return {
    bus: busName(sent.EventBusName),
    source,
    detailType,
    detail: object.data,
    resources: sent.Resources ?? [],
    time: sent.Time ?? null,
  };
}

function missing(name: string): Refusal {
  return {
    code: 'InvalidArgument',
    message: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
  };
}

/** An entry contains the name itself, or an ARN that ends with the name. */
function busName(nameOrArn: string | null | undefined): string {
  return nameOrArn ? nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1) : 'default';
}
