import { randomBytes } from 'node:crypto';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createNotifier } from '../../functions/adapters/eventbridge/publisher.ts';
import { putEventsCall } from '../../functions/adapters/eventbridge/put-events.ts';
import { createKombo } from '../../functions/adapters/kombo/kombo.ts';
import { createBucket } from '../../functions/adapters/s3/bucket.ts';
import { secretReader } from '../../functions/adapters/secrets-manager/secret.ts';
import { AWS_CLIENT } from '../../functions/aws-client.ts';
import { parseAs } from '../../functions/contract/environment.ts';
import { komboWithIds } from '../../functions/remote-ids.ts';
import { CertificatesEnvironment } from './certificates-environment.ts';
import { type Drawn, drawCertificate } from './drawing/draw-certificate.ts';
import { openFonts } from './drawing/font-library.ts';
import type { CertificateParts } from './handle-event.ts';
import type { CertificateBucket } from './ports.ts';

export function wireBucket(bucket: string): CertificateBucket {
  return createBucket({ client: new S3Client(AWS_CLIENT), bucket });
}

/** Creates the parts of the function from its environment variables. Called once, at a cold start. */
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
      bucket: wireBucket(environment.CERTIFICATES_BUCKET),
      kombo: komboWithIds(kombo, ids),
      notify: createNotifier({
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
