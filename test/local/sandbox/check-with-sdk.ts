import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import * as z from 'zod/mini';
import { steppedClock } from '../../../local/sandbox/clock.ts';
import { startSandbox } from '../../../local/sandbox/server.ts';
import { fixedRecords } from '../../support/fixed-records.ts';

/**
 * Calls the sandbox with Kombo's own SDK: `node test/local/sandbox/check-with-sdk.ts FOLDER`, where FOLDER
 * has the package `@kombo-api/sdk`. The SDK throws if a response lacks a field of Kombo's description or has
 * another type. This check is not part of `npm test`, and the SDK is not a dependency, because the SDK has
 * 9.5 MB and no operation for course progressions.
 */
const INTEGRATION = 'moodle:7C9M5sXAQx2cNMpVHLojrFpL';
const KEY = 'key-of-the-check';
const STARTS_AT = Date.parse('2026-03-01T12:00:00.000Z');

const [folder = '.'] = process.argv.slice(2);
const { Kombo } = z
  .object({
    Kombo: z.custom<new (options: { server_url: string; api_key: string }) => { general: SdkOperations }>(),
  })
  .parse(await import(pathToFileURL(createRequire(`${folder}/`).resolve('@kombo-api/sdk')).href));

/** The operations of the SDK that the sandbox implements, with the types of version 1.1.3. */
type SdkOperations = {
  checkApiKey(): Promise<unknown>;
  getIntegrationDetails(request: { integration_id: string }): Promise<unknown>;
};

const sandbox = await startSandbox({
  apiKey: KEY,
  clock: steppedClock(STARTS_AT),
  integrations: [{ id: INTEGRATION, records: fixedRecords() }],
});
try {
  const { general } = new Kombo({ server_url: sandbox.url, api_key: KEY });
  const details = () => general.getIntegrationDetails({ integration_id: INTEGRATION });

  const owner = z
    .object({ data: z.object({ environment_id: z.string() }) })
    .parse(await general.checkApiKey());
  console.log(`checkApiKey: accepted (${owner.data.environment_id})`);

  const Details = z.object({ data: z.looseObject({ data_expired_at: z.nullable(z.date()) }) });
  assert.equal(Details.parse(await details()).data.data_expired_at, null);
  sandbox.control.dataExpiredAt.set(INTEGRATION, STARTS_AT);
  const { data } = Details.parse(await details());
  assert.equal(data.data_expired_at?.getTime(), STARTS_AT);
  assert.partialDeepStrictEqual(data, { id: INTEGRATION, category: 'LMS', status: 'ACTIVE' });
  console.log('getIntegrationDetails: accepted, in two states of the integration');

  const refused = new Kombo({ server_url: sandbox.url, api_key: 'another key' });
  await assert.rejects(refused.general.checkApiKey(), { name: 'KomboGeneralError', statusCode: 401 });
  await assert.rejects(general.getIntegrationDetails({ integration_id: 'moodle:unknown' }), {
    name: 'KomboGeneralError',
    statusCode: 404,
  });
  console.log("a wrong key and an unknown integration: refused in Kombo's error envelope");
} finally {
  await sandbox.close();
}
