import { describe, expect, it } from 'vitest';
import { POLL_CONCURRENCY } from '../../functions/contract/poll-concurrency.ts';
import { parseSettings, readSettings } from '../../infra/read-settings.ts';

const FILE = 'schoolbell.config.ts';

describe('the settings', () => {
  it('are complete when nothing is set', () => {
    const settings = parseSettings({}, FILE);
    expect(settings).toMatchObject({ name: 'Schoolbell', kombo: 'eu', pollEveryMinutes: 15, webhook: false });
    // The models and the benchmark's fleet reckon with it.
    expect(settings.pollConcurrency).toBe(POLL_CONCURRENCY);
  });

  it('of the repository are valid', async () => {
    await expect(readSettings(FILE)).resolves.toMatchObject({ name: 'Schoolbell' });
  });

  it.each([
    [{ pollEveryMinutes: 0 }, 'pollEveryMinutes'],
    [{ pollEverMinutes: 15 }, 'pollEverMinutes'],
    [{ kombo: 'mars' }, 'kombo: is not "eu", "us", or an HTTPS URL with its /v1'],
    [{ kombo: 'http://kombo.example.com/v1' }, 'kombo: is not "eu", "us", or an HTTPS URL with its /v1'],
    [{ baseline: 'since:yesterday' }, 'baseline: "yesterday" is not a date'],
    [{ baseline: 'loud' }, 'baseline: a baseline is "silent"'],
    [{ logRetentionDays: 31 }, 'logRetentionDays: CloudWatch keeps logs for'],
    [{ integrations: ['moodle'] }, 'integrations.0: an integration id looks like'],
    [{ bus: 'mine' }, 'bus: is not "own", or the ARN of an event bus'],
    [{ bus: 'arn:aws:events:eu-central-1:123456789012:rule/mine' }, 'bus: is not "own", or the ARN'],
    [
      { adopt: { komboSecret: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:KomboSecret' } },
      'adopt.komboSecret: is not the ARN of a secret, as a whole',
    ],
    [{ adopt: { komboSecret: 'key' } }, 'adopt.komboSecret: is not the ARN of a secret'],
    [{ archive: true }, 'Unrecognized key: "archive"'],
    [undefined, 'expected object'],
  ])('that are wrong, such as %j, are named in one line', (content, line) => {
    let message = '';
    try {
      parseSettings(content, FILE);
    } catch (error) {
      message = error instanceof Error ? error.message : '';
    }
    expect(message).toContain(line);
    expect(message.startsWith(`${FILE}: `)).toBe(true);
    expect(message).not.toContain('\n');
  });

  it('that cannot be read are named in one line', async () => {
    await expect(readSettings('no-such.config.ts')).rejects.toThrow(
      /^no-such.config.ts cannot be read: [^\n]+$/,
    );
  });
});
