import * as z from 'zod/mini';
import { Environment } from '../../functions/contract/environment.ts';
import { parsedJson } from '../../functions/contract/parsing.ts';

/** The texts on a certificate. A deployment can set them in another language. */
export const CertificateTexts = z.object({
  heading: z._default(z.string().check(z.maxLength(60)), 'Certificate of completion'),
  before: z._default(z.string().check(z.maxLength(80)), 'This is to certify that'),
  between: z._default(z.string().check(z.maxLength(80)), 'has successfully completed'),
  learnerNumber: z._default(z.string().check(z.maxLength(40)), 'Learner no.'),
  noLearner: z._default(z.string().check(z.maxLength(40)), 'the learner'),
  noCourse: z._default(z.string().check(z.maxLength(60)), 'the course'),
  date: z._default(z.string().check(z.maxLength(30)), 'Date of completion'),
  number: z._default(z.string().check(z.maxLength(30)), 'Certificate no.'),
  code: z._default(z.string().check(z.maxLength(30)), 'Verification code'),
  issuer: z._default(z.string().check(z.maxLength(80)), ''),
  /** The time zone of the date of completion. */
  timeZone: z._default(
    z.string().check(z.refine(isTimeZone, 'is not a time zone such as Europe/Berlin')),
    'UTC',
  ),
  locale: z._default(z.string().check(z.refine(isLocale, 'is not a known locale, such as en-GB')), 'en-GB'),
});

function isLocale(name: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(name).length > 0;
  } catch {
    return false;
  }
}

/** Returns whether JavaScript's `Intl` knows a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export type CertificateTexts = z.infer<typeof CertificateTexts>;
export type CertificateTextsInput = z.input<typeof CertificateTexts>;

const FromEnvironment = z.pick(Environment, {
  BUS_NAME: true,
  KOMBO_SECRET_ID: true,
  KOMBO_BASE_URL: true,
  REMOTE_IDS: true,
  REMOTE_IDS_KEY_ID: true,
});

export const CertificatesEnvironment = z.extend(FromEnvironment, {
  CERTIFICATES_BUCKET: z.string().check(z.minLength(3)),
  FONTS_DIRECTORY: z.string().check(z.minLength(1)),
  REVOKE: z._default(z.enum(['true', 'false']), 'false'),
  ON_ERASURE: z._default(z.enum(['keep', 'delete']), 'delete'),
  CERTIFICATE_TEXTS: z.prefault(parsedJson(CertificateTexts), '{}'),
});
export type CertificatesEnvironment = z.infer<typeof CertificatesEnvironment>;
