import { describe, expect, test } from 'vitest';
import { readPages } from '../../../functions/core/poll/read-pages.ts';
import type { Kombo } from '../../../functions/core/ports.ts';
import type { Page } from '../../../functions/core/state/observed-progression.ts';

const page = (next: string | null): Page => ({
  records: [],
  rejected: [],
  next,
  servedAt: '2026-03-02T08:00:00.000Z',
});

/** Answers by cursor ('first' for none), and notes what was asked and cancelled. */
function scripted(answers: Record<string, Page | Error>) {
  const asked: string[] = [];
  const signals: AbortSignal[] = [];
  const kombo: Kombo = {
    async readPage({ cursor }, signal) {
      asked.push(cursor ?? 'first');
      if (signal !== undefined) signals.push(signal);
      const answer = answers[cursor ?? 'first'];
      if (answer === undefined) throw new Error('not in the script');
      if (answer instanceof Error) throw answer;
      return answer;
    },
    async readByIds() {
      return { records: [], rejected: [] };
    },
    async readDataExpiredAt() {
      return null;
    },
  };
  const pages = (mayFetchAhead: () => boolean, cursor: string | null = null) =>
    readPages(kombo, { integration: 'moodle:test', updatedAfter: null, cursor }, mayFetchAhead);
  return { pages, asked, signals };
}

const three = { first: page('a'), a: page('b'), b: page(null) };

describe('pages', () => {
  test('are read in order to the last', async () => {
    const { pages, asked } = scripted(three);
    const read: (string | null)[] = [];
    for await (const { next } of pages(() => true)) read.push(next);
    expect(read).toEqual(['a', 'b', null]);
    expect(asked).toEqual(['first', 'a', 'b']);
  });

  test('continue from a cursor', async () => {
    const { pages, asked } = scripted(three);
    for await (const _ of pages(() => true, 'a'));
    expect(asked).toEqual(['a', 'b']);
  });

  test('are fetched while the one before is processed', async () => {
    const { pages, asked } = scripted(three);
    const seen: number[] = [];
    for await (const _ of pages(() => true)) seen.push(asked.length);
    expect(seen).toEqual([2, 3, 3]);
  });

  test('are not fetched ahead when time is short, but still when asked for', async () => {
    const { pages, asked } = scripted(three);
    const seen: number[] = [];
    for await (const _ of pages(() => false)) seen.push(asked.length);
    expect(seen).toEqual([1, 2, 3]);
  });

  test('are cancelled when the loop is left', async () => {
    const { pages, signals } = scripted(three);
    for await (const _ of pages(() => true)) break;
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
});

describe('an error', () => {
  const broken = { first: page('a'), a: new Error('broken') };

  test('of a page that was fetched ahead waits until the page is asked for', async () => {
    const { pages } = scripted(broken);
    const iterator = pages(() => true);
    expect((await iterator.next()).value).toEqual(page('a'));
    await new Promise<void>((resolve) => setImmediate(resolve));
    await expect(iterator.next()).rejects.toThrow('broken');
  });

  test('of a page that nobody asks for is nobody’s', async () => {
    const { pages } = scripted(broken);
    for await (const _ of pages(() => true)) break;
    await new Promise<void>((resolve) => setImmediate(resolve));
  });
});
