import type { Decision } from './decide-page.ts';

/** DynamoDB's items end at 400 KB; uncompressed JSON below this fits whatever it holds. */
const MAX_JSON_BYTES = 350_000;

/** The decisions of a page in parts, each small enough for one journal entry. */
export function splitChanges(decisions: Decision[], maxBytes = MAX_JSON_BYTES): Decision[][] {
  const parts: Decision[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const decision of decisions) {
    const size = encoder.encode(JSON.stringify(decision.change)).length;
    const part = parts.at(-1);
    if (part === undefined || bytes + size > maxBytes) {
      parts.push([decision]);
      bytes = size;
    } else {
      part.push(decision);
      bytes += size;
    }
  }
  return parts;
}

const encoder = new TextEncoder();
