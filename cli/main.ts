#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { reportError } from './report-error.ts';

process.on('uncaughtException', (error) => process.exit(reportError(error)));
// A third of the time until the first line goes into compiling; later starts find it done.
enableCompileCache();
const { runProgram } = await import('./program.ts');
await runProgram(process.argv.slice(2));
