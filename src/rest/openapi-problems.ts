/** The problems of an operation as responses, grouped by status; each group that several operations share stands once. */

import { COMMON_PROBLEMS, type Operation } from '../contract/operation.ts';
import { problemType } from '../contract/problem-texts.ts';
import { PROBLEMS, type ProblemCode } from '../domain/problem.ts';

type Json = Record<string, unknown>;

const EXAMPLE_REQUEST_ID = '0198c0de-0000-4000-8000-000000000000';

const listOf = (component: string): Json => ({
  type: 'array',
  items: { $ref: `#/components/schemas/${component}` },
});

export const problemComponent: Json = {
  type: 'object',
  description: 'RFC 9457. Programs look at `code`; docs/errors.md says what to do about each. Some codes add members.',
  required: ['type', 'title', 'status', 'code', 'detail', 'instance'],
  properties: {
    type: { type: 'string', format: 'uri-reference', description: 'The page about the code' },
    title: { type: 'string', description: 'German or English, by Accept-Language' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(PROBLEMS) },
    detail: { type: 'string', description: 'A sentence about this case, without personal data' },
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
    withheld: { ...listOf('Withheld'), description: 'With `consent-missing`: what stays, and why' },
    missingCore: { ...listOf('Category'), description: 'With `consent-missing`: what the kind is not sent without' },
    needed: {
      ...listOf('Needed'),
      description: 'With `consent-missing`: what would have to be said or agreed for all of it to go',
    },
  },
};

/** Answers Fastify gives for bodies alone. */
const BODY_PROBLEMS: readonly ProblemCode[] = ['body-too-large', 'media-type-unsupported'];

export class ProblemResponses {
  readonly components: Record<string, Json> = {};

  /** The responses of an operation for its problems, by status, and `default`. */
  of(operation: Operation): Record<string, Json> {
    const codes = [...COMMON_PROBLEMS, ...(operation.body ? BODY_PROBLEMS : []), ...operation.problems];
    const byStatus = Map.groupBy(codes, (code) => PROBLEMS[code].status);
    const responses = [...byStatus]
      .sort(([one], [other]) => one - other)
      .map(([status, ofStatus]) => [String(status), this.#share(`Status${status}`, status, ofStatus)]);
    return { ...Object.fromEntries(responses), default: this.anyProblem() };
  }

  anyProblem(): Json {
    this.components.AnyProblem ??= { description: 'Any other problem', content: problemContent('internal') };
    return { $ref: '#/components/responses/AnyProblem' };
  }

  overloaded(): Json {
    return this.#share('Status503', 503, ['overloaded']);
  }

  #share(base: string, status: number, codes: readonly ProblemCode[]): Json {
    const common: readonly string[] = [...COMMON_PROBLEMS, ...BODY_PROBLEMS];
    const name =
      base +
      codes
        .filter((code) => !common.includes(code))
        .map(pascalCase)
        .join('');
    const mayRetry = status === 429 || status === 503;
    this.components[name] ??= {
      description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('\n\n'),
      ...(status === 401 ? { headers: { 'WWW-Authenticate': { schema: { type: 'string' } } } } : {}),
      ...(mayRetry ? { headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds' } } } : {}),
      content: problemContent(codes[0]!),
    };
    return { $ref: `#/components/responses/${name}` };
  }
}

const pascalCase = (code: string): string =>
  code.replaceAll(/(?:^|-)(\w)/g, (_match, letter: string) => letter.toUpperCase());

function problemContent(code: ProblemCode): Json {
  return {
    'application/problem+json': {
      schema: { $ref: '#/components/schemas/Problem' },
      example: {
        type: problemType(code),
        title: PROBLEMS[code].title,
        status: PROBLEMS[code].status,
        code,
        detail: 'A sentence about this case.',
        instance: `urn:uuid:${EXAMPLE_REQUEST_ID}`,
      },
    },
  };
}
