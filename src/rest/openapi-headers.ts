/** The headers of conditional and repeated requests in the API description; by the table, as preconditions.ts has them. */
import { answersWhole } from '../contract/changes.ts';
import { hasTag, type Operation } from '../contract/operation.ts';

type Json = Record<string, unknown>;

/** As parameters of requests, by the names of their components. */
export const CONDITION_PARAMETERS: Record<string, Json> = {
  idempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'A random UUID, say: sent again with the same key and content within 24 hours, the request has no second effect and gets the first answer, rendered as of now',
    schema: { type: 'string', pattern: '^[!-~]{1,200}$' },
  },
  ifMatch: {
    name: 'If-Match',
    in: 'header',
    description: 'The `ETag` that you saw; another one by now is answered 412',
    schema: { type: 'string' },
  },
  ifNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    description: 'The `ETag` that you have; the same one is answered 304 without a body',
    schema: { type: 'string' },
  },
};

export function conditionParameters(operation: Operation): Json[] {
  const names: string[] = [];
  if (operation.method === 'POST') names.push('idempotencyKey');
  if (operation.changes !== undefined) names.push('ifMatch');
  if (hasTag(operation)) names.push('ifNoneMatch');
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}

export const ANSWER_HEADERS: Record<string, Json> = {
  ETag: { description: 'Of what you see; another reader has another one', schema: { type: 'string' } },
  IdempotencyReplayed: {
    description: '`true`: this request had been answered before, and nothing happened now',
    schema: { const: 'true' },
  },
};
const TAG: Json = { ETag: { $ref: '#/components/headers/ETag' } };
const REPLAYED: Json = { 'Idempotency-Replayed': { $ref: '#/components/headers/IdempotencyReplayed' } };

/** Headers that an answer has because of what was asked under conditions. */
export const answerHeaders = (operation: Operation): Json => ({
  ...(hasTag(operation) || answersWhole(operation) ? TAG : {}),
  ...(operation.method === 'POST' ? REPLAYED : {}),
});

/** The answer to who has the view already. */
export const notModified = (operation: Operation): Json =>
  hasTag(operation) ? { 304: { description: 'You have it already', headers: TAG } } : {};
