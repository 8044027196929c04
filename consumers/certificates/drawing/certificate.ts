/** What is printed on a certificate. */
export type Certificate = {
  number: string;
  /** Proves, with the number, that a printed certificate is the one that was issued. */
  code: string;
  /** Null where neither the event nor Kombo has a name. */
  learnerName: string | null;
  /** The platform's id of the learner, printed where there is no name. */
  learnerReference: string | null;
  /** Null where Kombo has no title. */
  courseTitle: string | null;
  /** ISO 8601. */
  completedAt: string;
};
