import type { EngineName } from '../processes/surroundings.ts';

/** How the benchmark is run. */
export type BenchOptions = {
  engine: EngineName;
  /** How often each measure is repeated. */
  rounds: number;
  /** How long the sandbox takes to answer. */
  answerMs: number;
  /** Of the integration that is polled; the one for the memory has ten times as many. */
  records: number;
  /** Told what is being measured. */
  say: (what: string) => void;
};
