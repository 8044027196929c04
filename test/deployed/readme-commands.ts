import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const README = join(import.meta.dirname, '../../README.md');

/** Returns the commands of the README's deployment section in their order, without comments. */
export function readmeCommands(): string[] {
  const [, section = ''] = readFileSync(README, 'utf8').split('\n## In your AWS account\n');
  const [ours = ''] = section.split('\n## ');
  return [...ours.matchAll(/^ {4}(\S.*)$/gm)].map(([, line = '']) => line.replace(/\s+#.*$/, ''));
}

/**
 * Returns the README's command that begins with this text. A `KOMBO_API_KEY=...` before the command is
 * ignored.
 *
 * @throws Error when the README has no such command, or several
 */
export function readmeCommand(beginning: string): string {
  const found = readmeCommands().filter((command) =>
    command.replace(/^KOMBO_API_KEY=\S+ /, '').startsWith(beginning),
  );
  if (found[0] === undefined || found.length > 1) {
    throw new Error(`The README has ${found.length} commands that begin with ${beginning}`);
  }
  return found[0];
}
