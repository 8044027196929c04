import { Fault, type FaultInput } from './fault.ts';
import { OPEN_SCOPE, type Scope, type ScopeField } from './scope.ts';

/** What a test, a benchmark or a person can do to a sandbox while it runs. Times are milliseconds since 1970. */
export type SandboxControl = {
  /** Adds a fault. Faults meet requests in the order in which they were added. */
  inject(fault: FaultInput): void;
  clearFaults(): void;
  /** How long every answer takes, in milliseconds. */
  setAnswerDelay(delayMs: number): void;
  /** Since when the integration's data is not valid; null: it is. */
  setDataExpiredAt(integration: string, at: number | null): void;
  /** A customer turns a field off or on again, at this time. */
  setField(integration: string, field: ScopeField, on: boolean, at: number): void;
  /** A customer turns course progressions off or on again, at this time. */
  setModel(integration: string, on: boolean, at: number): void;
  /** No cursor given out so far is taken any more. */
  expireCursors(): void;
  /** Requests so far, whatever became of them. */
  requests(): number;
};

/** What the server reads of it. */
export type SandboxConditions = {
  countRequest(): number;
  /** The fault that meets this request, which uses up one of its requests. */
  takeFault(integration: string | null): Fault | null;
  answerDelayMs(): number;
  dataExpiredAt(integration: string): number | null;
  scope(integration: string): Scope;
  cursorGeneration(): number;
};

/** Both sides of one sandbox's conditions; at first all is well. */
export function sandboxConditions(): { control: SandboxControl; conditions: SandboxConditions } {
  let faults: Fault[] = [];
  let answerDelayMs = 0;
  let cursorGeneration = 0;
  let requests = 0;
  const expired = new Map<string, number | null>();
  const scopes = new Map<string, Scope>();
  const scope = (integration: string) => scopes.get(integration) ?? OPEN_SCOPE;
  return {
    control: {
      inject: (fault) => faults.push(Fault.parse(fault)),
      clearFaults: () => {
        faults = [];
      },
      setAnswerDelay: (delayMs) => {
        answerDelayMs = delayMs;
      },
      setDataExpiredAt: (integration, at) => expired.set(integration, at),
      setField: (integration, field, on, at) => {
        const off = new Set(scope(integration).off);
        if (on) off.delete(field);
        else off.add(field);
        scopes.set(integration, { ...scope(integration), off, changedAt: at });
      },
      setModel: (integration, on, at) =>
        scopes.set(integration, { ...scope(integration), modelOff: !on, changedAt: at }),
      expireCursors: () => {
        cursorGeneration += 1;
      },
      requests: () => requests,
    },
    conditions: {
      countRequest: () => ++requests,
      takeFault: (integration) => {
        const fault = faults.find((one) => one.integration === undefined || one.integration === integration);
        if (fault === undefined) return null;
        fault.requests -= 1;
        if (fault.requests === 0) faults = faults.filter((one) => one !== fault);
        return fault;
      },
      answerDelayMs: () => answerDelayMs,
      dataExpiredAt: (integration) => expired.get(integration) ?? null,
      scope,
      cursorGeneration: () => cursorGeneration,
    },
  };
}
