import type { Command } from 'commander';
import { examine, type Finding } from '../deployment/doctor-checks.ts';
import { withDeployment } from '../deployment/open-deployment.ts';
import { globalOptionsOf } from '../options/global-options.ts';
import { ExitCode } from '../terminal/exit-code.ts';
import { createOutput } from '../terminal/output.ts';
import { printEvent } from '../terminal/print-event.ts';
import { type Styled, styled } from '../terminal/terminal-text.ts';
import { plural } from '../views/plural.ts';

const MARKS = {
  ok: styled('green', '✓'),
  warning: styled('yellow', '!'),
  wrong: styled('red', '✗'),
} satisfies Record<Finding['state'], Styled>;

/** `schoolbell doctor`: what is wrong with a deployment, and how to mend it. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('check the table, the bus, the queues, the key, the host, the clock and the stored data')
    .action(async (_options: object, command: Command) => {
      const { directory, json } = globalOptionsOf(command);
      const output = createOutput(json);
      await withDeployment(directory, printEvent(output), async (deployment) => {
        let wrong = 0;
        for await (const finding of examine(deployment)) {
          const { check, state, found } = finding;
          if (state === 'wrong') wrong += 1;
          output.answer(finding, [MARKS[state], ` ${check}: ${found}`]);
        }
        output.say(wrong === 0 ? 'Nothing is wrong.' : `${plural(wrong, 'thing')} to mend.`);
        if (wrong > 0) process.exitCode = ExitCode.failed;
      });
    });
}
