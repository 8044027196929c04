import * as z from 'zod/mini';

/** 0, 1, 2, ... One schema for all of them: each that is built takes its part of a cold start. */
export const WholeNumber = z.int().check(z.nonnegative());

/** 1, 2, 3, ... */
export const PositiveNumber = z.int().check(z.positive());
