import type { LearnerDetails } from '../contract/learner.ts';
import type { WorkflowEvent } from '../contract/workflow-events.ts';

/** What is kept beside a certificate: enough to tell of it again. */
export type Kept = { number: string; code: string; at: string };

/** The certificates that were issued. Every write is made once: the first one counts. */
export type CertificateStore = {
  /** The name of the place, for the events. */
  bucket: string;
  /** Where the certificate of a path is, for the events. */
  keyOf(path: string): string;
  find(path: string): Promise<Kept | null>;
  /** @returns what is there now: another worker may have been first, with another code */
  keep(path: string, kept: Kept, pdf: Uint8Array): Promise<Kept>;
  isRevoked(path: string): Promise<boolean>;
  /** Marks a certificate as revoked, also one that is not there yet: events come in no certain order. */
  revoke(path: string, by: { event: string; at: string }): Promise<void>;
};

export type CertificatePorts = {
  store: CertificateStore;
  /** The name of a learner as Kombo has it now, or null when it has none. */
  nameOf(integration: string, progression: string): Promise<LearnerDetails | null>;
  /** @throws when the event was not accepted */
  tell(event: WorkflowEvent): Promise<void>;
  clock: () => number;
  randomBytes(length: number): Uint8Array;
};
