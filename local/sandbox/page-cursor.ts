import { createHash } from 'node:crypto';
import * as z from 'zod/mini';

/**
 * Where a pass goes on: a place in the records, which move under it when others change. Only good with the filters
 * that it was made for, and until the sandbox lets its cursors expire.
 */
export const PageCursor = z.strictObject({
  place: z.int().check(z.nonnegative()),
  filters: z.string(),
  generation: z.int(),
});
export type PageCursor = z.infer<typeof PageCursor>;

export function encodeCursor(cursor: PageCursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** Returns null for anything that is no cursor of the sandbox. */
export function decodeCursor(text: string): PageCursor | null {
  try {
    return PageCursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    return null;
  }
}

/** What distinguishes one pass from another: the integration and every parameter but the cursor and the page's size. */
export function fingerprint(integration: string, query: URLSearchParams): string {
  const filters = [...query].filter(([name]) => name !== 'cursor' && name !== 'page_size').sort();
  return createHash('sha256')
    .update(JSON.stringify([integration, filters]))
    .digest('base64url')
    .slice(0, 16);
}
