/**
 * node test/support/one-process.ts <test files>: runs them one after the other in this process, for what runs them very
 * often or measures them.
 */
import { runFile } from './t.ts';

for (const file of process.argv.slice(2)) await runFile(file);
