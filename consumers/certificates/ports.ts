import type { WorkflowEvent } from '../../functions/contract/workflow-events.ts';
import type { Kombo } from '../../functions/core/ports.ts';

export type CertificateBucket = {
  /** The name of the bucket, which the published events contain. */
  name: string;
  /** Strongly consistent: sees every write that was accepted before. Returns null if the key has no text. */
  read(key: string): Promise<{ text: string; revision: string } | null>;
  /**
   * Writes a text only if the stored text has this revision; with null, only if the key has no text.
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
  /** @throws Error when the bus did not accept the event */
  notify(event: WorkflowEvent): Promise<void>;
  clock: () => number;
  randomBytes(length: number): Uint8Array;
};
