/** The `source` of every event that Schoolbell publishes. */
export const EVENT_SOURCE = 'schoolbell';
