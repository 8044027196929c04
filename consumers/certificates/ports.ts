import type { WorkflowEvent } from '../../functions/contract/workflow-events.ts';
import type { Kombo } from '../../functions/core/ports.ts';

/** Where PDFs and the state beside them are stored. */
export type CertificateBucket = {
  /** For the events. */
  name: string;
  /** A text and its revision, or null where there is none. The result includes every write that was accepted before. */
  read(key: string): Promise<{ text: string; revision: string } | null>;
  /**
   * Writes a text only if it still has this revision; null: if there is none.
   *
   * @returns false when another worker has written it since
   */
  replace(key: string, text: string, revision: string | null): Promise<boolean>;
  has(key: string): Promise<boolean>;
  /** Stores a PDF, unless there is one already. */
  add(key: string, pdf: Uint8Array): Promise<void>;
  /** Deletes a PDF for good. Does nothing where there is none. */
  remove(key: string): Promise<void>;
};

export type CertificatePorts = {
  bucket: CertificateBucket;
  kombo: Pick<Kombo, 'readByIds'>;
  /** @throws when the event was not accepted */
  notify(event: WorkflowEvent): Promise<void>;
  clock: () => number;
  randomBytes(length: number): Uint8Array;
};
