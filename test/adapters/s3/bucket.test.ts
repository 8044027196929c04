import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createBucket } from '../../../functions/adapters/s3/bucket.ts';
import { DeploymentError, TransientError } from '../../../functions/core/errors.ts';
import { startBucket } from './bucket-server.ts';

let server: Awaited<ReturnType<typeof startBucket>>;
let bucket: ReturnType<typeof createBucket>;

beforeAll(async () => {
  server = await startBucket();
  const client = new S3Client({
    endpoint: server.endpoint,
    region: 'local',
    forcePathStyle: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  bucket = createBucket({ client, bucket: 'certificates' });
});
beforeEach(() => {
  server.objects.clear();
  server.refuse(null);
});
afterAll(() => server.close());

test('`replace` returns false and writes nothing when another writer has created or changed the S3 object in the meantime', async () => {
  expect(await bucket.read('a/state.json')).toBeNull();
  expect(await bucket.replace('a/state.json', 'one', null)).toBe(true);
  expect(await bucket.replace('a/state.json', 'other', null)).toBe(false);
  const read = await bucket.read('a/state.json');
  expect(read?.text).toBe('one');
  expect(await bucket.replace('a/state.json', 'two', read?.revision ?? '')).toBe(true);
  expect(await bucket.replace('a/state.json', 'three', read?.revision ?? '')).toBe(false);
  expect((await bucket.read('a/state.json'))?.text).toBe('two');
});

test('`add` does not overwrite an existing PDF in S3, and `remove` of a missing PDF does not fail', async () => {
  expect(await bucket.has('a/1.pdf')).toBe(false);
  await bucket.add('a/1.pdf', Buffer.from('%PDF-1'));
  await bucket.add('a/1.pdf', Buffer.from('%PDF-2'));
  expect(await bucket.has('a/1.pdf')).toBe(true);
  expect(server.objects.get('/certificates/a/1.pdf')?.toString()).toContain('%PDF-1');
  await bucket.remove('a/1.pdf');
  await bucket.remove('a/1.pdf');
  expect(await bucket.has('a/1.pdf')).toBe(false);
});

test('the error of a bucket that refuses access refers to the policy of the role or user, who may be a person', async () => {
  server.refuse(403);
  await expect(bucket.read('a')).rejects.toThrow(/: check its name, and the policy of the role or user/);
});

test('`replace` returns false when S3 returns 409, a conflict with another conditional write', async () => {
  server.refuse(409);
  expect(await bucket.replace('a/state.json', 'one', null)).toBe(false);
});

test.each([
  ['read', () => bucket.read('a')],
  ['replace', () => bucket.replace('a', 'text', null)],
  ['remove', () => bucket.remove('a')],
])('`%s` throws a deployment error when the bucket does not exist', async (_, call) => {
  server.refuse(404, 'NoSuchBucket');
  await expect(call()).rejects.toThrow(DeploymentError);
});

describe.each([
  [403, DeploymentError],
  [500, TransientError],
])('an error of S3 with the status %i', (status, error) => {
  test.each([
    ['read', () => bucket.read('a')],
    ['replace', () => bucket.replace('a', 'text', null)],
    ['has', () => bucket.has('a')],
    ['add', () => bucket.add('a', Buffer.from('%PDF'))],
    ['remove', () => bucket.remove('a')],
  ])(
    '`%s` of the bucket throws a deployment error when S3 returns 403, and a transient error when S3 returns 500',
    async (_, call) => {
      server.refuse(status);
      await expect(call()).rejects.toThrow(error);
    },
  );
});
