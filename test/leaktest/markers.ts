/**
 * Marker values: every personal value of the run is one word of one shape, so that whatever was received is searched in time
 * that grows with its length and not with the number of markers.
 *
 * A marker is PREFIX, a letter for its kind, its owner and a number: `zqxwv` `e` `03` `0001z7`.
 */

const PREFIX = 'zqxwv';
const OWNER_DIGITS = 4;
const NUMBER_DIGITS = 6;

/**
 * e content of an entry · f file reference · p place of a proof (evidence) · s sent in a request that is refused: nobody may
 * ever see it again, not even who sent it
 */
export type MarkerKind = 'e' | 'f' | 'p' | 's';

export interface Marker {
  kind: MarkerKind;
  /** Number of the agency that wrote it, unique in the run. */
  owner: number;
  number: number;
}

const digits = (value: number, count: number): string => value.toString(36).padStart(count, '0');

export const writeMarker = ({ kind, owner, number }: Marker): string =>
  `${PREFIX}${kind}${digits(owner, OWNER_DIGITS)}${digits(number, NUMBER_DIGITS)}`;

const SHAPE = new RegExp(`${PREFIX}([efps])([0-9a-z]{${OWNER_DIGITS}})([0-9a-z]{${NUMBER_DIGITS}})`, 'gi');

/** Base64 tells three bytes by four letters; one of these stands in the base64 of every text with a marker in it. */
const BASE64 = [PREFIX.slice(0, 3), PREFIX.slice(1, 4), PREFIX.slice(2, 5)].map((three) =>
  Buffer.from(three).toString('base64'),
);
const HEXADECIMAL = Buffer.from(PREFIX).toString('hex');
const PERCENT = [...PREFIX].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('');
const ESCAPED = [...PREFIX].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join('');

/** All that a text holds, as they stand or in a disguise: other case, JSON escapes, percent, hexadecimal, base64. */
export function markersIn(text: string): Marker[] {
  const found = new Map<string, Marker>();
  const read = (plain: string): void => {
    for (const [whole, kind, owner, number] of plain.matchAll(SHAPE)) {
      found.set(whole.toLowerCase(), {
        kind: kind!.toLowerCase() as MarkerKind,
        owner: Number.parseInt(owner!, 36),
        number: Number.parseInt(number!, 36),
      });
    }
  };
  const lower = text.toLowerCase();
  if (lower.includes(PREFIX)) read(text);
  if (lower.includes(PERCENT)) read(text.replaceAll(/%([0-9a-f]{2})/gi, (_, code) => byte(code)));
  if (lower.includes(ESCAPED)) read(text.replaceAll(/\\u00([0-9a-f]{2})/gi, (_, code) => byte(code)));
  if (lower.includes(HEXADECIMAL)) {
    for (const [run] of lower.matchAll(/[0-9a-f]{20,}/g)) read(aligned(run, 'hex', [0, 1]));
  }
  if (BASE64.some((part) => text.includes(part))) {
    for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{16,}/g)) read(aligned(run, 'base64', [0, 1, 2, 3]));
  }
  return [...found.values()];
}

const byte = (code: string): string => String.fromCharCode(Number.parseInt(code, 16));

/** A run of letters decoded from each place at which it may have begun. */
const aligned = (run: string, encoding: 'hex' | 'base64', starts: readonly number[]): string =>
  starts.map((start) => Buffer.from(run.slice(start), encoding).toString('latin1')).join('\n');

const NEEDLES = [PREFIX, PREFIX.toUpperCase(), HEXADECIMAL, ...BASE64].map((needle) => Buffer.from(needle));
/** No marker and no disguise of its beginning is longer. */
export const LONGEST_NEEDLE_BYTES = Math.max(...NEEDLES.map((needle) => needle.length));

/** Whether bytes may hold a marker; what is found by its base64 alone has to be looked at again. */
export function maybeIn(bytes: Buffer): boolean {
  return NEEDLES.some((needle) => bytes.includes(needle));
}

/** Lies in clear where the search has to find it: what does not find it is blind. */
export const CONTROL: Marker = { kind: 's', owner: 0, number: 0 };

const isControl = ({ kind, owner, number }: Marker): boolean =>
  kind === CONTROL.kind && owner === CONTROL.owner && number === CONTROL.number;

/** What a text holds besides the control. */
export const strayIn = (text: string): { stray: Marker[]; control: boolean } => {
  const all = markersIn(text);
  return { stray: all.filter((one) => !isControl(one)), control: all.some(isControl) };
};

/** Hands out markers; their numbers are unique in the run. */
export function markerSource(): (kind: MarkerKind, owner: number) => string {
  let number = 0;
  return (kind, owner) => {
    number += 1;
    return writeMarker({ kind, owner, number });
  };
}
