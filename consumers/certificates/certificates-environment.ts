import * as z from 'zod/mini';
import { Environment } from '../../functions/contract/environment.ts';
import { parsedJson } from '../../functions/contract/parsing.ts';
import { CertificateTexts } from './certificate-texts.ts';

const FromEnvironment = z.pick(Environment, {
  BUS_NAME: true,
  KOMBO_SECRET_ID: true,
  KOMBO_BASE_URL: true,
  REMOTE_IDS: true,
  REMOTE_IDS_KEY_ID: true,
});

/** The environment of certificates. */
export const CertificatesEnvironment = z.extend(FromEnvironment, {
  CERTIFICATES_BUCKET: z.string().check(z.minLength(3)),
  FONTS_DIRECTORY: z.string().check(z.minLength(1)),
  REVOKE: z._default(z.enum(['true', 'false']), 'false'),
  ON_ERASURE: z._default(z.enum(['keep', 'delete']), 'delete'),
  CERTIFICATE_TEXTS: z.prefault(parsedJson(CertificateTexts), '{}'),
});
export type CertificatesEnvironment = z.infer<typeof CertificatesEnvironment>;
