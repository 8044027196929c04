import type { WorkflowEvent } from '../../functions/contract/workflow-events.ts';
import type { Kombo } from '../../functions/core/ports.ts';

/** The store of the PDFs and of the certificates' state. */
export type CertificateBucket = {
  /** The name of the bucket, which the published events contain. */
  name: string;
  /**
   * Returns a text and its revision, or null if the key has no text. The read is strongly consistent: it sees every write that
   * was accepted before.
   */
  read(key: string): Promise<{ text: string; revision: string } | null>;
  /**
   * Writes a text, but only if the stored text still has this revision. If `revision` is null, it writes only if the key has no
   * text yet.
   *
   * @returns false when another worker has written the text since it was read
   */
  replace(key: string, text: string, revision: string | null): Promise<boolean>;
  has(key: string): Promise<boolean>;
  /** Stores a PDF, unless the key already has one. */
  add(key: string, pdf: Uint8Array): Promise<void>;
  /** Deletes a PDF permanently. Does nothing if the key has none. */
  remove(key: string): Promise<void>;
};

export type CertificatePorts = {
  bucket: CertificateBucket;
  kombo: Pick<Kombo, 'readByIds'>;
  /**
   * Publishes an event.
   *
   * @throws Error when the bus did not accept the event
   */
  notify(event: WorkflowEvent): Promise<void>;
  clock: () => number;
  randomBytes(length: number): Uint8Array;
};
