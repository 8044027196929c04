import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CertificateBucket } from './ports.ts';

/**
 * Each operation of the store is synchronous, so that two operations of one process cannot interleave. Only
 * this user can read the files, which have the names of learners.
 */
export function folderStore(folder: string): CertificateBucket {
  const read = (key: string) => {
    const file = join(folder, key);
    if (!existsSync(file)) return null;
    const text = readFileSync(file, 'utf8');
    return { text, revision: createHash('sha256').update(text).digest('hex') };
  };
  const write = (key: string, content: Uint8Array | string) => {
    const file = join(folder, key);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, content, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  return {
    name: folder,
    read: async (key) => read(key),
    async replace(key, text, revision) {
      if ((read(key)?.revision ?? null) !== revision) return false;
      write(key, text);
      return true;
    },
    has: async (key) => existsSync(join(folder, key)),
    async add(key, pdf) {
      if (!existsSync(join(folder, key))) write(key, pdf);
    },
    remove: async (key) => rmSync(join(folder, key), { force: true }),
  };
}
