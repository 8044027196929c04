import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { codeOf, DeploymentError, isRunError, TransientError } from '../../core/errors.ts';
import { readWhole } from '../../core/read-whole.ts';

/**
 * The objects of one bucket. Texts are replaced under the revision that was read (`If-Match`), so that of two workers
 * the first one counts; S3 reads are strongly consistent.
 *
 * @throws DeploymentError where access is refused or the bucket is gone, TransientError for what passes
 */
export function createBucket({ client, bucket: Bucket }: { client: S3Client; bucket: string }) {
  /** The answer, or null where S3 answers with one of these statuses. */
  const unless = async <Answer>(statuses: number[], call: () => Promise<Answer>): Promise<Answer | null> => {
    try {
      return await call();
    } catch (error) {
      if (isRunError(error)) throw error;
      const status = error instanceof S3ServiceException ? (error.$metadata.httpStatusCode ?? 0) : 0;
      const code = codeOf(error);
      if (code !== 'NoSuchBucket' && statuses.includes(status)) return null;
      const isRefused = status === 403 || code === 'NoSuchBucket';
      const message = `The bucket ${Bucket} does not answer as it should (${code})`;
      const context = { code, cause: error };
      throw isRefused ? new DeploymentError(message, context) : new TransientError(message, context);
    }
  };

  return {
    name: Bucket,

    read: (Key: string) =>
      unless([404], async () => {
        const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket, Key }));
        if (Body === undefined || ETag === undefined)
          throw new TransientError(`S3 sent ${Key} without a body`);
        const tooLong = () => new TransientError(`S3 sent ${Key} with more than 64 MB`);
        const text = await readWhole(Body.transformToWebStream(), tooLong);
        return { text: new TextDecoder().decode(text), revision: ETag };
      }),

    async replace(Key: string, text: string, revision: string | null): Promise<boolean> {
      const condition = revision === null ? { IfNoneMatch: '*' } : { IfMatch: revision };
      const put = { Bucket, Key, Body: text, ContentType: 'application/json', ...condition };
      // 409: another conditional write was in progress. 404: the object was deleted since.
      return (await unless([404, 409, 412], () => client.send(new PutObjectCommand(put)))) !== null;
    },

    async has(Key: string): Promise<boolean> {
      return (await unless([404], () => client.send(new HeadObjectCommand({ Bucket, Key })))) !== null;
    },

    async add(Key: string, pdf: Uint8Array): Promise<void> {
      const put = { Bucket, Key, Body: pdf, ContentType: 'application/pdf', IfNoneMatch: '*' };
      await unless([412], () => client.send(new PutObjectCommand(put)));
    },

    async remove(Key: string): Promise<void> {
      await unless([404], () => client.send(new DeleteObjectCommand({ Bucket, Key })));
    },
  };
}
