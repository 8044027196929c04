#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { interruption } from './terminal/interruption.ts';
import { reportError } from './terminal/report-error.ts';

process.on('uncaughtException', (error) => process.exit(reportError(error)));
// Node's cache of compiled code makes later starts faster: compiling takes a third of the time until the
// first output. The default folder of the cache is not safe, because it is in the directory for temporary
// files of all users. Only users who can also change the code can write to the folder that is used here.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/schoolbell'));
const { runProgram } = await import('./program.ts');
await runProgram(process.argv.slice(2));
// After an interruption, a request may still wait for its response and would keep the process running.
if (interruption().aborted) process.exit();
