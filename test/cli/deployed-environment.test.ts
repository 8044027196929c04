import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  certificatesBucket,
  deployedEnvironment,
  stackEnvironment,
} from '../../cli/deployment/deployed-environment.ts';
import { outputNames } from '../../functions/contract/names.ts';
import { synthesizeAll } from '../infra/synthesize.ts';

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

test('the environment of a command is read from the outputs file that `cdk deploy` wrote', () => {
  expect(deployedEnvironment({}, outputs)).toEqual({ TABLE_NAME: 'table-of-the-file', QUEUE_URL: QUEUE });
});

test('the name of the certificates bucket is read from the outputs file of `cdk deploy` when the file contains exactly one such name', () => {
  const stacks = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [
        `Stack${at}`,
        { [outputNames.certificatesBucket]: `b${at}` },
      ]),
    );
  const bucketOf = (count: number) =>
    deployedEnvironment({}, written(JSON.stringify(stacks(count))))['CERTIFICATES_BUCKET'];
  expect([0, 1, 2].map(bucketOf)).toEqual([undefined, 'b0', undefined]);
});

test('an environment variable of the process takes precedence over the same variable in the outputs file of `cdk deploy`', () => {
  expect(deployedEnvironment({ QUEUE_URL: 'https://other' }, outputs)).toMatchObject({
    TABLE_NAME: 'table-of-the-file',
    QUEUE_URL: 'https://other',
  });
});

test('the outputs file of `cdk deploy` is ignored when the process has the environment variable TABLE_NAME', () => {
  expect(deployedEnvironment({ TABLE_NAME: 'another' }, outputs)).toEqual({ TABLE_NAME: 'another' });
});

test('the environment of a command is the environment of the process when there is no outputs file of `cdk deploy`', () => {
  expect(deployedEnvironment({ A: 'b' }, '/nowhere/outputs.json')).toEqual({ A: 'b' });
});

test.each(['', 'not json', '[]', '{"Stack":{"Output":1}}'])(
  'an outputs file that `cdk deploy` did not write is refused: %j',
  (content) => {
    expect(() => deployedEnvironment({}, written(content))).toThrow(/run npx cdk deploy --all again/);
  },
);

test('an outputs file of `cdk deploy` with two deployments is refused, because the command could change the wrong deployment', () => {
  const stack = { [outputNames.environment]: 'TABLE_NAME=one' };
  expect(() => deployedEnvironment({}, written(JSON.stringify({ One: stack, Two: stack })))).toThrow(
    /several deployments: name the stack of the right deployment with --stack/,
  );
});

test("the environment of a command is read from the outputs of a named stack, even when the output's name has a prefix and a hash", () => {
  const outputs = {
    SchoolbellTableName1A2B: 'x',
    SchoolbellOperatorEnvironmentC3D4: `TABLE_NAME=t QUEUE_URL=${QUEUE}`,
  };
  expect(stackEnvironment({ AWS_PROFILE: 'p', TABLE_NAME: 'other' }, 'Learning', outputs)).toEqual({
    AWS_PROFILE: 'p',
    TABLE_NAME: 't',
    QUEUE_URL: QUEUE,
  });
});

test.each([
  ['that does not exist', null, /There is no stack Learning in this account and Region/],
  ['without a deployment', { TableName: 'x' }, /has 0 deployments/],
  [
    'with two deployments',
    { AOperatorEnvironment1: 'A=1', BOperatorEnvironment2: 'A=2' },
    /has 2 deployments/,
  ],
])('a command refuses to read its environment from a stack %s', (_which, outputs, message) => {
  expect(() => stackEnvironment({}, 'Learning', outputs)).toThrow(message);
});

test.each([
  ['Schoolbell', { certificates: {} }, 'bucket-of-the-stack'],
  ['Learning-2', { certificates: {}, name: 'Learning-2' }, 'bucket-of-the-stack'],
  ['Schoolbell', {}, 'bucket-of-the-variable'],
])(
  'with --stack, the certificates bucket of the deployment %s with the settings %j is the %s',
  async (name, settings, bucket) => {
    const deployed = synthesizeAll(settings);
    const readOutputs = async (stack: string) => {
      const names = Object.keys(deployed[stack]?.findOutputs('*') ?? {});
      return Object.fromEntries(names.map((output) => [output, 'bucket-of-the-stack']));
    };
    const variables = { CERTIFICATES_BUCKET: 'bucket-of-the-variable' };

    expect(deployed).toHaveProperty(`${name}Notifier`);
    expect(await certificatesBucket(variables, `${name}Notifier`, readOutputs)).toBe(bucket);
    expect(await certificatesBucket(variables, null, readOutputs)).toBe('bucket-of-the-variable');
  },
);
