import { once } from 'node:events';
import type { Command } from 'commander';
import type { IntegrationId } from '../../functions/contract/integration.ts';
import { runningClock } from '../../local/sandbox/clock.ts';
import { DEFAULT_SCHOOL, livingSchool } from '../../local/sandbox/school/school.ts';
import { startSandbox } from '../../local/sandbox/server.ts';
import { globalOptionsOf } from '../options/global-options.ts';
import { integerFrom, numberFrom, parseIntegrationId } from '../options/values.ts';
import { CommandError } from '../terminal/exit-code.ts';
import { interruption } from '../terminal/interruption.ts';
import { createOutput } from '../terminal/output.ts';

type SandboxCommandOptions = {
  port: number;
  key: string;
  integration: IntegrationId;
  seed: number;
  learners: number;
  courses: number;
  speed: number;
};

export function addSandboxCommand(program: Command): void {
  program
    .command('sandbox')
    .description("serve Kombo's API with a small simulated school, until Ctrl-C")
    .option('--port <port>', 'port to listen on; 0 for any free port', integerFrom(0, 65_535), 4010)
    .option('--key <key>', 'the API key that the sandbox accepts', 'sandbox-key')
    .option(
      '--integration <id>',
      'the integration that the sandbox serves',
      parseIntegrationId,
      'sandbox:school',
    )
    .option('--seed <number>', 'the same seed gives the same school', integerFrom(0), DEFAULT_SCHOOL.seed)
    .option('--learners <number>', 'number of learners', integerFrom(0, 100_000), DEFAULT_SCHOOL.learners)
    .option('--courses <number>', 'number of courses', integerFrom(1, 10_000), DEFAULT_SCHOOL.courses)
    .option(
      '--speed <factor>',
      "the speed of the sandbox's clock: 1 is real time; with 1440, a day takes a minute",
      numberFrom(0, 1_000_000),
      1440,
    )
    .action(async (options: SandboxCommandOptions, command: Command) => {
      const output = createOutput(globalOptionsOf(command).json);
      const sandbox = await start(options);
      const { key, integration, speed } = options;
      output.result(
        { url: sandbox.url, apiKey: key, integration },
        `The sandbox serves Kombo's API at ${sandbox.url}; its clock runs ${speed} times as fast as real time. Poll it from another terminal:`,
        '',
        `  export KOMBO_BASE_URL=${sandbox.url} KOMBO_API_KEY=${key}`,
        `  npx schoolbell poll ${integration} --local`,
        '',
        'Ctrl-C stops it.',
      );
      if (!interruption().aborted) await once(interruption(), 'abort');
      await sandbox.close();
    });
}

async function start({ port, key, integration, speed, ...numbers }: SandboxCommandOptions) {
  const clock = runningClock(speed);
  const school = { ...DEFAULT_SCHOOL, ...numbers, integration, startsAt: clock.now() };
  try {
    return await startSandbox({
      port,
      apiKey: key,
      clock,
      integrations: [{ id: integration, records: livingSchool(school) }],
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EADDRINUSE') throw new CommandError(`Port ${port} is in use: choose another with --port.`);
    if (code === 'EACCES')
      throw new CommandError(`You have no permission to use port ${port}: choose another with --port.`);
    throw error;
  }
}
