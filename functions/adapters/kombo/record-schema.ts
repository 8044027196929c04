import * as z from 'zod/mini';
import { compiledObject } from './compiled-object.ts';

/**
 * The key of everything that is kept of a record. A DynamoDB key ends at 1,024 bytes, which 341 UTF-16 units never exceed;
 * half of a surrogate pair would be stored as another character than the one it is looked up by.
 */
const Key = z.string().check(
  z.minLength(1),
  z.maxLength(341),
  z.refine((id) => id.isWellFormed()),
);

/** An id that is only handed on. Too long to be one, it is the record that is wrong. */
const Reference = z.nullish(z.string().check(z.maxLength(2_048)));
const Text = z.nullish(z.string());

/**
 * The fields that are read; others are ignored. Nothing is changed here, so that a page of 250 takes a millisecond. Which
 * of the fields may be null depends on whether the record is removed.
 */
export const RecordSchema = compiledObject({
  id: Key,
  remote_id: Reference,
  user_id: Reference,
  course_revision_id: Reference,
  status: Text,
  enrolled_at: Text,
  completed_at: Text,
  changed_at: Text,
  remote_deleted_at: Text,
  user: z.nullish(
    compiledObject({
      id: Reference,
      remote_id: Reference,
      first_name: Text,
      last_name: Text,
      work_email: Text,
    }),
  ),
  course_revision: z.nullish(
    compiledObject({
      id: Reference,
      remote_id: Reference,
      title: Text,
      course: z.nullish(compiledObject({ id: Reference, remote_id: Reference })),
    }),
  ),
});
export type RecordSchema = z.infer<typeof RecordSchema>;

/** The id of a record that breaks the schema elsewhere. */
export const RecordWithKey = z.object({ id: Key });

const Part = z.catch(z.nullish(z.string()), null);
const Named = z.catch(z.nullish(z.object({ id: Part })), null);

/** What may distinguish a record without an id from others, as far as it fits the schema. */
export const Identity = z.object({
  remote_id: Part,
  user_id: Part,
  course_revision_id: Part,
  user: Named,
  course_revision: Named,
});
