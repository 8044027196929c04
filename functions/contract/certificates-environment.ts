import * as z from 'zod';
import { CertificateTexts } from './certificate-texts.ts';
import { KOMBO_HOSTS } from './environment.ts';

/** The environment of certificates. */
export const CertificatesEnvironment = z.object({
  CERTIFICATES_BUCKET: z.string().min(3),
  BUS_NAME: z.string().min(1).describe('Name or ARN'),
  KOMBO_SECRET_ID: z.string().min(1).describe('Name or ARN of the secret that holds the API key'),
  KOMBO_BASE_URL: z.url().default(KOMBO_HOSTS.eu),
  FONTS_DIRECTORY: z.string().min(1),
  REVOKE: z.enum(['true', 'false']).default('false'),
  CERTIFICATE_TEXTS: z
    .string()
    .default('{}')
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue('is not JSON');
        return z.NEVER;
      }
    })
    .pipe(CertificateTexts),
});
export type CertificatesEnvironment = z.infer<typeof CertificatesEnvironment>;
