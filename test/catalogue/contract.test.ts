import { readdirSync, readFileSync } from 'node:fs';
import specs from '@asyncapi/specs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { eventSchema } from '../../catalogue/event-schema.ts';
import { deliveredExample, exampleOf } from '../../catalogue/examples.ts';
import { generatedFiles } from '../../catalogue/generate.ts';
import { type EventType, eventTypes, publishedEvents } from '../../functions/contract/published-events.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const Json = z.record(z.string(), z.unknown());
const json = (path: string) => Json.parse(JSON.parse(read(path)));

test.each([...generatedFiles()])(
  'the file %s is up to date with the event contract (npm run generate:events)',
  (path, text) => {
    expect(read(path)).toBe(text);
  },
);

test('docs/events contains one file for each event and the AsyncAPI document, and no other file', () => {
  const files = readdirSync(new URL('../../docs/events', import.meta.url));
  expect(files.toSorted()).toEqual([...eventTypes.map((type) => `${type}.json`), 'asyncapi.json'].toSorted());
});

describe('the schema of an event', () => {
  const validator = new Ajv({ strict: false, formats: { 'date-time': true } });

  test.each(eventTypes)(
    'the example of %s is valid under its type and its JSON schema, and docs/events.md contains the example',
    (type) => {
      const { detail } = exampleOf(type);
      expect(publishedEvents[type].parse(detail)).toEqual(detail);
      const validate = validator.compile(json(`docs/events/${type}.json`));
      expect(validate(deliveredExample(type)), JSON.stringify(validate.errors)).toBe(true);
      expect(validate(deliveredExample(type, { ...detail, id: undefined }))).toBe(false);
      expect(read('docs/events.md')).toContain(JSON.stringify(deliveredExample(type), null, 2));
    },
  );

  test.each(eventTypes)(
    "the example of %s is valid under the draft-4 JSON schema for EventBridge's schema registry",
    (type) => {
      // Ajv does not support draft 4. In these schemas, draft 4 differs from the supported drafts only in
      // `exclusiveMinimum` and `id`.
      const text = JSON.stringify(eventSchema(type, 'draft-04'));
      const schema = Json.parse(JSON.parse(text.replaceAll('"exclusiveMinimum":true', '"$comment":""')));
      const { $schema, ...rest } = schema;
      expect($schema).toBe('http://json-schema.org/draft-04/schema#');
      const validate = new Ajv({ strict: false, formats: { 'date-time': true } }).compile(rest);
      expect(validate(deliveredExample(type)), JSON.stringify(validate.errors)).toBe(true);
    },
  );
});

describe('the schema of a replayed event', () => {
  const validator = new Ajv({ strict: false, formats: { 'date-time': true } });
  const isReplayed = (type: EventType) => 'replay' in publishedEvents[type].shape;

  test.each(eventTypes.filter(isReplayed))(
    'the JSON schema of %s accepts a replay for all consumers, in which the field `consumer` is absent or null',
    (type) => {
      const validate = validator.compile(json(`docs/events/${type}.json`));
      for (const replay of [
        { id: 'r', reason: 'lost' },
        { id: 'r', reason: 'lost', consumer: null },
      ]) {
        const detail = { ...exampleOf(type).detail, replay };
        expect(validate(deliveredExample(type, detail)), JSON.stringify(validate.errors)).toBe(true);
        expect(publishedEvents[type].parse(detail)).toEqual(detail);
      }
    },
  );
});

test('the AsyncAPI document of the events is valid and refers to the schema of each event', () => {
  const schema = Json.parse(specs.schemasWithoutId['3.0.0']);
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  const document = json('docs/events/asyncapi.json');
  expect(validate(document), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  for (const type of eventTypes) {
    expect(JSON.stringify(document)).toContain(`{"$ref":"./${type}.json#/properties/detail"}`);
  }
});
