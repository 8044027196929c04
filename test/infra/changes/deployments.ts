import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import type { SettingsInput } from '../../../infra/settings.ts';
import { appWithStacks } from '../synthesize.ts';
import type { DeploymentFacts } from './change-problems.ts';
import { type Choice, OPTIONS, type StackEnd, settingsOf } from './options.ts';
import { type StackFacts, stackFacts } from './stack-facts.ts';

/** One folder for all deployments, so that the CDK copies the fonts only once. */
const outdir = mkdtempSync(join(tmpdir(), 'schoolbell-changes-'));

const ENDS: StackEnd[] = ['State', 'Notifier', 'Certificates', 'Subscribers'];

/** Returns the facts about the stacks of the deployment with these settings. */
export function factsOf(settings: SettingsInput): DeploymentFacts {
  const { state, notifier, consumers } = appWithStacks(settings, { outdir });
  return new Map(
    [state, notifier, ...consumers].map((stack) => [
      endOf(stack.stackName),
      stackFacts(Template.fromStack(stack).toJSON()),
    ]),
  );
}

export function endOf(name: string): StackEnd {
  const end = ENDS.find((known) => name.endsWith(known));
  if (end === undefined) throw new Error(`The stack ${name} is missing in ENDS`);
  return end;
}

/** Deployments that share their stacks: each stack is synthesised once for the options that it depends on. */
export class Deployments {
  /** The number of synthesised deployments. */
  synthesised = 0;
  readonly #facts = new Map<string, StackFacts | null>();

  factsOf(choice: Choice): DeploymentFacts {
    if (ENDS.some((end) => !this.#facts.has(keyOf(end, choice)))) this.#synthesise(choice);
    return new Map(
      ENDS.flatMap((end): [string, StackFacts][] => {
        const facts = this.#facts.get(keyOf(end, choice)) ?? null;
        return facts === null ? [] : [[end, facts]];
      }),
    );
  }

  #synthesise(choice: Choice): void {
    this.synthesised += 1;
    const facts = factsOf(settingsOf(choice));
    for (const end of ENDS) {
      const key = keyOf(end, choice);
      if (!this.#facts.has(key)) this.#facts.set(key, facts.get(end) ?? null);
    }
  }
}

/** Returns a key of a stack: the values of the options that the stack depends on. */
function keyOf(end: StackEnd, choice: Choice): string {
  const values = choice.filter((_, at) => OPTIONS[at]?.of.includes(end));
  return `${end} ${values.join(' ')}`;
}
