import * as z from 'zod/mini';

/**
 * `incremental`: what changed since the watermark. `baseline`: the first sync, everything. `reconcile`: everything
 * again, to find what was missed.
 */
export const PollMode = z.enum(['incremental', 'baseline', 'reconcile']);
export type PollMode = z.infer<typeof PollMode>;
