/**
 * The ledger of erasures: one line of JSON for each, in a file beside the master key and never in the database, so that a
 * restored backup of the database cannot undo them. It only grows, and holds ids and instants alone.
 */
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { OperatorError } from '../domain/operator-error.ts';
import { type Erasure, type ErasureLedger, LedgerUnusable } from '../usecases/ports.ts';

interface LedgerOptions {
  path: string;
  /** Told why a line could not be written; the caller learns only that it could not. */
  onUnwritable: (error: unknown) => void;
}

export function erasureLedger({ path, onUnwritable }: LedgerOptions): ErasureLedger {
  return {
    async record({ clientId, at }) {
      try {
        await append(path, `${JSON.stringify({ clientId, at: new Date(at).toISOString() })}\n`);
      } catch (error) {
        onUnwritable(error);
        throw new LedgerUnusable('the ledger of erasures cannot be written', { cause: error });
      }
    },
    async all() {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        // Where nothing was ever erased there is none.
        if (error.code === 'ENOENT') return '';
        throw unusable(`${path} cannot be read (${error.code})`);
      });
      return text.split('\n').flatMap((line, index) => parse(line, `line ${index + 1} of ${path}`) ?? []);
    },
  };
}

/** One write for a line, so that lines of several instances do not mingle; on disk when it returns. */
async function append(path: string, line: string): Promise<void> {
  const file = await open(path, 'a+', 0o600);
  try {
    await file.appendFile((await endsInMidLine(file)) ? `\n${line}` : line);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A crash or a full disk may have left half a line. */
async function endsInMidLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read({ buffer: Buffer.alloc(1), position: size - 1 });
  return buffer.toString() !== '\n';
}

/**
 * Half a line was never followed by a commit, so it says nothing. A whole one that cannot be read may hide an erasure, and
 * nothing may be served before that is known.
 */
function parse(line: string, place: string): Erasure | null {
  if (line === '' || !line.endsWith('}')) return null;
  const [, clientId, at] = LINE.exec(line) ?? [];
  if (clientId === undefined || Number.isNaN(Date.parse(at!))) throw unusable(`${place} is not a line of it`);
  return { clientId, at: Date.parse(at!) };
}

const LINE = /^\{"clientId":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})","at":"([^"]+)"\}$/;

const unusable = (what: string): OperatorError =>
  new OperatorError(
    'erasure-ledger-unusable',
    `The ledger of erasures is damaged: ${what}. Restore it from its own backup, or correct ERASURE_LEDGER_FILE.`,
  );
