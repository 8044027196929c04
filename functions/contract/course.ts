import * as z from 'zod/mini';
import { described } from './described.ts';

/** The course of a progression. A progression belongs to a revision (a version) of a course. */
export const Course = z.object({
  id: described(
    z.nullable(z.string()),
    "Kombo's id of the course; null where the platform knows revisions only",
  ),
  remoteId: z.nullable(z.string()),
  revisionId: z.nullable(z.string()),
  revisionRemoteId: z.nullable(z.string()),
  title: z.nullable(z.string()),
});
export type Course = z.infer<typeof Course>;
