import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { codeOf, isRunError, statusOf, TransientError } from '../../core/errors.ts';
import { readWhole } from '../../core/read-whole.ts';
import { awsError } from '../aws-errors.ts';

/**
 * `replace` returns false if the stored revision is not the one that was read, so that only one of two
 * concurrent writers succeeds. The revision null means that there was no object. S3 reads are strongly
 * consistent.
 *
 * @throws each function throws a DeploymentError when access is refused or the bucket does not exist, and a
 *   TransientError for a temporary failure
 */
export function createBucket({ client, bucket: Bucket }: { client: S3Client; bucket: string }) {
  /** Returns null for an error with one of these statuses, unless the bucket does not exist. */
  const unless = async <Response>(
    statuses: number[],
    call: () => Promise<Response>,
  ): Promise<Response | null> => {
    try {
      return await call();
    } catch (error) {
      if (isRunError(error)) throw error;
      if (codeOf(error) !== 'NoSuchBucket' && statuses.includes(statusOf(error))) return null;
      throw awsError(error, {
        temporary: `The bucket ${Bucket} cannot be reached`,
        refused: [
          `The bucket ${Bucket} refuses access`,
          'check its name, and the policy of the role or user that runs this',
        ],
        codes: /^NoSuchBucket$/,
      });
    }
  };

  return {
    name: Bucket,

    read: (Key: string) =>
      unless([404], async () => {
        const { Body, ETag } = await client.send(new GetObjectCommand({ Bucket, Key }));
        if (Body === undefined || ETag === undefined)
          throw new TransientError(`S3 sent ${Key} without a body`);
        const tooLong = () =>
          new TransientError(`The S3 object ${Key} has more than 64 MB, which is the limit`);
        const text = await readWhole(Body.transformToWebStream(), tooLong);
        return { text: new TextDecoder().decode(text), revision: ETag };
      }),

    async replace(Key: string, text: string, revision: string | null): Promise<boolean> {
      const condition = revision === null ? { IfNoneMatch: '*' } : { IfMatch: revision };
      const put = { Bucket, Key, Body: text, ContentType: 'application/json', ...condition };
      // 409: another conditional write was in progress. 404: the object was deleted meanwhile.
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
