import * as z from 'zod';

/**
 * The key of everything that is kept of a record. A DynamoDB key ends at 1,024 bytes, which 341 UTF-16 units never exceed;
 * half of a surrogate pair would be stored as another character than the one it is looked up by.
 */
const Key = z
  .string()
  .min(1)
  .max(341)
  .refine((id) => id.isWellFormed());

/** An id that is only handed on. Too long to be one, it is the record that is wrong. */
const Reference = z.string().max(2_048).nullish();
const Text = z.string().nullish();

/**
 * The fields that are read; others are ignored. Nothing is changed here, so that a page of 250 takes a millisecond. Which
 * of the fields may be null depends on whether the record is removed.
 */
export const RecordSchema = z.object({
  id: Key,
  remote_id: Reference,
  user_id: Reference,
  course_revision_id: Reference,
  status: Text,
  enrolled_at: Text,
  completed_at: Text,
  changed_at: Text,
  remote_deleted_at: Text,
  user: z
    .object({ id: Reference, remote_id: Reference, first_name: Text, last_name: Text, work_email: Text })
    .nullish(),
  course_revision: z
    .object({
      id: Reference,
      remote_id: Reference,
      title: Text,
      course: z.object({ id: Reference, remote_id: Reference }).nullish(),
    })
    .nullish(),
});
export type RecordSchema = z.infer<typeof RecordSchema>;

/** The id of a record that breaks the schema elsewhere. */
export const RecordWithKey = z.object({ id: Key });
