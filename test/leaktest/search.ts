/**
 * The search of what the database keeps: every table as COPY gives it, and every byte of the stopped data directory. A control
 * lies there in clear (service.ts), and a search that does not find it is blind.
 */
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { LONGEST_NEEDLE_BYTES, maybeIn, strayIn } from './markers.ts';

/** A place outside any answer where no marker may stand, and what was found there. */
export type Found = (place: string, text: string) => void;

const CHUNK_BYTES = 4 << 20;
/** Whatever a marker looks like in a disguise, it is not longer. */
const LONGEST_MARKER_BYTES = 128;
const OVERLAP_BYTES = LONGEST_NEEDLE_BYTES + LONGEST_MARKER_BYTES;
/** One for all files, which are read one after the other: there are thousands. */
const buffer = Buffer.alloc(CHUNK_BYTES + OVERLAP_BYTES);

/** COPY of every table of every schema that is not PostgreSQL's own. @returns how many. */
export async function searchTables(owner: Client, found: Found): Promise<number> {
  const { rows } = await owner.query<{ name: string; file: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name, n.nspname || '.' || c.relname AS file
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`,
  );
  const { rows: settings } = await owner.query<{ directory: string }>(
    `SELECT current_setting('data_directory') AS directory`,
  );
  let controls = 0;
  for (const { name, file } of rows) {
    const path = join(settings[0]!.directory, `copy-of-${file}`);
    await owner.query(`COPY ${name} TO '${path.replaceAll("'", "''")}'`);
    controls += (await searchFile(path, `COPY of ${file}`, found)).controls;
    await rm(path);
  }
  if (controls !== 1) throw new Error('the search of the tables is blind: it did not find what lies there in clear');
  return rows.length;
}

/** Every byte of every file below it. @returns how many. */
export async function searchDirectory(directory: string, found: Found): Promise<number> {
  let bytes = 0;
  let controls = 0;
  for (const file of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const searched = await searchFile(join(file.parentPath, file.name), `file ${file.name}`, found);
    bytes += searched.bytes;
    controls += searched.controls;
  }
  if (controls === 0) throw new Error('the search of the files is blind: it did not find what lies there in clear');
  return bytes;
}

/** In pieces that overlap, so that a marker on an edge is found. */
async function searchFile(path: string, place: string, found: Found): Promise<{ bytes: number; controls: number }> {
  const file = await open(path);
  try {
    let [kept, bytes, controls] = [0, 0, 0];
    for (;;) {
      const { bytesRead } = await file.read(buffer, kept, CHUNK_BYTES, null);
      if (bytesRead === 0) return { bytes, controls };
      bytes += bytesRead;
      const piece = buffer.subarray(0, kept + bytesRead);
      if (maybeIn(piece)) {
        const { stray, control } = strayIn(piece.toString('latin1'));
        if (stray.length > 0) found(place, textAround(piece));
        if (control) controls += 1;
      }
      kept = Math.min(OVERLAP_BYTES, piece.length);
      piece.copy(buffer, 0, piece.length - kept);
    }
  } finally {
    await file.close();
  }
}

function textAround(piece: Buffer): string {
  const text = piece.toString('latin1');
  const at = text.toLowerCase().indexOf('zqxwv');
  return at < 0 ? '(in a disguise)' : text.slice(Math.max(0, at - 60), at + 60).replaceAll(/[^ -~]/g, '.');
}
