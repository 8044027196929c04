import { en } from 'zod/locales';
import * as z from 'zod/mini';

/** For schemas whose messages people read. Without it, the only message of zod/mini is "Invalid input". */
export const IN_ENGLISH = { error: en().localeError };

/** Returns a schema that parses JSON text and applies `schema` to it. Other text fails with `is not JSON`. */
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
