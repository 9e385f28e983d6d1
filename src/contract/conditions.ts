/**
 * What the headers of a request ask for beside its input: Idempotency-Key at both doors, and at REST the preconditions of
 * RFC 9110 section 13, by entity tags of what the caller sees.
 */
import { type Problem, problem } from '../domain/problem.ts';
import type { Operation } from './operation.ts';

/** As they came. */
export interface ConditionHeaders {
  idempotencyKey?: string;
  /** For one of several operations that came with the same key: which one. */
  keyPart?: string;
  ifMatch?: string;
  /** The door shows tags, so that of the answer is wanted. */
  wantsTag?: boolean;
}

/** Read, for the handler. */
export interface Conditions {
  key?: string;
  ifMatch?: EntityTags;
  wantsTag?: boolean;
}

export type EntityTags = '*' | readonly { opaque: string; weak: boolean }[];

const KEY = /^[\x21-\x7e]{1,200}$/;
/** The next tag of a list (RFC 9110 sections 5.6.1 and 8.8.3); empty places in the list count for nothing. */
const NEXT_TAG = /[ \t,]*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*(?:,[ \t,]*|$)/y;
const MOST_TAGS = 50;

export function readConditions(operation: Operation, headers: ConditionHeaders): Conditions | Problem {
  const { idempotencyKey, keyPart, ifMatch, wantsTag = false } = headers;
  // A GET has no effect that could come twice; the key is no business of its.
  const key = operation.method === 'POST' ? idempotencyKey : undefined;
  if (key !== undefined && !KEY.test(key)) {
    return problem('bad-request', 'An Idempotency-Key has 1 to 200 visible characters of ASCII, without spaces.');
  }
  if (ifMatch !== undefined && operation.changes === undefined) {
    return problem('bad-request', 'If-Match means nothing here: this does not change a thing that has an ETag.');
  }
  const tags = ifMatch === undefined ? undefined : readTags(ifMatch);
  if (tags === null) return problem('bad-request', 'If-Match is neither * nor a list of ETags.');
  // No key has a space, so no two of them become the same one.
  const whole = keyPart === undefined ? key : `${key} ${keyPart}`;
  return { ...(key === undefined ? {} : { key: whole! }), ...(tags === undefined ? {} : { ifMatch: tags }), wantsTag };
}

/** null: not what the header may be. */
export function readTags(header: string): EntityTags | null {
  if (header.trim() === '*') return '*';
  const tags: { opaque: string; weak: boolean }[] = [];
  const next = new RegExp(NEXT_TAG);
  do {
    const tag = next.exec(header);
    if (tag === null || tags.length === MOST_TAGS) return null;
    tags.push({ opaque: tag[2]!, weak: tag[1] !== undefined });
  } while (next.lastIndex < header.length);
  return tags;
}

/** Strong comparison, as If-Match has it: a weak tag is equal to none. */
export const matchesStrongly = (tags: EntityTags, opaque: string): boolean =>
  tags === '*' || tags.some((tag) => !tag.weak && tag.opaque === opaque);

/** Weak comparison, as If-None-Match has it. */
export const matchesWeakly = (tags: EntityTags, opaque: string): boolean =>
  tags === '*' || tags.some((tag) => tag.opaque === opaque);
