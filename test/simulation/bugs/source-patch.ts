import { registerHooks } from 'node:module';

/** A string in a source file and its replacement, for example a deliberate bug. */
export type SourcePatch = { file: string; replace: string; by: string };

const applied = new Set<string>();

/**
 * Replaces strings in the sources. It must be called before the sources are imported. The import of a file
 * fails if the file does not contain each string exactly once.
 */
export function patchSources(patches: SourcePatch[]): void {
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const wanted = patches.filter(({ file }) => url.endsWith(`/${file}`));
      if (wanted.length === 0 || loaded.source === undefined || loaded.source === null) return loaded;
      const source =
        typeof loaded.source === 'string' ? loaded.source : Buffer.from(bytesOf(loaded.source)).toString();
      for (const { file } of wanted) applied.add(file);
      return { ...loaded, source: replaced(source, wanted) };
    },
  });
}

/**
 * Applies replacements to a source.
 *
 * @throws when the source does not contain a string exactly once
 */
export function replaced(source: string, patches: SourcePatch[]): string {
  return patches.reduce((before, { file, replace, by }) => {
    const parts = before.split(replace);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${replace}`);
    return parts.join(by);
  }, source);
}

/** Returns the files that were imported with a replacement. */
export function patchedFiles(): ReadonlySet<string> {
  return applied;
}

function bytesOf(source: ArrayBuffer | NodeJS.TypedArray): Uint8Array {
  return source instanceof ArrayBuffer
    ? new Uint8Array(source)
    : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}
