import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import type { CertificateStore, Kept } from '../../functions/certificates/ports.ts';

const KeptFile = z.object({ number: z.string(), code: z.string(), at: z.string() });

/** Certificates in a folder, written once as in the bucket: what is kept beside a PDF is a file next to it. */
export function certificateFolder(folder: string): CertificateStore {
  const keyOf = (path: string) => `certificates/${path}.pdf`;
  const besides = (path: string) => join(folder, `certificates/${path}.json`);
  const mark = (path: string) => join(folder, `revoked/${path}.json`);

  const find = async (path: string): Promise<Kept | null> => {
    const text = await readIfThere(besides(path));
    return text === null ? null : KeptFile.parse(JSON.parse(text));
  };
  return {
    bucket: folder,
    keyOf,
    find,
    async keep(path, kept, pdf) {
      // The PDF first: what is told of is there.
      await writeOnce(join(folder, keyOf(path)), pdf);
      await writeOnce(besides(path), JSON.stringify(kept));
      return (await find(path)) ?? kept;
    },
    isRevoked: async (path) => (await readIfThere(mark(path))) !== null,
    revoke: (path, by) => writeOnce(mark(path), JSON.stringify(by)),
  };
}

async function writeOnce(file: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content, { flag: 'wx' }).catch(ignoring('EEXIST'));
}

async function readIfThere(file: string): Promise<string | null> {
  return readFile(file, 'utf8')
    .catch(ignoring('ENOENT'))
    .then((text) => text ?? null);
}

function ignoring(code: string): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof Error && 'code' in error && error.code === code) return undefined;
    throw error;
  };
}
