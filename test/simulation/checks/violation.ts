/** A broken promise, with the evidence. */
export type Violation = { promise: string; evidence: string };

/** Reports a broken promise. The checks continue, so that all violations are found. */
export type Accuse = (promise: string, evidence: string) => void;
