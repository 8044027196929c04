/** A promise that was not kept: which one, and what shows it. */
export type Violation = { promise: string; evidence: string };

/** Says that a promise was broken; checks go on, so that everything that is wrong is seen. */
export type Accuse = (promise: string, evidence: string) => void;
