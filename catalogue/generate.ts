import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { eventTypes } from '../functions/contract/published-events.ts';
import { breakingChanges } from './breaking-changes.ts';
import { eventSchema } from './event-schema.ts';
import { generatedFiles } from './generated-files.ts';

/** Writes the generated files, unless a change would break consumers of version 1. */
const root = join(import.meta.dirname, '..');
const Schema = z.record(z.string(), z.unknown());

const before = readdirSync(join(root, 'docs/events'))
  .filter((file) => file !== 'asyncapi.json')
  .map((file) => Schema.parse(JSON.parse(readFileSync(join(root, 'docs/events', file), 'utf8'))));
const broken = breakingChanges(
  Object.fromEntries(before.map((schema) => [String(schema['title']), schema])),
  Object.fromEntries(eventTypes.map((type) => [type, eventSchema(type)])),
);

if (broken.length > 0) {
  console.error(
    `These changes of version 1 would break consumers, so nothing was written:\n  ${broken.join('\n  ')}`,
  );
  process.exitCode = 1;
} else {
  for (const [path, text] of generatedFiles()) writeFileSync(join(root, path), text);
}
