import { readFile } from 'node:fs/promises';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const file = new URL('../../../functions/adapters/kombo/openapi.yaml', import.meta.url);
const description = parse(await readFile(file, 'utf8'), { merge: true });

const timestamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const formats = { 'date-time': timestamp, uri: (text: string) => URL.canParse(text) };
const bodies = new Ajv2020({ strict: false, allErrors: true, formats });
/**
 * The validator of queries. All values of a query are texts, so it must accept `page_size=10` as an integer.
 */
const queries = new Ajv2020({ strict: false, coerceTypes: true });
for (const ajv of [bodies, queries]) ajv.addSchema(description, 'kombo');

/**
 * Returns a validator for the part of the API description at a JSON pointer, such as
 * `/components/schemas/Failure`.
 */
const described = (ajv: Ajv2020, pointer: string): ValidateFunction =>
  ajv.compile({ $ref: `kombo#${pointer}` });

const PATHS = {
  progressions: '~1lms~1course-progressions',
  integration: '~1integrations~1{integration_id}',
  key: '~1check-api-key',
  users: '~1lms~1users',
};
const answers = {
  progressions: described(
    bodies,
    `/paths/${PATHS.progressions}/get/responses/200/content/application~1json/schema`,
  ),
  integration: described(
    bodies,
    `/paths/${PATHS.integration}/get/responses/200/content/application~1json/schema`,
  ),
  key: described(bodies, `/paths/${PATHS.key}/get/responses/200/content/application~1json/schema`),
  users: described(bodies, `/paths/${PATHS.users}/get/responses/200/content/application~1json/schema`),
  failure: described(bodies, '/components/responses/Failure/content/application~1json/schema'),
};

/**
 * Returns how the body of a response violates the API description, or an empty text if there are
 * none.
 */
export function breaches(kind: keyof typeof answers, body: unknown): string {
  const check = answers[kind];
  return check(body) ? '' : bodies.errorsText(check.errors);
}

const parameters: { name: string; in: string; schema: object }[] =
  description.paths['/lms/course-progressions'].get.parameters;

/** The names of the query parameters in the API description. */
export const queryParameters = parameters.flatMap((one) => (one.in === 'query' ? [one.name] : []));

const checks = new Map(
  parameters.flatMap((one, index) =>
    one.in === 'query'
      ? [
          [
            one.name,
            described(queries, `/paths/${PATHS.progressions}/get/parameters/${index}/schema`),
          ] as const,
        ]
      : [],
  ),
);

/** Returns whether the API description allows this value of a query parameter. */
export function allows(name: string, value: string): boolean {
  return checks.get(name)?.(value) === true;
}
