import * as z from 'zod';

/** The course of a progression. A progression belongs to a revision (a version) of a course. */
export const Course = z.object({
  id: z
    .string()
    .nullable()
    .describe("Kombo's id of the course; null where the platform knows revisions only"),
  remoteId: z.string().nullable(),
  revisionId: z.string().nullable(),
  revisionRemoteId: z.string().nullable(),
  title: z.string().nullable(),
});
export type Course = z.infer<typeof Course>;
