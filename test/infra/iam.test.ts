import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Right, rights } from './rights.ts';

const ROOT = join(import.meta.dirname, '../..');

/**
 * The permissions for logs and traces, which every function has. docs/iam.md lists them only once, in a
 * separate table.
 */
const OF_EVERY_FUNCTION = /^(logs:\w+ its log group|xray:\w+ no resource in particular)$/;

/** For actions whose name is not in the code, the text with which the code makes the call. */
const WRITTEN_AS: Record<string, string> = {
  'dynamodb:PartiQLInsert': 'INSERT INTO',
  'dynamodb:PartiQLUpdate': 'UPDATE "',
  'sqs:SendMessage': 'SendMessageBatchCommand',
  'sqs:DeleteMessage': 'DeleteMessageBatchCommand',
  's3:ListBucket': 'HeadObjectCommand',
};

/** Returns the rows of docs/iam.md, whose columns are: who, `call`, on, made by. */
function documented(): (Right & { madeBy: string })[] {
  const page = readFileSync(join(ROOT, 'docs/iam.md'), 'utf8');
  const rows = page.matchAll(/^\| ([^|`]+) \| `([a-z0-9]+:\w+)` \| ([^|]+) \| ([^|]+) \|$/gm);
  return [...rows].map(([, who = '', call = '', on = '', madeBy = '']) => ({ who, call, on, madeBy }));
}

function textOf({ who, call, on }: Right): string {
  return `${who}: ${call} ${on}`;
}

it('docs/iam.md lists exactly the permissions that the templates contain', () => {
  const given = rights().filter(({ call, on }) => !OF_EVERY_FUNCTION.test(`${call} ${on}`));
  expect(documented().map(textOf).toSorted()).toEqual(given.map(textOf).toSorted());
});

it('each source file that docs/iam.md lists for a call of AWS contains this call', () => {
  for (const { call, madeBy } of documented()) {
    const [service, action = ''] = call.split(':');
    const asCall = `calls.${action.charAt(0).toLowerCase()}${action.slice(1)}(`;
    const written = WRITTEN_AS[call] ?? (service === 'dynamodb' ? asCall : `${action}Command`);
    for (const [, file = ''] of madeBy.matchAll(/`(functions\/[^`]+)`/g)) {
      expect(readFileSync(join(ROOT, file), 'utf8'), `${call} in ${file}`).toContain(written);
    }
  }
});
