import { createHmac } from 'node:crypto';
import type { RemoteIds } from './contract/environment.ts';
import { DeploymentError } from './core/errors.ts';
import type { Kombo, Store } from './core/ports.ts';
import type { JournalEntry } from './core/state/journal-entry.ts';
import type { RejectedRecord } from './core/state/progression.ts';
import { standInId } from './core/state/set-aside.ts';

/**
 * `key` reads the secret key with which ids are hashed. In the mode `keep` it is never called, and in the
 * mode `hash-emails` only for an id that looks like an e-mail address.
 */
export type IdSetting = { mode: RemoteIds; key: () => Promise<string> };

/** Returns what is stored and published instead of a platform's id. It is idempotent. */
type ReplaceId = (id: string | null) => string | null;

/** `person`: for the ids of learners and progressions. `course`: for the ids of courses and revisions. */
type IdRule = { person: ReplaceId; course: ReplaceId };

const HASHED = /^hashed-[\w-]{22}$/;

/** The minimum length of a key, so that nobody can guess it. */
const FEWEST_CHARACTERS = 32;

/** The @ of an e-mail address may be full-width or percent-encoded. */
export function looksLikeEmail(id: string): boolean {
  return /\S(?:[@\uff20\ufe6b]|%40)\S/i.test(id);
}

/** @throws DeploymentError when the key is too short, and the errors of `key` */
export async function idRule({ mode, key }: IdSetting): Promise<IdRule> {
  if (mode === 'keep') return { person: (id) => id, course: (id) => id };
  const secret = await key();
  if (secret.length < FEWEST_CHARACTERS) {
    throw new DeploymentError(
      `The key for hashing ids has fewer than ${FEWEST_CHARACTERS} characters: store a longer key`,
    );
  }
  const course = hashedIf(looksLikeEmail, secret);
  if (mode === 'omit') return { person: () => null, course };
  return { person: mode === 'hash' ? hashedIf(() => true, secret) : course, course };
}

/** Replaces an id by 132 bits of its HMAC-SHA256. Stored ids pass through it again, so hashed ids stay. */
function hashedIf(isHashed: (id: string) => boolean, key: string): ReplaceId {
  return (id) => {
    if (id === null || HASHED.test(id) || !isHashed(id)) return id;
    return `hashed-${createHmac('sha256', key).update(id).digest('base64url').slice(0, 22)}`;
  };
}

async function replaceIds<Part extends Progression>(parts: Part[], setting: IdSetting): Promise<Part[]> {
  let isEach = setting.mode !== 'hash-emails';
  const look: ReplaceId = (id) => {
    isEach ||= id !== null && looksLikeEmail(id);
    return id;
  };
  for (const part of parts) if (!isEach) withIds(part, { person: look, course: look });
  if (!isEach) return parts;
  const rule = await idRule(setting);
  return parts.map((part) => withIds(part, rule));
}

/**
 * Makes each stand-in id from the ids that the setting gives. When the record gets an id of its own, its other
 * ids are the same as these, so that it replaces the rejected record.
 */
async function replaceStandIns(rejected: RejectedRecord[], setting: IdSetting): Promise<RejectedRecord[]> {
  const { mode } = setting;
  const ids = rejected.map(({ standsFor }) => standsFor?.remoteId ?? null);
  const isReplaced = (id: string | null) => id !== null && (mode !== 'hash-emails' || looksLikeEmail(id));
  if (!ids.some(isReplaced)) return rejected;
  const { person } = await idRule(setting);
  return rejected.map(({ id, reason, standsFor }) => ({
    id: standsFor ? standInId({ ...standsFor, remoteId: person(standsFor.remoteId) }) : id,
    reason,
  }));
}

/** Replaces the ids in all records as the setting requires, so that no other code sees the original ids. */
export function komboWithIds<Adapter extends Kombo>(kombo: Adapter, setting: IdSetting): Adapter {
  const replaced = async <Read extends Awaited<ReturnType<Kombo['readByIds']>>>(
    read: Read,
  ): Promise<Read> => ({
    ...read,
    records: await replaceIds(read.records, setting),
    rejected: await replaceStandIns(read.rejected, setting),
  });
  return {
    ...kombo,
    readPage: async (...request: Parameters<Kombo['readPage']>) => replaced(await kombo.readPage(...request)),
    readByIds: async (...request: Parameters<Kombo['readByIds']>) =>
      replaced(await kombo.readByIds(...request)),
  };
}

/**
 * Replaces ids that are read from the table, as the current setting requires. So a changed setting does not
 * look like a changed progression, and old entries publish no id that the setting now hides.
 */
export function storeWithIds(store: Store, setting: IdSetting): Store {
  const withChanges = async (entry: JournalEntry): Promise<JournalEntry> => ({
    ...entry,
    changes: await replaceIds(entry.changes, setting),
  });
  return {
    ...store,
    async readKnown(...request) {
      const known = await replaceIds([...(await store.readKnown(...request)).values()], setting);
      return new Map(known.map((progression) => [progression.state.id, progression]));
    },
    async readEntry(...request) {
      const entry = await store.readEntry(...request);
      return entry && withChanges(entry);
    },
    async *readEntries(...request) {
      for await (const entry of store.readEntries(...request)) yield withChanges(entry);
    },
  };
}

type WithId = { remoteId: string | null };
type Progression = {
  state: WithId;
  previous?: WithId | null;
  discarded?: WithId | null;
  learner: WithId;
  course: WithId & { revisionRemoteId: string | null };
};

function withIds<Part extends Progression>(part: Part, { person, course }: IdRule): Part {
  const replaced = <Named extends WithId>(named: Named, replace: ReplaceId): Named => ({
    ...named,
    remoteId: replace(named.remoteId),
  });
  const { state, previous, discarded, learner } = part;
  const revisionRemoteId = course(part.course.revisionRemoteId);
  return {
    ...part,
    state: replaced(state, person),
    learner: replaced(learner, person),
    course: { ...replaced(part.course, course), revisionRemoteId },
    ...(previous && { previous: replaced(previous, person) }),
    ...(discarded && { discarded: replaced(discarded, person) }),
  };
}
