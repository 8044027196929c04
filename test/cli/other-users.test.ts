import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ClassicLevel } from 'classic-level';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { folderStore } from '../../consumers/certificates/certificate-folder.ts';
import { startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import { keepSchool, newSchool } from '../../local/embedded-school.ts';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'schoolbell-test-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(directory, { recursive: true });
});

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe.skipIf(process.platform === 'win32')('another user of the machine', () => {
  test('a command writes no compiled code to the directory for temporary files, where other users could replace it', async () => {
    const env = { ...process.env, TMPDIR: directory, NODE_COMPILE_CACHE: undefined };

    await run(process.execPath, [join(ROOT, 'cli/main.ts'), '--help'], { env });

    expect(await readdir(directory)).toEqual([]);
  });

  test('the directories and files of --local can be read only by their owner', async () => {
    const data = join(directory, 'parent/data');
    await (await startEmbeddedDynamoDb({ directory: data })).close();

    for (const each of ['..', '.', 'dynamodb', 'lock'])
      expect([each, await modeOf(join(data, each))]).toEqual([each, '700']);
  });

  test('a program that cannot read the secret of --local cannot use the table, neither through the engine nor through a process that shares it', async () => {
    const [engine, sharing] = [
      await startEmbeddedDynamoDb({ directory }),
      await startEmbeddedDynamoDb({ directory }),
    ];
    for (const { endpoint, credentials } of [engine, sharing]) {
      const statusOf = async (id: string) => {
        const authorization = `AWS4-HMAC-SHA256 Credential=${id}/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=0`;
        const headers = {
          'x-amz-target': 'DynamoDB_20120810.ListTables',
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-date': '20260101T000000Z',
          ...(id !== '' && { authorization }),
        };
        return (await fetch(endpoint, { method: 'POST', headers, body: '{}' })).status;
      };
      for (const id of ['embedded', '', 'x'.repeat(43)]) expect(await statusOf(id)).toBe(403);
      expect(await statusOf(credentials.accessKeyId)).toBe(200);
    }
    expect(await modeOf(join(directory, 'engine-secret'))).toBe('600');
    await sharing.close();
    await engine.close();
  });

  test('the error about data of another user says to check the permissions, and not that the data is damaged', async () => {
    vi.spyOn(ClassicLevel.prototype, 'open').mockImplementation(function (this: ClassicLevel) {
      const denied = this.location.endsWith('dynamodb') ? 'IO error: LOCK: Permission denied' : null;
      return denied === null ? Promise.resolve() : Promise.reject(new Error(denied));
    });

    await expect(startEmbeddedDynamoDb({ directory })).rejects.toThrow(
      /Permission denied\): check the owner and the permissions/,
    );
  });

  test('the files of --local can be read only by their owner, even in a directory that other users can read', async () => {
    await chmod(directory, 0o755);
    await (await startEmbeddedDynamoDb({ directory })).close();
    await folderStore(directory).add('certificates/moodle/1.pdf', new Uint8Array());

    for (const each of ['dynamodb', 'lock', 'certificates', 'certificates/moodle'])
      expect([each, await modeOf(join(directory, each))]).toEqual([each, '700']);
    expect(await modeOf(join(directory, 'certificates/moodle/1.pdf'))).toBe('600');
  });

  const uses: [string, (data: string) => Promise<unknown>][] = [
    ['the engine', (data) => startEmbeddedDynamoDb({ directory: data })],
    ['the school', (data) => keepSchool(data, newSchool(0))],
  ];
  describe.each(uses)('data of %s in a directory of another user', (_, use) => {
    test.each([0o777, 0o775, 0o722])(
      'a directory for local data is refused when other users can write to it (file mode %i in decimal)',
      async (mode) => {
        await chmod(directory, mode);

        await expect(use(directory)).rejects.toThrow(
          `Other users can write to the directory ${directory}: run chmod go-w on it`,
        );
        await chmod(directory, 0o700);
        expect(await readdir(directory)).toEqual([]);
      },
    );

    test('a directory for local data is refused when another user owns it', async () => {
      vi.spyOn(process, 'getuid').mockReturnValue(4_711);

      await expect(use(directory)).rejects.toThrow(`${directory} belongs to another user`);
    });

    test('a symbolic link to a directory of another user is refused as the directory for local data', async () => {
      const link = join(directory, 'link');
      await symlink('/usr', link);
      vi.spyOn(process, 'getuid').mockReturnValue(4_711);

      await expect(use(link)).rejects.toThrow(`${link} belongs to another user`);
    });
  });

  // Only root can give a directory to another user.
  test.runIf(process.getuid?.() === 0)(
    '`.ci/python-tools` refuses its cache of installed tools when another user owns the cache',
    async () => {
      await prepareTools(0o755);
      await chown(join(directory, 'schoolbell'), 4_711, 4_711);

      await expect(tools()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('remove it') });
    },
  );

  test('`.ci/python-tools` refuses its cache of installed tools when another user can write to the cache', async () => {
    const bin = await prepareTools(0o755);
    expect((await tools()).stdout).toBe(`${bin}\n`);

    await chmod(join(directory, 'schoolbell'), 0o777);

    await expect(tools()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('remove it') });
  });

  const tools = () =>
    run(join(ROOT, '.ci/python-tools'), ['cfn-lint==1.58.0'], {
      env: { ...process.env, XDG_CACHE_HOME: directory },
    });

  async function prepareTools(mode: number): Promise<string> {
    const prepared = join(directory, 'schoolbell/python/cfn-lint==1.58.0');
    await mkdir(prepared, { recursive: true });
    await writeFile(join(prepared, 'complete'), '');
    await chmod(join(directory, 'schoolbell'), mode);
    return join(prepared, 'bin');
  }
});
