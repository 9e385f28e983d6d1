/** A stream of bytes as lines, of which one at a time is in memory. */
import type { Readable } from 'node:stream';

const NEWLINE = 0x0a;

export interface Line {
  /** From 1 on; empty lines count, and are none. */
  number: number;
  /** Without its end; null: it is longer than a line may be, and was not kept. */
  bytes: Buffer | null;
}

/**
 * The lines of a stream, the last one with or without its end. Returns whether the stream came to its end: false when it
 * broke off, or `ended` says that nobody wants the rest.
 */
export async function* linesOf(
  source: Readable,
  { limitBytes, ended }: { limitBytes: number; ended: AbortSignal },
): AsyncGenerator<Line, boolean> {
  const kept = new KeptBytes(limitBytes);
  let number = 0;
  const line = (): Line => ({ number: ++number, bytes: kept.take() });
  for (;;) {
    const chunk = await nextChunk(source, ended);
    if (chunk === 'broken') return false;
    if (chunk === 'end') break;
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      kept.add(chunk.subarray(from, end));
      from = end + 1;
      const one = line();
      if (!isEmpty(one)) yield one;
      if (ended.aborted) return false;
    }
    kept.add(chunk.subarray(from));
  }
  const last = line();
  if (!isEmpty(last)) yield last;
  return true;
}

/** JSON's white space (RFC 8259 section 2); a line that came from Windows ends in a carriage return. */
const isEmpty = ({ bytes }: Line): boolean =>
  bytes?.every((one) => one === 0x20 || one === 0x09 || one === 0x0d) ?? false;

/**
 * By hand, and not by the stream's own iterator: that one holds on to the stream while it waits, and what nobody wants any more
 * could not be thrown away.
 */
async function nextChunk(source: Readable, ended: AbortSignal): Promise<Buffer | 'end' | 'broken'> {
  for (;;) {
    if (ended.aborted) return 'broken';
    const chunk: Buffer | null = source.read();
    if (chunk !== null) return chunk;
    if (source.readableEnded) return 'end';
    if (source.destroyed) return 'broken';
    await anythingOf(source, ended);
  }
}

const NEWS = ['readable', 'end', 'close', 'error'];

async function anythingOf(source: Readable, ended: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  for (const news of NEWS) source.on(news, wake);
  ended.addEventListener('abort', wake);
  await promise;
  for (const news of NEWS) source.off(news, wake);
  ended.removeEventListener('abort', wake);
}

/** What there is of a line so far. Of one that is too long nothing is kept. */
class KeptBytes {
  readonly #limit: number;
  #parts: Buffer[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > this.#limit) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  take(): Buffer | null {
    const taken =
      this.#length > this.#limit ? null : this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    return taken;
  }
}
