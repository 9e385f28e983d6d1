/** Ciphertexts travel inside JSON as base64, so that one statement brings facts and contents of one moment. */
import type { NewHandle, Sealed } from '../usecases/ports.ts';

export interface SealedJson {
  clientId: string;
  wrapped: string;
  sealed: string;
}

export const bytes = (base64: string): Buffer => Buffer.from(base64, 'base64');

export const readSealed = (json: SealedJson): Sealed => ({
  clientId: json.clientId,
  wrapped: bytes(json.wrapped),
  sealed: bytes(json.sealed),
});

export const readAllSealed = (json: Record<string, SealedJson>): Map<string, Sealed> =>
  new Map(Object.entries(json).map(([entryId, sealed]) => [entryId, readSealed(sealed)]));

/** New handles, with their wrapped keys as the database's functions decode them. */
export const handlesJson = (handles: readonly NewHandle[]): object[] =>
  handles.map(({ wrapped, ...handle }) => ({ ...handle, wrapped: wrapped.toString('base64') }));

/** The only row of a statement that always gives one. */
export const only = <Row>(rows: Row[]): Row => {
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new Error('expected exactly one row');
  return row;
};
