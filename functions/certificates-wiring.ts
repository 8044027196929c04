import { randomBytes } from 'node:crypto';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { putEventsCall } from './adapters/eventbridge/put-events.ts';
import { createTeller } from './adapters/eventbridge/teller.ts';
import { createKombo } from './adapters/kombo/kombo.ts';
import { createBucket } from './adapters/s3/bucket.ts';
import { secretReader } from './adapters/secrets-manager/secret.ts';
import { AWS_CLIENT } from './aws-client.ts';
import { type Drawn, drawCertificate } from './certificates/drawing/draw-certificate.ts';
import { openFonts } from './certificates/drawing/font-library.ts';
import type { CertificateParts } from './certificates/handle-event.ts';
import { CertificatesEnvironment } from './contract/certificates-environment.ts';
import { parseAs } from './contract/environment.ts';
import { komboWithIds } from './remote-ids.ts';

/** The parts of certificates: environment → clients → ports. Called once, at a cold start. */
export function wireCertificates(
  variables: Record<string, string | undefined>,
  onUndrawable: (number: string, texts: Drawn['undrawable']) => void,
): CertificateParts {
  const environment = parseAs(CertificatesEnvironment, variables);
  const secrets = new SecretsManagerClient(AWS_CLIENT);
  const kombo = createKombo({
    baseUrl: environment.KOMBO_BASE_URL,
    apiKey: secretReader(secrets, environment.KOMBO_SECRET_ID),
  });
  const ids = { mode: environment.REMOTE_IDS, key: secretReader(secrets, environment.REMOTE_IDS_KEY_ID) };
  const fonts = openFonts(environment.FONTS_DIRECTORY);
  return {
    ports: {
      bucket: createBucket({ client: new S3Client(AWS_CLIENT), bucket: environment.CERTIFICATES_BUCKET }),
      kombo: komboWithIds(kombo, ids),
      tell: createTeller({
        putEvents: putEventsCall(new EventBridgeClient(AWS_CLIENT)),
        bus: environment.BUS_NAME,
      }),
      clock: () => Date.now(),
      randomBytes,
    },
    draw: async (certificate) => {
      const { pdf, undrawable } = await drawCertificate(certificate, environment.CERTIFICATE_TEXTS, fonts);
      if (undrawable.length > 0) onUndrawable(certificate.number, undrawable);
      return pdf;
    },
    policy: { revoke: environment.REVOKE === 'true', onErasure: environment.ON_ERASURE },
  };
}
