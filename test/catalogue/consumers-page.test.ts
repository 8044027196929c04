import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test.each(['examples/consumer/app.ts', 'examples/consumer/handler.ts'])(
  '%s is what docs/consumers.md shows',
  (path) => {
    expect(read('docs/consumers.md')).toContain(`<!-- ${path} -->\n\`\`\`ts\n${read(path)}\`\`\``);
  },
);
