import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';
import { beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { observe } from '../../../functions/adapters/kombo/progression-record.ts';
import { KOMBO_HOSTS } from '../../../functions/contract/environment.ts';
import { Status } from '../../../functions/contract/event-parts.ts';
import { blankRecord, rawRecord, removedRecord } from './raw-record.ts';

const folder = new URL('../../../functions/adapters/kombo/', import.meta.url);
const source = new URL('openapi.yaml', folder);

const Parameter = z.object({ name: z.string(), in: z.string(), schema: z.unknown() });
const Operation = z.object({
  operationId: z.string(),
  parameters: z.array(z.union([Parameter, z.object({ $ref: z.string() })])),
  responses: z.record(z.string(), z.unknown()),
});
const Description = z.object({
  openapi: z.string(),
  info: z.object({ title: z.string(), version: z.string() }),
  servers: z.array(z.object({ url: z.url() })),
  paths: z.record(z.string(), z.object({ get: Operation })),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

let raw: object;
let description: z.infer<typeof Description>;

beforeAll(async () => {
  raw = z.looseObject({}).parse(parse(await readFile(source, 'utf8'), { merge: true }));
  description = Description.parse(raw);
});

/** Returns a validator for the schema at a JSON pointer of the description. */
function checkAt(pointer: string) {
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true, uri: true } });
  ajv.addSchema(raw, 'kombo');
  return ajv.compile({ $ref: `kombo#${pointer}` });
}

test("`openapi.yaml`, the description of Kombo's API, is OpenAPI 3.1 with unique operation ids and valid schemas", () => {
  const operations = Object.values(description.paths).map(({ get }) => get.operationId);
  const ajv = new Ajv2020();

  expect(description.openapi).toMatch(/^3\.1\.\d+$/);
  expect(new Set(operations).size).toBe(operations.length);
  for (const schema of Object.values(description.components.schemas)) {
    expect(ajv.validateSchema(z.looseObject({}).parse(schema)), ajv.errorsText()).toBe(true);
  }
});

test("every `$ref` in the OpenAPI description of Kombo's API points to something that exists in the description", () => {
  const references = [...JSON.stringify(raw).matchAll(/"\$ref":"#([^"]+)"/g)].map(
    ([, pointer]) => pointer ?? '',
  );

  expect(references.length).toBeGreaterThan(20);
  for (const pointer of new Set(references)) {
    const steps = pointer.split('/').slice(1);
    expect(
      steps.reduce<unknown>((at, step) => z.looseObject({}).parse(at)[step], raw),
      pointer,
    ).toBeDefined();
  }
});

test("the OpenAPI description of Kombo's API lists each variable of a path as a parameter", () => {
  for (const [path, { get }] of Object.entries(description.paths)) {
    const variables = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
    const named = get.parameters.flatMap((one) => ('in' in one && one.in === 'path' ? [one.name] : []));
    expect(named).toEqual(variables);
  }
});

test("the OpenAPI description of Kombo's API has the configurable hosts and the parameters of `GET /lms/course-progressions`", () => {
  const { parameters } = description.paths['/lms/course-progressions']?.get ?? { parameters: [] };

  expect(description.servers.map(({ url }) => url)).toEqual(Object.values(KOMBO_HOSTS));
  expect(parameters.flatMap((one) => ('name' in one ? [one.name] : []))).toEqual([
    'cursor',
    'page_size',
    'updated_after',
    'include_deleted',
    'ignore_unsupported_filters',
    'ids',
    'remote_ids',
    'user_ids',
    'course_ids',
  ]);
});

test("the OpenAPI description of Kombo's API accepts and rejects the same sample records and statuses as the Kombo client", () => {
  const check = checkAt('/components/schemas/CourseProgression');
  const status = checkAt('/components/schemas/Status');

  for (const record of [rawRecord(), removedRecord(), removedRecord({ user: null }), blankRecord()]) {
    expect(check(record), JSON.stringify(check.errors)).toBe(true);
    expect(observe(record)).toHaveProperty('observed');
  }
  for (const broken of [rawRecord({ id: null }), removedRecord({ id: 7 }), rawRecord({ user: 'Ada' })]) {
    expect(check(broken)).toBe(false);
    expect(observe(broken)).toHaveProperty('rejected');
  }
  for (const known of Status.options) expect(status(known)).toBe(true);
  expect(status('PAUSED')).toBe(false);
});

test("`generated/api.d.ts` is what `npm run generate:api` generates from the OpenAPI description of Kombo's API", async () => {
  const generated = COMMENT_HEADER + astToString(await openapiTS(source, { silent: true }));

  expect(await readFile(new URL('generated/api.d.ts', folder), 'utf8')).toBe(generated);
});
