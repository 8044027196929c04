import { join, relative } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { certificateFolder, pdfKey } from '../../../consumers/certificates/certificate-number.ts';

const NUMBER = '2026-7Q4M-9XKD-20TC';
const FILE = 'state.json.new';

/**
 * Ids with which a platform could write outside the folder, collide with another progression, or make a key
 * too long.
 */
const id = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 341 }),
  fc.string({
    unit: fc.constantFrom('.', '/', '\\', '%', '=', '2', 'E', '\0', '\n', '\u{1f600}', 'ä'),
    minLength: 1,
  }),
  fc.constantFrom('.', '..', '../..', '%2E%2E', '/', '//', '', 'a', 'a/b', 'a%2Fb', '\ud800', '\udc00'),
  fc.nat(400).map((length) => 'x'.repeat(length)),
  fc.nat(341).map((length) => '漢'.repeat(length)),
);
const integration = fc
  .tuple(id, id)
  .map(([tool, own]) => `${tool}:${own}`.replaceAll(/[\s/]/g, '_'))
  .filter((text) => /^[^\s/:]+:[^\s/]+$/.test(text));
const progression = fc.record({ integration, progression: id });

test("whatever characters the ids have, the path of a certificate's folder has four parts that are short enough for S3 and file systems", () => {
  fc.assert(
    fc.property(progression, (certified) => {
      const folder = certificateFolder(certified);
      const file = join('/kept', folder, FILE);
      expect(relative('/kept', file)).toBe(`${folder}/${FILE}`);
      expect(folder.split('/')).toHaveLength(4);
      for (const part of folder.split('/')) {
        expect(part).not.toMatch(/^\.*$|\p{C}/u);
        expect(Buffer.byteLength(part)).toBeLessThanOrEqual(255);
      }
      expect(Buffer.byteLength(pdfKey(folder, NUMBER))).toBeLessThanOrEqual(1024);
    }),
    { numRuns: 2_000 },
  );
});

test('two different progressions never have the same folder for certificates', () => {
  fc.assert(
    fc.property(progression, progression, id, (one, other, sibling) => {
      for (const [a, b] of [
        [one, other],
        [one, { ...one, progression: sibling }],
        [one, { ...one, progression: certificateFolder(one).split('/').at(-1) ?? '' }],
      ] as const) {
        const isSame = a.integration === b.integration && a.progression === b.progression;
        expect(certificateFolder(a) === certificateFolder(b)).toBe(isSame);
      }
    }),
    { numRuns: 5_000 },
  );
});
