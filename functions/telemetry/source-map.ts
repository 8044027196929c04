import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';
import * as z from 'zod/mini';

const POSITION = /(file:\/\/\S+):(\d+):(\d+)\)?$/;

const maps = new Map<string, SourceMap | null>();

/**
 * Returns a line of an error's stack trace with its position in the source, or unchanged if the bundle has no
 * source map. Node's `--enable-source-maps` does the same, but reads the map whenever it loads the bundle:
 * see `docs/adr/0010-read-source-maps-only-when-an-error-is-logged.md`.
 */
export function mapToSources(line: string): string {
  const [, bundle, row, column] = POSITION.exec(line) ?? [];
  if (bundle === undefined) return line;
  const entry = mapOf(bundle)?.findEntry(Number(row) - 1, Number(column) - 1);
  if (entry === undefined || !('originalSource' in entry)) return line;
  const { originalSource, originalLine, originalColumn } = entry;
  return `at ${originalSource.replace(/^(?:\.\.\/)+/, '')}:${originalLine + 1}:${originalColumn + 1}`;
}

function mapOf(bundle: string): SourceMap | null {
  const known = maps.get(bundle);
  if (known !== undefined) return known;
  const map = readMap(bundle);
  maps.set(bundle, map);
  return map;
}

/** Returns null without a readable map, so that at least the position in the bundle is logged. */
function readMap(bundle: string): SourceMap | null {
  try {
    const { sources, mappings } = z
      .object({ sources: z.array(z.string()), mappings: z.string() })
      .parse(JSON.parse(readFileSync(`${fileURLToPath(bundle)}.map`, 'utf8')));
    return new SourceMap({
      version: 3,
      file: '',
      sourceRoot: '',
      sources,
      sourcesContent: [],
      names: [],
      mappings,
    });
  } catch {
    return null;
  }
}
