#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { reportError } from './terminal/report-error.ts';

process.on('uncaughtException', (error) => process.exit(reportError(error)));
// Compiling takes a third of the time until the first output; the cache saves it in later starts. The default folder, for
// temporary files of all users, is not safe. This one can be written only by users who can also change the code.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/schoolbell'));
const { runProgram } = await import('./program.ts');
await runProgram(process.argv.slice(2));
