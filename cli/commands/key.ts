import { fstatSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { openAws } from '../deployment/open-deployment.ts';
import { globalOptionsOf } from '../options/global-options.ts';
import { CommandError, ExitCode } from '../terminal/exit-code.ts';
import { createOutput } from '../terminal/output.ts';

const HOW_TO_GIVE = 'Give the key in KOMBO_API_KEY, or on standard input (schoolbell key < file).';

/** Adds `schoolbell key`. The key is not an argument, because shells save arguments in their history. */
export function addKeyCommand(program: Command): void {
  program
    .command('key')
    .description(
      'store the Kombo API key of the deployment, from KOMBO_API_KEY or standard input (schoolbell key < file)',
    )
    // Commander's errors about an excess argument or option would show the key, so the action rejects these.
    .allowExcessArguments()
    .allowUnknownOption()
    .action(async (_options: object, command: Command) => {
      if (command.args.length > 0) throw new CommandError(HOW_TO_GIVE, ExitCode.wrongUse);
      const { directory, json, stack } = globalOptionsOf(command);
      if (directory !== null)
        throw new CommandError('With --local, no key is stored: set KOMBO_API_KEY in the environment.');
      const { storeKey, close } = await openAws(stack);
      try {
        const { key, from } = await readKey();
        await storeKey(key);
        createOutput(json).result(
          { stored: true },
          `The key from ${from} is stored. The functions use it within five minutes, without a new deployment.`,
        );
      } finally {
        await close();
      }
    });
}

async function readKey(): Promise<{ key: string; from: string }> {
  const variable = process.env['KOMBO_API_KEY']?.trim() ?? '';
  if (variable !== '' && fstatSync(0).isFile()) {
    throw new CommandError(
      'KOMBO_API_KEY is set, and standard input is a file too: unset KOMBO_API_KEY to store the key in the file.',
      ExitCode.wrongUse,
    );
  }
  const input = async () => (process.stdin.isTTY ? '' : (await text(process.stdin)).trim());
  const key = variable || (await input());
  if (key === '') throw new CommandError(HOW_TO_GIVE);
  // An HTTP header, in which the functions send the key, allows no other characters.
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new CommandError(
      'The key contains a space or another invalid character, so it was not stored: check it.',
    );
  }
  return { key, from: variable === '' ? 'standard input' : 'KOMBO_API_KEY' };
}
