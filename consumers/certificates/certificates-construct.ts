import { Duration, IgnoreMode, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Code, LayerVersion } from 'aws-cdk-lib/aws-lambda';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { explainStar, grantSecret } from '../../infra/constructs/grants.ts';
import { keepData } from '../../infra/constructs/keep-data.ts';
import { addQueueAlarms } from '../../infra/constructs/learner-alarm.ts';
import { NotifierFunction } from '../../infra/constructs/notifier-function.ts';
import { komboUrl } from '../../infra/constructs/queue-worker.ts';
import { feedFunction, QueueWithDeadLetters } from '../../infra/constructs/queues.ts';
import {
  functionSettings,
  type ISchoolbell,
  type KomboAccess,
  type SharedFunctionProps,
} from '../../infra/constructs/shared-props.ts';
import { parseProps } from '../../infra/read-settings.ts';
import type { ConsumerProps } from '../channels/message-channel.ts';
import { ConsumerRule } from '../deploy/consumer-rule.ts';
import { CertificatesSettings } from '../deploy/settings.ts';
import { certificatePattern } from './certificate-rule.ts';
import type { CertificatesEnvironment, CertificateTextsInput } from './certificates-environment.ts';
import { fontsDirectory, NO_FONTS, SHAPING } from './fonts-directory.ts';

/** The time for one event if each call to Kombo and AWS takes its maximum time. A test computes the sum. */
const TIMEOUT = Duration.minutes(5);

/** Properties of `Certificates`. */
export interface CertificatesProps extends ConsumerProps, SharedFunctionProps {
  /** The deployment whose completions get certificates. */
  readonly schoolbell: ISchoolbell & KomboAccess;

  /**
   * Kombo's ids of the courses that get certificates.
   *
   * @default - all courses
   */
  readonly courses?: string[] | undefined;

  /**
   * Whether a certificate is revoked when its course is reopened or dropped.
   *
   * @default false
   */
  readonly revoke?: boolean | undefined;

  /**
   * What happens to the PDFs, which contain the learner's name, when the learner's data is erased.
   *
   * @default 'delete'
   */
  readonly onErasure?: 'keep' | 'delete' | undefined;

  /**
   * The texts on the certificate.
   *
   * @default - in English, with dates in UTC
   */
  readonly texts?: CertificateTextsInput | undefined;
}

/**
 * Issues a certificate for each completion. A rule sends events to a queue, and the queue calls a function.
 * The function stores the PDF in a private bucket and publishes an event on the bus.
 */
export class Certificates extends Construct {
  /** The bucket with the certificates. */
  readonly bucket: Bucket;
  /** The queue with the events that wait for a certificate. */
  readonly queue: QueueWithDeadLetters;

  constructor(scope: Construct, id: string, props: CertificatesProps) {
    super(scope, id);
    const { schoolbell, removalPolicy = RemovalPolicy.RETAIN } = props;
    const { bus, komboSecret, remoteIdsKey } = schoolbell;
    const certificates = parseProps(CertificatesSettings, props, this.node.path);
    const settings = functionSettings(schoolbell, props);
    const { encryptionKey } = settings;
    this.bucket = privateBucket(this, encryptionKey);
    this.queue = new QueueWithDeadLetters(this, 'Queue', { timeout: TIMEOUT, encryptionKey });
    const { account = Stack.of(this).account } = schoolbell;
    const pattern = certificatePattern({ ...certificates, account });
    const description = 'Schoolbell: events for certificates';
    new ConsumerRule(this, 'Completions', { bus, pattern, description, encryptionKey }, this.queue);

    const fonts = new LayerVersion(this, 'Fonts', {
      description: 'Noto fonts for certificates (SIL Open Font License 1.1, in each folder)',
      code: Code.fromAsset(fontsDirectory(), { exclude: NO_FONTS, ignoreMode: IgnoreMode.GIT }),
    });
    const issue = new NotifierFunction(this, 'Function', {
      settings,
      entry: 'consumers/certificates/lambda.ts',
      packages: SHAPING,
      description: 'Issues certificates',
      timeout: TIMEOUT,
      memorySize: 1024,
      environment: {
        CERTIFICATES_BUCKET: this.bucket.bucketName,
        BUS_NAME: bus.eventBusArn,
        KOMBO_SECRET_ID: komboSecret.secretArn,
        REMOTE_IDS_KEY_ID: remoteIdsKey.secretArn,
        KOMBO_BASE_URL: komboUrl(schoolbell.kombo ?? 'eu'),
        REMOTE_IDS: schoolbell.remoteIds ?? 'hash-emails',
        FONTS_DIRECTORY: '/opt',
        REVOKE: String(certificates.revoke),
        ON_ERASURE: certificates.onErasure,
        CERTIFICATE_TEXTS: JSON.stringify(certificates.texts),
      } satisfies Record<keyof CertificatesEnvironment, string>,
    });
    issue.addLayers(fonts);
    // When many courses are completed at once, the events wait in the queue, so that Kombo gets few requests.
    // Each call handles one event, so that a slow event does not delay others.
    feedFunction(issue, this.queue, { atOnce: 5 });
    grantCertificates(this, this.bucket, issue);
    bus.grantPutEventsTo(issue);
    for (const secret of [komboSecret, remoteIdsKey]) grantSecret(secret, issue, 'GetSecretValue');
    addQueueAlarms(this, schoolbell);
    keepData(this, removalPolicy);
  }
}

/** Without the right to list the bucket, S3 responds with 403 instead of 404 for a missing object. */
function grantCertificates(scope: Construct, bucket: Bucket, issue: NotifierFunction): void {
  const certificates = 'certificates/*';
  issue.addToRolePolicy(
    new PolicyStatement({
      actions: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'],
      resources: [bucket.arnForObjects(certificates)],
    }),
  );
  issue.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }));
  bucket.encryptionKey?.grantEncryptDecrypt(issue);
  const reason = 'Each certificate has its own key, which is not known when the stack is deployed.';
  explainStar(scope, { resource: bucket, suffix: `/${certificates}`, reason });
}

function privateBucket(scope: Construct, encryptionKey: IKey | undefined): Bucket {
  const bucket = new Bucket(scope, 'Bucket', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    ...(encryptionKey === undefined
      ? { encryption: BucketEncryption.S3_MANAGED }
      : { encryption: BucketEncryption.KMS, encryptionKey, bucketKeyEnabled: true }),
    enforceSSL: true,
    // The bucket has no versioning: an old version would still contain the name of a learner whose data is
    // erased. If a company enables versioning, deleting a PDF leaves an old version, which expires after one
    // day.
    lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(1), expiredObjectDeleteMarker: true }],
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'A company can record with CloudTrail who reads certificates. Server access logs would need another bucket.',
  });
  return bucket;
}
