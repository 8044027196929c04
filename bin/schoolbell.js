#!/usr/bin/env node
// Node 14.8 and later can parse this file, so that an old version prints one clear error.
import { existsSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
// A checkout runs its sources, and a package its compiled files.
const source = new URL('../cli/main.ts', import.meta.url);
const isCheckout = existsSync(source);
if (isCheckout ? !process.features.typescript : major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `schoolbell: Node ${process.versions.node} is too old. Install Node ${isCheckout ? '24' : '22.18'} or later: https://nodejs.org/en/download`,
  );
  process.exitCode = 1;
} else {
  await import(isCheckout ? source.href : new URL('../dist/cli/main.js', import.meta.url).href);
}
