import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deployedEnvironment } from '../../cli/deployment/deployed-environment.ts';
import { outputNames } from '../../functions/contract/names.ts';

const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/123456789012/polls?a=b';

const written = (content: string) => {
  const file = join(mkdtempSync(join(tmpdir(), 'schoolbell-outputs-')), 'outputs.json');
  writeFileSync(file, content);
  return file;
};

const outputs = written(
  JSON.stringify({
    SchoolbellState: { TableName: 'table-of-the-file' },
    SchoolbellNotifier: { [outputNames.environment]: `TABLE_NAME=table-of-the-file QUEUE_URL=${QUEUE}` },
  }),
);

test('the deployment is the one that the last deploy wrote down', () => {
  expect(deployedEnvironment({}, outputs)).toEqual({ TABLE_NAME: 'table-of-the-file', QUEUE_URL: QUEUE });
});

test('a variable of the process goes before what was written down', () => {
  expect(deployedEnvironment({ QUEUE_URL: 'https://other' }, outputs)).toMatchObject({
    TABLE_NAME: 'table-of-the-file',
    QUEUE_URL: 'https://other',
  });
});

test('a table that the process names is of another deployment: nothing of the file is mixed in', () => {
  expect(deployedEnvironment({ TABLE_NAME: 'another' }, outputs)).toEqual({ TABLE_NAME: 'another' });
});

test('without a file, the process says all', () => {
  expect(deployedEnvironment({ A: 'b' }, '/nowhere/outputs.json')).toEqual({ A: 'b' });
});

test.each(['', 'not json', '[]', '{"Stack":{"Output":1}}'])(
  'a file that no deploy wrote is refused: %j',
  (content) => {
    expect(() => deployedEnvironment({}, written(content))).toThrow(/run npx cdk deploy --all again/);
  },
);
