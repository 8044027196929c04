const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];
const PAIRS = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
const SCRIPTS = [
  ...[
    'Adlm',
    'Arab',
    'Armn',
    'Beng',
    'Cakm',
    'Cans',
    'Cher',
    'Cyrl',
    'Deva',
    'Ethi',
    'Geor',
    'Grek',
    'Gujr',
    'Guru',
  ],
  ...[
    'Hans',
    'Hant',
    'Hebr',
    'Jpan',
    'Khmr',
    'Knda',
    'Kore',
    'Laoo',
    'Latn',
    'Mlym',
    'Mong',
    'Mtei',
    'Mymr',
    'Nkoo',
  ],
  ...[
    'Olck',
    'Orya',
    'Rohg',
    'Sinh',
    'Sund',
    'Syrc',
    'Taml',
    'Telu',
    'Tfng',
    'Thaa',
    'Thai',
    'Tibt',
    'Vaii',
    'Yiii',
  ],
];

/**
 * Returns the locales for which `Intl` has its own date formats. The function tries all possible codes,
 * because there is no list.
 *
 * @param withRegions whether to include the locales of regions: 949 locales with Node 24, in half a minute.
 *   Otherwise there are about 300
 */
export function everyLocale({ withRegions }: { withRegions: boolean }): string[] {
  const supported = Intl.DateTimeFormat.supportedLocalesOf([
    ...PAIRS,
    ...PAIRS.flatMap((pair) => LETTERS.map((letter) => pair + letter)),
  ]);
  const languages = [...new Set(supported.map((locale) => new Intl.Locale(locale).language))];
  const withScripts = languages.flatMap((language) => SCRIPTS.map((script) => `${language}-${script}`));
  const base = [...languages, ...withScripts.filter(isOneOfItsOwn)];
  if (!withRegions) return base;
  const regions = [...PAIRS.map((pair) => pair.toUpperCase()), '001', '150', '419'];
  return [
    ...base,
    ...base.flatMap((locale) => regions.map((region) => `${locale}-${region}`).filter(isOneOfItsOwn)),
  ];
}

function isOneOfItsOwn(locale: string): boolean {
  return new Intl.DateTimeFormat(locale).resolvedOptions().locale === locale;
}
