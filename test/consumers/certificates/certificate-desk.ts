import type { CertificateState } from '../../../consumers/certificates/certificate-state.ts';
import type { Certificate } from '../../../consumers/certificates/drawing/draw-certificate.ts';
import {
  type CertificateParts,
  type CertificatePolicy,
  handleEvent,
} from '../../../consumers/certificates/handle-event.ts';
import type { CertificateBucket, CertificatePorts } from '../../../consumers/certificates/ports.ts';
import { parseLearningEvent } from '../../../consumers/kit/parse.ts';
import type { LearnerDetails } from '../../../functions/contract/event-parts.ts';
import type { LearningEvent } from '../../../functions/contract/learning-events.ts';
import type { WorkflowEvent, WorkflowEventType } from '../../../functions/contract/workflow-events.ts';

import type { ObservedProgression } from '../../../functions/core/state/progression.ts';
import { observed } from '../../support/observed.ts';

/**
 * The calls of the certificates function to its ports: the bucket, Kombo, the drawing of a PDF, and the bus.
 */
export type Step = 'read' | 'replace' | 'has' | 'add' | 'remove' | 'kombo' | 'draw' | 'tell';

/**
 * Functions that are called before and after each step. They may wait, so that the steps of several workers
 * interleave, and they may fail.
 */
export type Interference = {
  before: (step: Step) => void | Promise<void>;
  after: (step: Step) => void | Promise<void>;
};

const NO_NAME: LearnerDetails = { firstName: null, lastName: null, email: null };

/** Returns the record that Kombo shows when the event has just been published. */
export function recordOf({ type, detail }: LearningEvent, learnerDetails = NO_NAME): ObservedProgression {
  const { progression, learner, course } = detail;
  return observed(progression, {
    learner: { id: learner.id, remoteId: learner.remoteId },
    course,
    learnerDetails,
    erased: type === 'LearnerDataErased',
  });
}

/** An in-memory implementation of the ports that certificates need. */
export class CertificateDesk {
  /** The objects of the bucket by key. A PDF is represented by the text of its certificate. */
  readonly objects = new Map<string, string>();
  readonly drawn: Certificate[] = [];
  readonly notified: WorkflowEvent[] = [];
  /** The keys of PDFs that were missing when the event about their certificate was published. */
  readonly missing: string[] = [];
  /** The progressions whose records were requested from Kombo. */
  readonly asked: string[] = [];
  /** The record that Kombo shows. By default it is the record of the event that is passed to `take`. */
  shown: ObservedProgression | null | 'each event' = 'each event';
  readonly parts: CertificateParts;
  interference: Interference = { before: () => {}, after: () => {} };
  readonly #details: LearnerDetails;
  #codes = 0;

  constructor(details: LearnerDetails = NO_NAME, policy: Partial<CertificatePolicy> = {}) {
    this.#details = details;
    const step = this.#step.bind(this);
    const bucket: CertificateBucket = {
      name: 'certificates-bucket',
      read: (key) =>
        step('read', () => {
          const text = this.objects.get(key);
          return text === undefined ? null : { text, revision: text };
        }),
      replace: (key, text, revision) =>
        step('replace', () => {
          if ((this.objects.get(key) ?? null) !== revision) return false;
          this.objects.set(key, text);
          return true;
        }),
      has: (key) => step('has', () => this.objects.has(key)),
      add: (key, pdf) =>
        step('add', () => {
          if (!this.objects.has(key)) this.objects.set(key, new TextDecoder().decode(pdf));
        }),
      remove: (key) => step('remove', () => void this.objects.delete(key)),
    };
    this.parts = {
      policy: { revoke: false, onErasure: 'delete', ...policy },
      draw: (certificate) =>
        step('draw', () => {
          this.drawn.push(certificate);
          return new TextEncoder().encode(JSON.stringify(certificate));
        }),
      ports: {
        bucket,
        kombo: this.#kombo(null),
        notify: (event) =>
          step('tell', () => {
            this.notified.push(structuredClone(event));
            const key = event.type === 'CertificateIssued' ? event.detail.certificate.key : null;
            if (key !== null && !this.objects.has(key)) this.missing.push(key);
          }),
        clock: () => Date.parse('2026-04-15T08:00:09.000Z'),
        randomBytes: (length) => {
          this.#codes += 1;
          return new Uint8Array(length).fill(this.#codes % 32);
        },
      },
    };
  }

  /** Handles an event in the form in which an EventBridge rule delivers it. */
  async take(event: unknown): Promise<WorkflowEventType[]> {
    const { type, detail } = parseLearningEvent(event);
    const kombo = this.#kombo({ type, detail });
    return handleEvent(event, { ...this.parts, ports: { ...this.parts.ports, kombo } });
  }

  #kombo(event: LearningEvent | null): CertificatePorts['kombo'] {
    return {
      readByIds: (_, [id = '']) =>
        this.#step('kombo', () => {
          this.asked.push(id);
          const record = this.shown === 'each event' ? event && recordOf(event, this.#details) : this.shown;
          return { records: record === null ? [] : [record], rejected: [] };
        }),
    };
  }

  async #step<Answer>(name: Step, act: () => Answer): Promise<Answer> {
    await this.interference.before(name);
    const answer = act();
    await this.interference.after(name);
    return answer;
  }

  /** Makes the next step of this kind fail before it takes effect. */
  failOnce(failing: Step): void {
    let isDone = false;
    this.interference = {
      after: () => {},
      before: (step) => {
        if (isDone || step !== failing) return;
        isDone = true;
        throw new Error(`${step} fails`);
      },
    };
  }

  /** The stored states, one per progression. */
  get states(): CertificateState[] {
    return [...this.objects].flatMap(([key, text]) => (key.endsWith('.json') ? [JSON.parse(text)] : []));
  }

  /** The dates of the certificates that the stored state lists as valid. */
  get validDates(): string[] {
    return this.states.flatMap(({ certificates }) =>
      certificates.filter(({ status }) => status === 'valid').map(({ completedAt }) => completedAt),
    );
  }

  get pdfs(): Map<string, Certificate> {
    return new Map(
      [...this.objects].flatMap(([key, text]) => (key.endsWith('.pdf') ? [[key, JSON.parse(text)]] : [])),
    );
  }
}
