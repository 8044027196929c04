import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { folderStore } from '../../consumers/certificates/certificate-folder.ts';
import type { CertifiedProgression } from '../../consumers/certificates/certificate-number.ts';
import { type IssuedCertificate, readCertificates } from '../../consumers/certificates/certificate-state.ts';
import {
  ADDRESS_RULE,
  Environment,
  isAddress,
  OperatorEnvironment,
} from '../../functions/contract/environment.ts';
import type { ReplayMessage } from '../../functions/contract/messages.ts';
import { IN_ENGLISH } from '../../functions/contract/parsing.ts';
import type { Queue, RunSettings } from '../../functions/core/ports.ts';
import { runSettings } from '../../functions/run-settings.ts';
import {
  configuredEndpoints,
  type OperatorChecks,
  readStackOutputs,
  wireOperator,
} from '../../functions/wiring.ts';
import type { DeliveredEvent } from '../../local/bus/bus.ts';
import { LOCAL_CONSUMERS } from '../../local/consumers/local-consumers.ts';
import { type LocalKombo, openLocalKombo } from '../../local/local-kombo.ts';
import { openLocalParts } from '../../local/local-parts.ts';
import type { GlobalOptions } from '../options/global-options.ts';
import { CommandError } from '../terminal/exit-code.ts';
import {
  certificatesBucket,
  deployedEnvironment,
  OUTPUTS_FILE,
  stackEnvironment,
} from './deployed-environment.ts';

/** The deployment on AWS, or with `--local` an embedded DynamoDB and event bus on this machine. */
export type Deployment = Omit<Operator, 'replayQueue' | 'checks' | OnAws> & {
  /** Sends messages that request a poll; null with `--local`. */
  queue: Queue | null;
  /** Sends messages that request a replay; null if the command itself must send the replay's events. */
  replayQueue: Queue<ReplayMessage> | null;
  /** Returns the certificates of a progression, or null if the deployment issues no certificates. */
  readCertificates: (progression: CertifiedProgression) => Promise<IssuedCertificate[] | null>;
  /** The checks of `doctor` that need more than the ports; null with `--local`. */
  checks: OperatorChecks | null;
  close(): Promise<void>;
};
type Operator = ReturnType<typeof wireOperator>;
/** The parts that only AWS has: with `--local`, the command itself polls, and no key is stored. */
type OnAws = 'queue' | 'storeKey';

const LocalSettings = z.pick(Environment, {
  OVERLAP_SECONDS: true,
  LEARNER_DETAILS: true,
  SURGE_SHARE: true,
  SURGE_FLOOR: true,
  JOURNAL_RETENTION_DAYS: true,
});

/** @throws CommandError for a directory without data, unless `mayCreate` */
export async function openDeployment(
  { directory, stack }: Pick<GlobalOptions, 'directory' | 'stack'>,
  onEvent: (event: DeliveredEvent) => void,
  mayCreate: boolean,
): Promise<Deployment> {
  if (directory === null) return openAws(stack);
  if (!mayCreate) refuseWithoutData(directory);
  const kombo = await openLocalKombo(process.env, directory);
  const deployment = await openLocal(directory, kombo, { onEvent }).catch(async (error: unknown) => {
    await kombo.close();
    throw error;
  });
  const close = async () => {
    await deployment.close();
    await kombo.close();
  };
  return { ...deployment, close };
}

/** @throws CommandError when no deployment is found, or one of its addresses is not encrypted */
export async function openAws(stack: string | null): Promise<Deployment & Pick<Operator, OnAws>> {
  // The addresses of CloudFormation and the other services are checked before the first request.
  refuseOpenAddresses(process.env);
  if (!(await configuredEndpoints()).every(isAddress)) {
    throw new CommandError(`endpoint_url in the AWS configuration ${ADDRESS_RULE}.`);
  }
  const variables =
    stack === null
      ? deployedEnvironment(process.env)
      : stackEnvironment(process.env, stack, await readStackOutputs(stack));
  refuseOpenAddresses(variables);
  const wrong =
    OperatorEnvironment.safeParse(variables).error?.issues.map(({ path }) => path.join('.')) ?? [];
  if (wrong.length > 0) {
    const isNamed = stack === null && process.env['TABLE_NAME'] !== undefined;
    const hint = isNamed ? ` The variable TABLE_NAME is set, so ${OUTPUTS_FILE} was not read.` : '';
    throw new CommandError(
      `No deployment was found: run npx cdk deploy --all, or name the deployment's stack with --stack, or set ${wrong.join(', ')} to the values in the stack's outputs, or use --local.${hint}`,
    );
  }
  const openBucket = async () => {
    const name = await certificatesBucket(variables, stack, readStackOutputs);
    // The module loads the code that draws certificates, so it is imported only when it is needed.
    return name ? (await import('../../consumers/certificates/wiring.ts')).wireBucket(name) : null;
  };
  let opening: ReturnType<typeof openBucket> | undefined;
  return {
    ...wireOperator(variables),
    readCertificates: async (progression) => {
      opening ??= openBucket();
      const bucket = await opening;
      return bucket && readCertificates(bucket, progression);
    },
    close: async () => {},
  };
}

/** @throws CommandError for an address without encryption, or with a password */
function refuseOpenAddresses(variables: Record<string, string | undefined>): void {
  for (const [name, text = ''] of Object.entries(variables)) {
    if (ADDRESSES.test(name) && text !== '' && !isAddress(text)) {
      throw new CommandError(`${name} ${ADDRESS_RULE}.`);
    }
  }
}

/**
 * The names of variables with an address. For the variables of the AWS SDK, see
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
const ADDRESSES = /^(?:KOMBO_BASE_URL|(?:REPLAY_)?QUEUE_URL|AWS_ENDPOINT_URL(?:_\w+)?)$/;

/** Creates missing data in the directory. Throws a CommandError for a wrong environment variable. */
export async function openLocal(
  directory: string,
  kombo: LocalKombo,
  options: { onEvent: (event: DeliveredEvent) => void; learnerDetails?: RunSettings['learnerDetails'] },
): Promise<Deployment & { busEndpoint: string }> {
  const settings = LocalSettings.safeParse(process.env, IN_ENGLISH);
  if (!settings.success) {
    const issue = settings.error.issues[0];
    throw new CommandError(`The environment variable ${issue?.path.join('.')} is wrong: ${issue?.message}`);
  }
  const parts = await openLocalParts({
    directory,
    kombo,
    retentionDays: settings.data.JOURNAL_RETENTION_DAYS,
    onEvent: options.onEvent,
  });
  const { learnerDetails } = options;
  return {
    ports: parts.ports,
    ids: kombo.ids,
    settings: { ...runSettings(settings.data), ...(learnerDetails && { learnerDetails }) },
    queue: null,
    replayQueue: null,
    readKeyOwner: kombo.kombo.readKeyOwner,
    findLearners: kombo.kombo.findLearners,
    // The folder exists if `dev` has written certificates into it.
    readCertificates: async (progression) =>
      existsSync(join(directory, 'certificates'))
        ? readCertificates(folderStore(directory), progression)
        : null,
    readConsumers: async () => LOCAL_CONSUMERS,
    checks: null,
    busEndpoint: parts.busEndpoint,
    close: parts.close,
  };
}

/** Returns whether a directory has the data of an embedded DynamoDB. */
export function hasData(directory: string): boolean {
  return existsSync(join(directory, 'dynamodb'));
}

function refuseWithoutData(directory: string): void {
  if (hasData(directory)) return;
  throw new CommandError(
    `The directory ${directory} has no data yet. Start with: schoolbell poll INTEGRATION`,
  );
}
