import { en } from 'zod/locales';
import * as z from 'zod/mini';

/** For a parse whose messages reach people: on its own, zod/mini says no more than "Invalid input". */
export const IN_ENGLISH = { error: en().localeError };

/** A text that must be JSON, and then what the schema says. Fails with `is not JSON` where it is none. */
export function parsedJson<Schema extends z.ZodMiniType>(schema: Schema) {
  return z.pipe(
    z.pipe(
      z.string(),
      z.transform((text, context): unknown => {
        try {
          return JSON.parse(text);
        } catch {
          context.issues.push({ code: 'custom', input: text, message: 'is not JSON' });
          return z.NEVER;
        }
      }),
    ),
    schema,
  );
}
