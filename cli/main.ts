#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { reportError } from './terminal/report-error.ts';

process.on('uncaughtException', (error) => process.exit(reportError(error)));
// A third of the time until the first line goes into compiling; later starts find it done. Beside the code, where nobody can
// write who cannot change the code: by default the cache would be in the directory for temporary files of all users.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/schoolbell'));
const { runProgram } = await import('./program.ts');
await runProgram(process.argv.slice(2));
