import { en } from 'zod/locales';

/** For a parse whose messages reach people: on its own, zod/mini says no more than "Invalid input". */
export const IN_ENGLISH = { error: en().localeError };
