/**
 * Integrations that are polled at the same time where the settings say nothing: `pollConcurrency`. See
 * `docs/adr/0012-fifty-polls-at-once.md`.
 */
export const POLL_CONCURRENCY = 50;
