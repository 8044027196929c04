import { HeadObjectCommand, PutObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { DeploymentError, TransientError } from '../../core/errors.ts';

/** What is kept with a certificate, as metadata of the object. */
type Kept = { number: string; code: string; at: string };

/**
 * Certificates in a bucket: the PDF under `certificates/`, the mark of a revoked one under `revoked/`. Each is written
 * once (`If-None-Match`), so that of two workers the first one counts.
 *
 * @throws DeploymentError where access is refused or the bucket is gone, TransientError for what passes
 */
export function createCertificateStore({ client, bucket }: { client: S3Client; bucket: string }) {
  const keyOf = (path: string) => `certificates/${path}.pdf`;
  const markOf = (path: string) => `revoked/${path}.json`;

  const head = async (Key: string): Promise<Record<string, string> | null> => {
    try {
      const { Metadata } = await client.send(new HeadObjectCommand({ Bucket: bucket, Key }));
      return Metadata ?? {};
    } catch (error) {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) return null;
      throw translate(error, bucket);
    }
  };

  const putOnce = async (Key: string, Body: Uint8Array | string, rest: object): Promise<boolean> => {
    try {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body, IfNoneMatch: '*', ...rest }));
      return true;
    } catch (error) {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 412) return false;
      throw translate(error, bucket);
    }
  };

  const find = async (path: string): Promise<Kept | null> => {
    const metadata = await head(keyOf(path));
    if (metadata === null) return null;
    const { number, code, at } = metadata;
    if (number === undefined || code === undefined || at === undefined) {
      throw new DeploymentError(`${keyOf(path)} in ${bucket} was not written by Schoolbell: move it away`);
    }
    return { number, code, at };
  };

  return {
    bucket,
    keyOf,
    find,

    async keep(path: string, kept: Kept, pdf: Uint8Array): Promise<Kept> {
      const isFirst = await putOnce(keyOf(path), pdf, { ContentType: 'application/pdf', Metadata: kept });
      if (isFirst) return kept;
      const first = await find(path);
      if (first === null) throw new TransientError(`${keyOf(path)} was there and is gone`);
      return first;
    },

    async isRevoked(path: string): Promise<boolean> {
      return (await head(markOf(path))) !== null;
    },

    async revoke(path: string, by: { event: string; at: string }): Promise<void> {
      await putOnce(markOf(path), JSON.stringify(by), { ContentType: 'application/json' });
    },
  };
}

/** A conflict of two writes at once (409) passes, too. */
function translate(error: unknown, bucket: string): unknown {
  if (!(error instanceof S3ServiceException)) return error;
  const { name, $metadata } = error;
  const isRefused = $metadata.httpStatusCode === 403 || name === 'NoSuchBucket';
  const message = `The bucket ${bucket} does not answer as it should (${name})`;
  return isRefused
    ? new DeploymentError(message, { code: name, cause: error })
    : new TransientError(message, { code: name, cause: error });
}
