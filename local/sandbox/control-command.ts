import * as z from 'zod/mini';
import { IN_ENGLISH, parsedJson } from '../../functions/contract/parsing.ts';
import { type Answer, failure, success } from './answer.ts';
import { Fault } from './fault.ts';
import type { SandboxClock } from './sandbox-clock.ts';
import type { SandboxControl } from './sandbox-control.ts';
import { ScopeField } from './scope.ts';

const integration = z.string();

/** What can be asked of a sandbox in another process, one JSON object a request. */
const ControlCommand = z.discriminatedUnion('do', [
  z.object({ do: z.literal('inject'), fault: Fault }),
  z.object({ do: z.literal('clear-faults') }),
  z.object({ do: z.literal('answer-delay'), delayMs: z.int().check(z.nonnegative()) }),
  z.object({ do: z.literal('data-expired'), integration, expired: z.boolean() }),
  z.object({ do: z.literal('field'), integration, field: ScopeField, on: z.boolean() }),
  z.object({ do: z.literal('model'), integration, on: z.boolean() }),
  z.object({ do: z.literal('expire-cursors') }),
  z.object({ do: z.literal('advance'), ms: z.int().check(z.nonnegative()) }),
  z.object({ do: z.literal('look') }),
]);
type ControlCommand = z.infer<typeof ControlCommand>;

type Reach = { control: SandboxControl; clock: SandboxClock };

/** Does what a request body asks for, at the sandbox's time. Answers that time and the number of requests so far. */
export function obeyText(body: string, { logUrl, ...reach }: Reach & { logUrl: string }): Answer {
  const command = ControlText.safeParse(body, IN_ENGLISH);
  if (!command.success) return failure('PLATFORM.INPUT_INVALID', z.prettifyError(command.error), logUrl);
  obey(command.data, reach);
  return success({ now: new Date(reach.clock.now()).toISOString(), requests: reach.control.requests() });
}

const ControlText = parsedJson(ControlCommand);

const obey = (command: ControlCommand, { control, clock }: Reach): void => {
  switch (command.do) {
    case 'inject':
      control.inject(command.fault);
      break;
    case 'clear-faults':
      control.clearFaults();
      break;
    case 'answer-delay':
      control.setAnswerDelay(command.delayMs);
      break;
    case 'data-expired':
      control.setDataExpiredAt(command.integration, command.expired ? clock.now() : null);
      break;
    case 'field':
      control.setField(command.integration, command.field, command.on, clock.now());
      break;
    case 'model':
      control.setModel(command.integration, command.on, clock.now());
      break;
    case 'expire-cursors':
      control.expireCursors();
      break;
    case 'advance':
      clock.advance(command.ms);
      break;
    case 'look':
      break;
    default:
      command satisfies never;
  }
};
