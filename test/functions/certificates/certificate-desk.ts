import type { Certificate } from '../../../functions/certificates/certificate.ts';
import type { Kept } from '../../../functions/certificates/ports.ts';
import type { CertificateParts } from '../../../functions/certificates/take-events.ts';
import type { LearnerDetails } from '../../../functions/contract/learner.ts';
import type { WorkflowEvent } from '../../../functions/contract/workflow-events.ts';

type Step = 'nameOf' | 'draw' | 'keep' | 'tell';

/** The parts of certificates in memory, each of which can fail once. */
export class CertificateDesk {
  readonly kept = new Map<string, Kept>();
  readonly revoked = new Set<string>();
  readonly drawn: Certificate[] = [];
  readonly told: WorkflowEvent[] = [];
  readonly asked: string[] = [];
  readonly failures: unknown[] = [];
  readonly parts: CertificateParts;
  #failing: Step | null = null;
  #theirs: Kept | null = null;

  constructor(details: LearnerDetails | null = null, { revokes = false } = {}) {
    this.parts = {
      revokes,
      report: () => {},
      failed: (error) => this.failures.push(error),
      draw: async (certificate) => {
        this.#mayFail('draw');
        this.drawn.push(certificate);
        return new Uint8Array();
      },
      ports: {
        store: {
          bucket: 'certificates-bucket',
          keyOf: (path) => `certificates/${path}.pdf`,
          find: async (path) => this.kept.get(path) ?? null,
          keep: async (path, kept) => {
            this.#mayFail('keep');
            const there = this.#theirs ?? this.kept.get(path) ?? kept;
            this.kept.set(path, there);
            return there;
          },
          isRevoked: async (path) => this.revoked.has(path),
          revoke: async (path) => void this.revoked.add(path),
        },
        nameOf: async (_, progression) => {
          this.#mayFail('nameOf');
          this.asked.push(progression);
          return details;
        },
        tell: async (event) => {
          this.#mayFail('tell');
          this.told.push(event);
        },
        clock: () => Date.parse('2026-04-15T08:00:09.000Z'),
        randomBytes: (length) => new Uint8Array(length).fill(this.drawn.length),
      },
    };
  }

  failOnce(step: Step): void {
    this.#failing = step;
  }

  anotherWorkerKeeps(kept: Kept): void {
    this.#theirs = kept;
  }

  #mayFail(step: Step): void {
    if (this.#failing !== step) return;
    this.#failing = null;
    throw new Error(`${step} fails`);
  }
}
