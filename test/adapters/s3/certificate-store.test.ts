import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCertificateStore } from '../../../functions/adapters/s3/certificate-store.ts';
import { DeploymentError, TransientError } from '../../../functions/core/errors.ts';
import { startBucket } from './bucket-server.ts';

let bucket: Awaited<ReturnType<typeof startBucket>>;
let store: ReturnType<typeof createCertificateStore>;
const kept = { number: '2026-A', code: 'K7QF', at: '2026-04-15T08:00:09.000Z' };

beforeAll(async () => {
  bucket = await startBucket();
  const client = new S3Client({
    endpoint: bucket.endpoint,
    region: 'local',
    forcePathStyle: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  store = createCertificateStore({ client, bucket: 'certificates' });
});
beforeEach(() => {
  bucket.objects.clear();
  bucket.refuse(null);
});
afterAll(() => bucket.close());

describe('a certificate', () => {
  test('is kept once: the first one counts', async () => {
    expect(await store.find('moodle/a/p/1')).toBeNull();
    expect(await store.keep('moodle/a/p/1', kept, Buffer.from('%PDF-1'))).toEqual(kept);
    const other = { ...kept, code: 'OTHER' };
    expect(await store.keep('moodle/a/p/1', other, Buffer.from('%PDF-2'))).toEqual(kept);
    expect(await store.find('moodle/a/p/1')).toEqual(kept);
    expect(bucket.objects.get('/certificates/certificates/moodle/a/p/1.pdf')?.body.toString()).toContain(
      '%PDF-1',
    );
  });

  test('is revoked by a mark beside it, also before it is there', async () => {
    expect(await store.isRevoked('moodle/a/p/1')).toBe(false);
    await store.revoke('moodle/a/p/1', { event: 'e', at: kept.at });
    await store.revoke('moodle/a/p/1', { event: 'e', at: kept.at });
    expect(await store.isRevoked('moodle/a/p/1')).toBe(true);
  });
});

describe('an answer that is no answer', () => {
  test.each([
    [403, DeploymentError],
    [500, TransientError],
    [409, TransientError],
  ])('%i', async (status, error) => {
    bucket.refuse(status);
    await expect(store.find('moodle/a/p/1')).rejects.toThrow(error);
    await expect(store.keep('moodle/a/p/1', kept, Buffer.from('%PDF'))).rejects.toThrow(error);
  });
});
