import * as z from 'zod/mini';
import { CertificateTexts } from './certificate-texts.ts';
import { described } from './described.ts';
import { Address, KOMBO_HOSTS } from './environment.ts';

/** The environment of certificates. */
export const CertificatesEnvironment = z.object({
  CERTIFICATES_BUCKET: z.string().check(z.minLength(3)),
  BUS_NAME: described(z.string().check(z.minLength(1)), 'Name or ARN'),
  KOMBO_SECRET_ID: described(
    z.string().check(z.minLength(1)),
    'Name or ARN of the secret that holds the API key',
  ),
  KOMBO_BASE_URL: z._default(Address, KOMBO_HOSTS.eu),
  FONTS_DIRECTORY: z.string().check(z.minLength(1)),
  REVOKE: z._default(z.enum(['true', 'false']), 'false'),
  ON_ERASURE: z._default(z.enum(['keep', 'delete']), 'delete'),
  CERTIFICATE_TEXTS: z.pipe(
    z.pipe(
      z._default(z.string(), '{}'),
      z.transform((text, context): unknown => {
        try {
          return JSON.parse(text);
        } catch {
          context.issues.push({ code: 'custom', input: text, message: 'is not JSON' });
          return z.NEVER;
        }
      }),
    ),
    CertificateTexts,
  ),
});
export type CertificatesEnvironment = z.infer<typeof CertificatesEnvironment>;
