/**
 * Conditional and repeated requests at REST: which headers of a request are looked at, and which ones its answer has
 * (RFC 9110 sections 8.8.3 and 13; Idempotency-Key). By the table, nothing per route.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ConditionHeaders, matchesWeakly, readTags } from '../contract/conditions.ts';
import { hasTag, type Operation } from '../contract/operation.ts';
import type { Answered } from '../contract/run.ts';
import { type Problem, problem } from '../domain/problem.ts';

export const KEY_HEADER = 'idempotency-key';
export const REPLAYED_HEADER = 'idempotency-replayed';

export const conditionHeadersOf = ({ headers }: FastifyRequest): ConditionHeaders => {
  const key = headers[KEY_HEADER]?.toString();
  const ifMatch = headers['if-match'];
  return {
    ...(key === undefined ? {} : { idempotencyKey: key }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    wantsTag: true,
  };
};

/** What is wrong with If-None-Match; null: nothing. Looked at before anything is done. */
export function ifNoneMatchProblem(operation: Operation, { headers }: FastifyRequest): Problem | null {
  const header = headers['if-none-match'];
  if (header === undefined) return null;
  if (operation.method === 'POST') return problem('bad-request', 'If-None-Match means nothing on a POST.');
  return readTags(header) === null ? problem('bad-request', 'If-None-Match is neither * nor a list of ETags.') : null;
}

/** Sets the headers that an answer has; true: the caller has this view already, so there is nothing more to send. */
export function headAnswer(operation: Operation, { replayed, tag }: Answered, reply: FastifyReply): boolean {
  if (replayed) reply.header(REPLAYED_HEADER, 'true');
  if (tag === null) return false;
  reply.header('etag', `"${tag}"`);
  const known = reply.request.headers['if-none-match'];
  const tags = known === undefined || !hasTag(operation) ? null : readTags(known);
  return tags !== null && matchesWeakly(tags, tag);
}
