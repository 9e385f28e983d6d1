/**
 * Marker values: personal data that occurs nowhere else, so that finding one where it does not belong proves a leak. It is
 * searched as it stands and as JSON, base64 (at each of its three offsets), hexadecimal and percent-encoding would have it.
 */
import { randomBytes } from 'node:crypto';
import type { Test } from 'tap';

const markers = new Map<string, string>();

/** A new marker that is remembered until the process ends. `what` is what a failure calls it by. */
export function marker(what: string, prefix = 'Erfunden'): string {
  const value = `${prefix}${randomBytes(6).toString('hex')}`;
  markers.set(value, what);
  return value;
}

/** What a text holds when it holds the value, whatever stands around it; the first is the value itself. */
export function disguises(value: string): string[] {
  const bytes = Buffer.from(value);
  // Base64 tells three bytes by four letters. Those at the edges depend on their neighbours, so they are left out.
  const base64 = [0, 1, 2].flatMap((offset) => {
    const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
    const whole = padded.toString('base64url').slice(offset === 0 ? 0 : 4, Math.floor(padded.length / 3) * 4);
    return [whole, whole.replaceAll('-', '+').replaceAll('_', '/')];
  });
  const hexadecimal = bytes.toString('hex');
  return [...new Set([value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), hexadecimal, ...base64])];
}

/** What is found in a text, by the names that the markers were made with. */
export function markersIn(text: string): string[] {
  const lower = text.toLowerCase();
  return [...markers]
    .filter(([value]) => disguises(value).some((one) => text.includes(one)) || lower.includes(value.toLowerCase()))
    .map(([, what]) => what);
}

/** The headers of an answer, but for what the service draws or counts. */
export const headerLines = (headers: Headers): string[] =>
  [...headers].filter(([name]) => !DRAWN.has(name)).map(([name, value]) => `${name}: ${value}`);
const DRAWN = new Set(['date', 'etag', 'request-id', 'ratelimit', 'content-length']);

export interface Watched {
  /** Lines that the service logged. */
  log?: readonly string[];
  /**
   * Answers. Of those that succeeded the body may hold what its reader is entitled to, so only errors' are searched; headers,
   * which every proxy on the way writes down, hold nothing personal in any.
   */
  answers?: readonly { status: number; headers: Headers; text: string; body?: { errors?: unknown } }[];
  /** Everything else that must not tell: events, audit, jobs, a dump. */
  texts?: Readonly<Record<string, string>>;
}

/** Fails for each place that holds a marker. */
export function assertNoCanary(t: Test, { log = [], answers = [], texts = {} }: Watched): void {
  const errors = answers.filter(({ status, body }) => status >= 400 || body?.errors !== undefined);
  const places: [string, string][] = [
    ['the log', log.join('\n')],
    ...answers.map(({ status, headers }, index): [string, string] => [
      `the headers of answer ${index} (${status})`,
      headerLines(headers).join('\n'),
    ]),
    ...errors.map(({ status, text }, index): [string, string] => [`error answer ${index} (${status})`, text]),
    ...Object.entries(texts),
  ];
  t.same(
    places.flatMap(([place, text]) => markersIn(text).map((what) => `${what} in ${place}`)),
    [],
    'no personal value stands where nobody is entitled to it',
  );
}
