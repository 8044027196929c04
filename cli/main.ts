#!/usr/bin/env node
import { runProgram } from './program.ts';
import { reportError } from './report-error.ts';

process.on('uncaughtException', (error) => process.exit(reportError(error)));
await runProgram(process.argv.slice(2));
