/**
 * Writes openapi.yaml from the table of operations; with `--check` only says whether it is what would be written.
 * `node src/cli/openapi.ts [--check]`
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { openApiDocument } from '../rest/openapi.ts';

const HEADER = '# Made from src/contract/operations.ts by `node src/cli/openapi.ts`. Change it there.\n';
const file = new URL('../../openapi.yaml', import.meta.url);

/** Importers read YAML 1.1 too, where a day without quotation marks is no string; hence `compat`. */
function expected(): string {
  return HEADER + stringify(openApiDocument(), { aliasDuplicateObjects: false, lineWidth: 120, compat: 'yaml-1.1' });
}

function written(): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
if (!values.check) {
  writeFileSync(file, expected());
} else if (written() !== expected()) {
  console.error('openapi.yaml does not describe the operations as they are now; run `node src/cli/openapi.ts`.');
  process.exitCode = 1;
}
