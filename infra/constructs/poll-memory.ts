/** The poll function's memory in megabytes. It needs less; half of this would also be a sixth of a processor. */
export const POLL_MEMORY_MB = 512;
