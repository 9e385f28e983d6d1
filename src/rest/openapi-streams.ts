/** What is not of the table in the description of the door: what comes and goes as lines of JSON, which is HTTP's alone. */
import { BULK_SCOPES, bulkLine, MOST_LINES } from '../contract/bulk.ts';
import { EXPORT_LINES, EXPORT_SCOPES, exportHead } from '../contract/export.ts';
import { COMMON_PROBLEMS } from '../contract/operation.ts';
import { BULK_TYPES } from './bulk.ts';
import { BODY_LIMIT_BYTES } from './http.ts';
import { BODY_PROBLEMS, type ProblemResponses, RATE_HEADERS } from './openapi-problems.ts';
import type { SchemaCollection } from './openapi-schemas.ts';
import { NDJSON } from './streams.ts';

type Json = Record<string, unknown>;

export const BULK_TAG = 'All at once';

const problem: Json = { $ref: '#/components/schemas/Problem' };
const orNull = (schema: Json): Json => ({ anyOf: [schema, { type: 'null' }] });
const object = (properties: Record<string, Json>, required = Object.keys(properties)): Json => ({
  type: 'object',
  required,
  properties,
});
const count = (description: string): Json => ({ type: 'integer', minimum: 0, description });
const ending = {
  complete: { type: 'boolean', description: 'Whether nothing is missing' },
  problem: orNull(problem),
};

/** Components by which the lines are described. */
const resultLine: Json = {
  description: 'What a line came to; or, as the last one, what all of them came to',
  oneOf: [
    object(
      {
        line: count('Number of the line, from 1 on'),
        key: { type: ['string', 'null'], description: 'Of the line, where it could be read' },
        status: { type: 'integer', description: 'As the operation would answer over REST' },
        replayed: { type: 'boolean', description: 'It had been done before, and nothing happened now' },
        output: { type: 'object', description: 'As the operation answers' },
        problem,
      },
      ['line', 'key', 'status'],
    ),
    object({
      end: object({
        lines: count('Lines that were answered'),
        done: count('Of these, how many succeeded'),
        replayed: count('Of those, how many had been done before'),
        failed: count('How many did not'),
        ...ending,
      }),
    }),
  ],
};

const exportLine = (schemas: SchemaCollection): Json => ({
  description: 'One thing by the name of what it is; or the first line, or the last one',
  oneOf: [
    object({ export: schemas.output(exportHead) }),
    ...Object.entries(EXPORT_LINES).map(([type, { view, says }]) => ({
      ...object({ [type]: schemas.output(view) }),
      description: says,
    })),
    object({
      end: object({
        lines: count('Lines before this one'),
        sha256: { type: 'string', description: 'Of all bytes before this line' },
        ...ending,
      }),
    }),
  ],
});

/** RFC 9512 and its like know no schema for a stream: each line is one of these. */
const linesOf = (component: string, example: readonly Json[]): Json => ({
  schema: {
    type: 'string',
    description: `A line each, and each is a ${component}`,
    contentMediaType: NDJSON,
    contentSchema: { $ref: `#/components/schemas/${component}` },
  },
  example: example.map((line) => `${JSON.stringify(line)}\n`).join(''),
});

const BULK_DESCRIPTION = [
  `Each line is an operation, run as a request of its own would be: by its scopes, its checks, its \`key\` as the Idempotency-Key. They run one after the other; the answer has a line for each, in their order and as soon as each is done, and a last one with \`end\`. Read while you send. An upload counts as one request, has at most ${MOST_LINES} lines of ${BODY_LIMIT_BYTES} bytes, and an agency has at most two at once.`,
  'Wherever an id of your own is expected, `{"$ref": "key of an earlier line"}` stands for what that line made.',
  'Without `"complete": true` in the last line send the whole file again, with the same keys: what was done is answered as before, with `replayed`.',
].join('\n\n');

const EXPORT_DESCRIPTION = [
  'One line for each, of one moment: `asOf` in the first line. The last line says how many there were, with the SHA-256 of all bytes before it; without it, or without `"complete": true`, something is missing. Needs both scopes; an agency has one export at once.',
  'What others disclosed to you is not your own: of forwardings to you there are the headers. Fetch the content, and you are checked as ever.',
].join('\n\n');

export function streamPaths(schemas: SchemaCollection, problems: ProblemResponses): Record<string, Json> {
  schemas.components.BulkLine = schemas.input(bulkLine);
  schemas.components.BulkResult = resultLine;
  schemas.components.ExportLine = exportLine(schemas);
  const common = {
    tags: [BULK_TAG],
    parameters: [{ $ref: '#/components/parameters/caseworker' }],
  };
  const answer = (content: Json): Json => ({
    description: 'Lines of JSON',
    headers: RATE_HEADERS,
    content: { [NDJSON]: content },
  });
  return {
    '/v1/bulk': {
      post: {
        operationId: 'bulk',
        ...common,
        summary: 'Many operations at once, a line each',
        description: BULK_DESCRIPTION,
        security: [{ token: [] }, ...BULK_SCOPES.map((scope) => ({ oauth2: [scope] }))],
        requestBody: {
          required: true,
          content: Object.fromEntries(BULK_TYPES.map((type) => [type, linesOf('BulkLine', EXAMPLE_LINES)])),
        },
        responses: {
          200: answer(linesOf('BulkResult', EXAMPLE_RESULTS)),
          ...problems.ofCodes([...COMMON_PROBLEMS, ...BODY_PROBLEMS]),
        },
      },
    },
    '/v1/export': {
      get: {
        operationId: 'export',
        ...common,
        summary: 'All of your own, as of now',
        description: EXPORT_DESCRIPTION,
        security: [{ token: [] }, { oauth2: EXPORT_SCOPES }],
        responses: {
          200: answer(linesOf('ExportLine', EXAMPLE_EXPORT)),
          ...problems.ofCodes(COMMON_PROBLEMS),
        },
      },
    },
  };
}

const CLIENT = {
  id: '01980000-0000-7000-8000-00000000c001',
  fileReference: 'MB-2026-0815',
  createdAt: '2026-11-27T08:00:00.000Z',
};
const EXAMPLE_LINES: Json[] = [
  { operation: 'createClient', key: 'MB-2026-0815', body: { fileReference: 'MB-2026-0815' } },
  {
    operation: 'addEntry',
    key: 'MB-2026-0815-1',
    params: { clientId: { $ref: 'MB-2026-0815' } },
    body: { category: 'SPRACHE', payload: { erstsprache: 'tr', deutschNiveau: 'A2', dolmetschbedarf: true } },
  },
];
const EXAMPLE_RESULTS: Json[] = [
  { line: 1, key: 'MB-2026-0815', status: 201, replayed: false, output: CLIENT },
  // The entry, of which a whole one would be long here.
  {
    line: 2,
    key: 'MB-2026-0815-1',
    status: 201,
    replayed: false,
    output: { id: '01980000-0000-7000-8000-00000000e001' },
  },
  { end: { lines: 2, done: 2, replayed: 0, failed: 0, complete: true, problem: null } },
];
const EXAMPLE_EXPORT: Json[] = [
  { export: { asOf: '2026-11-27T08:00:00.000Z', agencyId: '01980000-0000-7000-8000-000000000002' } },
  { client: CLIENT },
];
