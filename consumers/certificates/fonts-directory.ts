import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** These packages cannot be bundled, because they read their own files when they start. */
export const SHAPING = ['harfbuzzjs', 'subset-font'];

/**
 * Patterns of files that are not deployed. Only the upright fonts of regular or variable weight, their
 * licences and their code points are deployed.
 */
export const NO_FONTS = [
  '/*',
  '!/@expo-google-fonts',
  '!/@fontsource-variable',
  ...['*.css', '*.scss', '*.js', '*.ts', '*.md', '*.png', 'package.json', 'metadata.json'],
  ...['*-italic.woff2', '*-wdth-*', '*-standard-*', '*-full-*'],
  ...['/@expo-google-fonts/*/*_Italic', '/@expo-google-fonts/*/[1-35-9]00*'],
];

const CHECKOUT = join(import.meta.dirname, '../../node_modules');

/**
 * Returns `node_modules` in a checkout, otherwise the directory of the same structure in `schoolbell-fonts`.
 *
 * @throws Error when the package `schoolbell-fonts` is needed and not installed
 */
export function fontsDirectory(): string {
  if (existsSync(join(CHECKOUT, '@fontsource-variable'))) return CHECKOUT;
  try {
    return join(dirname(createRequire(import.meta.url).resolve('schoolbell-fonts/package.json')), 'files');
  } catch (cause) {
    const message =
      'Certificates need the package schoolbell-fonts: docs/constructs.md says how to install it';
    throw new Error(message, { cause });
  }
}
