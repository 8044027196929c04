import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The releases of which this folder keeps fixtures, such as `0.1.0`. */
export function releases(): { version: string; folder: string }[] {
  return readdirSync(import.meta.dirname, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ version: name, folder: join(import.meta.dirname, name) }));
}
