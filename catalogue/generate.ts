import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { breakingChanges } from './breaking-changes.ts';
import { generatedFiles, VERSION_1, version1 } from './generated-files.ts';

/** Writes the schemas, the AsyncAPI document and the catalogue of events; refuses when version 1 would break. */
const root = join(import.meta.dirname, '..');
const baseline = join(root, VERSION_1);

const Schemas = z.record(z.string(), z.record(z.string(), z.unknown()));
const before = existsSync(baseline) ? Schemas.parse(JSON.parse(readFileSync(baseline, 'utf8'))) : {};
const broken = breakingChanges(before, version1());

if (broken.length > 0) {
  console.error(`Version 1 would break its consumers, so nothing was written:\n  ${broken.join('\n  ')}`);
  process.exitCode = 1;
} else {
  for (const [path, text] of generatedFiles()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
