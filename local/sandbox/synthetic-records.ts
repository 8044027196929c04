import { createCipheriv, createDecipheriv, createHash } from 'node:crypto';
import type { IntegrationId } from '../../functions/contract/integration.ts';
import { days } from './clock.ts';
import type { ProgressionRecord, RecordSource, RecordView } from './records.ts';
import { ALPHABET } from './school/random.ts';

const RECORDS_PER_LEARNER = 4;
const COURSES = 200;

export type SyntheticRecords = ReturnType<typeof syntheticRecords>;

/**
 * Creates numbered records. They are in progress from `createdAt` (milliseconds since 1970) until `change` is
 * called. Pages are in the order of the numbers, and no record changes its index.
 */
export function syntheticRecords(options: { integration: IntegrationId; count: number; createdAt: number }) {
  const { integration, count, createdAt } = options;
  const changes: { every: number; at: number }[] = [];
  const ids = {
    progression: numberedIds(integration, 'progression'),
    user: numberedIds(integration, 'user'),
    course: numberedIds(integration, 'course'),
    revision: numberedIds(integration, 'revision'),
  };
  const idOf = (model: keyof typeof ids, number: number) => ids[model].idOf(number);
  const lastChange = (index: number) => changes.findLast(({ every }) => index % every === 0)?.at ?? null;

  const record = (index: number): ProgressionRecord => {
    const learner = Math.floor(index / RECORDS_PER_LEARNER);
    // The factor 37 gives each learner four different courses.
    const course = (index * 37) % COURSES;
    const completedAt = lastChange(index);
    return {
      id: idOf('progression', index),
      remote_id: `enrolment-${index}`,
      user_id: idOf('user', learner),
      course_revision_id: idOf('revision', course),
      status: completedAt === null ? 'IN_PROGRESS' : 'COMPLETED',
      enrolled_at: new Date(createdAt - days(index % 90)).toISOString(),
      completed_at: completedAt === null ? null : new Date(completedAt).toISOString(),
      changed_at: new Date(completedAt ?? createdAt).toISOString(),
      remote_deleted_at: null,
      remote_data: null,
      user: {
        id: idOf('user', learner),
        remote_id: String(learner),
        first_name: 'Learner',
        last_name: `No. ${learner}`,
        work_email: `learner.${learner}@example.com`,
      },
      course_revision: {
        id: idOf('revision', course),
        remote_id: `C${course}-v1`,
        title: `Course No. ${course}`,
        course: { id: idOf('course', course), remote_id: `C${course}` },
      },
    };
  };

  const view: RecordView = {
    size: count,
    record,
    changedAt: (index) => lastChange(index) ?? createdAt,
    removed: () => false,
    indexOf: (id) => {
      const index = ids.progression.numberOf(id);
      return index !== null && index < count ? index : null;
    },
  };
  const at: RecordSource['at'] = () => view;
  return {
    at,
    /**
     * Completes one of `every` records at the time `at` (milliseconds since 1970, later than every earlier
     * change). A completed record is completed again.
     */
    change: (every: number, at: number): void => {
      changes.push({ every, at });
    },
  };
}

/** An id has four words of 32 bits, and each word has six letters. */
const WORDS = 4;
const LETTERS = 6;

/**
 * An id is a number encrypted with AES, in Kombo's form. So ids look as random as Kombo's, and compressed
 * data has a realistic size.
 */
function numberedIds(...key: string[]) {
  const secret = createHash('sha256').update(key.join('/')).digest().subarray(0, 16);
  // Blocks are encrypted without padding, so each call of `update` returns the result of its own block.
  const cipher = createCipheriv('aes-128-ecb', secret, null).setAutoPadding(false);
  const decipher = createDecipheriv('aes-128-ecb', secret, null).setAutoPadding(false);
  const block = Buffer.alloc(16);
  return {
    idOf(number: number): string {
      block.writeUInt32LE(number);
      const encrypted = cipher.update(block);
      return Array.from({ length: WORDS }, (_, at) => lettersOf(encrypted.readUInt32LE(at * 4))).join('');
    },
    /** Returns null if the text is not one of these ids. */
    numberOf(id: string): number | null {
      const words = Array.from({ length: WORDS }, (_, at) =>
        wordOf(id.slice(at * LETTERS, (at + 1) * LETTERS)),
      );
      const decrypted = decipher.update(Buffer.from(Uint32Array.from(words).buffer));
      const number = decrypted.readUInt32LE();
      return this.idOf(number) === id ? number : null;
    },
  };
}

function lettersOf(word: number): string {
  let rest = word;
  let letters = '';
  for (let at = 0; at < LETTERS; at += 1) {
    letters = ALPHABET.charAt(rest % ALPHABET.length) + letters;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return letters;
}

function wordOf(letters: string): number {
  let word = 0;
  for (const letter of letters) word = word * ALPHABET.length + ALPHABET.indexOf(letter);
  return word;
}
