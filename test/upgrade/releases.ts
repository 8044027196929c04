import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the releases whose templates are stored in this folder, such as `0.1.0`. */
export function releases(): { version: string; folder: string }[] {
  return readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ version: name, folder: join(import.meta.dirname, name) }));
}
