/** The problems of an operation as responses, grouped by status; each group that several operations share stands once. */

import { COMMON_PROBLEMS, type Operation, problemsOf } from '../contract/operation.ts';
import { problemExample } from '../contract/problem-examples.ts';
import { PROBLEMS, type ProblemCode } from '../domain/problem.ts';

type Json = Record<string, unknown>;

const listOf = (component: string): Json => ({
  type: 'array',
  items: { $ref: `#/components/schemas/${component}` },
});

export const problemComponent: Json = {
  type: 'object',
  description: 'RFC 9457. Programs look at `code`; docs/errors.md says what to do about each. Some codes add members.',
  required: ['type', 'title', 'status', 'code', 'detail', 'instance'],
  additionalProperties: true,
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'The page about the code' },
    title: { type: 'string', description: 'The code in words, German or English by Accept-Language' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(PROBLEMS) },
    detail: { type: 'string', description: 'A sentence about this case in the same language, without personal data' },
    instance: { type: 'string', format: 'uri', description: 'The request id; the operator finds its log lines by it' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: {
            type: 'string',
            description: 'JSON pointer (RFC 6901) into the body, or `/query/` and the name of a parameter',
          },
          detail: { type: 'string', description: 'What is wrong there; never repeats what was sent' },
        },
      },
    },
    withheld: {
      type: 'array',
      description: 'With `consent-missing`: what stays, and why',
      // As Withheld, but that a request which may not be asked is about no entry.
      items: {
        type: 'object',
        required: ['category', 'reasons'],
        properties: {
          entryId: { $ref: '#/components/schemas/Id', description: 'Absent where a request may not be asked' },
          category: { $ref: '#/components/schemas/Category' },
          reasons: { $ref: '#/components/schemas/Withheld/properties/reasons' },
        },
      },
    },
    missingCore: { ...listOf('Category'), description: 'With `consent-missing`: what the kind is not sent without' },
    needed: {
      ...listOf('Needed'),
      description: 'With `consent-missing`: what would have to be said or agreed for all of it to go',
    },
  },
};

const LANGUAGE: Json = { 'Content-Language': { schema: { enum: ['en', 'de'] }, description: 'Of title and details' } };

/** Both are on every answer to a caller who is known; written out once, for all of them. */
export const rateHeaders: Json = {
  RateLimit: {
    description: 'What is left: `r` requests for the next `t` seconds (draft-ietf-httpapi-ratelimit-headers)',
    schema: { type: 'string' },
    example: '"caller";r=599;t=60',
  },
  RateLimitPolicy: {
    description: 'What may be sent: `q` requests in `w` seconds, of one agency and of strangers at one address',
    schema: { type: 'string' },
    example: '"caller";q=600;w=60, "address";q=300;w=60',
  },
};

export const RATE_HEADERS: Json = {
  RateLimit: { $ref: '#/components/headers/RateLimit' },
  'RateLimit-Policy': { $ref: '#/components/headers/RateLimitPolicy' },
};

/** Answers given before an operation is asked: about the request as it came, and about its body. */
const REQUEST_PROBLEMS: readonly ProblemCode[] = ['request-timeout', 'headers-too-large'];
export const BODY_PROBLEMS: readonly ProblemCode[] = ['body-too-large', 'media-type-unsupported'];

export class ProblemResponses {
  readonly components: Record<string, Json> = {};
  readonly examples: Record<string, Json> = {};

  /** The responses of an operation for its problems, by status, and `default`. */
  of(operation: Operation): Record<string, Json> {
    return this.ofCodes([...problemsOf(operation), ...(operation.body ? BODY_PROBLEMS : [])]);
  }

  /** The same for problems that are named. */
  ofCodes(named: readonly ProblemCode[]): Record<string, Json> {
    const codes = [...named.filter((code) => !BODY_PROBLEMS.includes(code)), ...REQUEST_PROBLEMS];
    codes.push(...named.filter((code) => BODY_PROBLEMS.includes(code)));
    const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
    const responses = [...byStatus]
      .sort(([one], [other]) => one - other)
      .map(([status, ofStatus]) => [String(status), this.#share(`Status${status}`, status, ofStatus)]);
    return { ...Object.fromEntries(responses), default: this.anyProblem() };
  }

  anyProblem(): Json {
    this.components.AnyProblem ??= {
      description: 'Any other problem',
      headers: LANGUAGE,
      content: this.#content(['internal']),
    };
    return { $ref: '#/components/responses/AnyProblem' };
  }

  overloaded(): Json {
    return this.#share('Status503', 503, ['overloaded']);
  }

  #share(base: string, status: number, codes: readonly ProblemCode[]): Json {
    const common: readonly string[] = [...COMMON_PROBLEMS, ...REQUEST_PROBLEMS, ...BODY_PROBLEMS];
    const name =
      base +
      codes
        .filter((code) => !common.includes(code))
        .map(pascalCase)
        .join('');
    const mayRetry = status === 429 || status === 503 || codes.includes('idempotency-in-flight');
    this.components[name] ??= {
      description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('\n\n'),
      headers: {
        ...LANGUAGE,
        ...(status === 401 ? { 'WWW-Authenticate': { schema: { type: 'string' } } } : {}),
        ...(mayRetry ? { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds' } } : {}),
        ...(status === 429 ? RATE_HEADERS : {}),
      },
      content: this.#content(codes),
    };
    return { $ref: `#/components/responses/${name}` };
  }

  /** With an answer of each code as it is sent. */
  #content(codes: readonly ProblemCode[]): Json {
    for (const code of codes) {
      this.examples[code] ??= { summary: PROBLEMS[code].title, value: problemExample(code, 'en') };
    }
    return {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
      },
    };
  }
}

const pascalCase = (code: string): string =>
  code.replaceAll(/(?:^|-)(\w)/g, (_match, letter: string) => letter.toUpperCase());
