import * as z from 'zod';

/** The words on a certificate, so that a deployment can speak another language. */
export const CertificateTexts = z.object({
  heading: z.string().max(60).default('Certificate of completion'),
  before: z.string().max(80).default('This is to certify that'),
  between: z.string().max(80).default('has successfully completed'),
  learnerNumber: z.string().max(40).default('Learner no.'),
  noLearner: z.string().max(40).default('the learner'),
  noCourse: z.string().max(60).default('the course'),
  date: z.string().max(30).default('Date of completion'),
  number: z.string().max(30).default('Certificate no.'),
  code: z.string().max(30).default('Verification code'),
  issuer: z.string().max(80).default(''),
  locale: z
    .string()
    .refine((locale) => Intl.DateTimeFormat.supportedLocalesOf(locale).length > 0, 'is not a known locale')
    .default('en-GB'),
});
export type CertificateTexts = z.infer<typeof CertificateTexts>;
