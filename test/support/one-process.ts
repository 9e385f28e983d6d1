/**
 * node test/support/one-process.ts <test files>: runs them one after the other in this process, for what runs them very
 * often or measures them. tap's time-out is for one file, and is off here.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

process.env.TAP_TIMEOUT = '0';
for (const file of process.argv.slice(2)) await import(pathToFileURL(resolve(file)).href);
