#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { interruption } from './terminal/interruption.ts';
import { reportError } from './terminal/report-error.ts';

process.on('uncaughtException', (error) => process.exit(reportError(error)));
// Keeps compiled code, because compiling takes a third of the time until the first output. Node's default
// folder for it is not safe: it is among the temporary files of all users. Only users who can change the code
// can write to this folder.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/schoolbell'));
const { runProgram } = await import('./program.ts');
await runProgram(process.argv.slice(2));
// After an interruption, a request may still wait for its response and would keep the process running.
if (interruption().aborted) process.exit();
