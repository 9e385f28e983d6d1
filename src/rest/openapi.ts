/** The description of the REST door, made from the table that the door itself is made from. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import type { Operation } from '../contract/operation.ts';
import { OPERATIONS } from '../contract/operations.ts';
import { isBodyOptional } from '../contract/run.ts';
import { SCOPES, type Scope } from '../domain/permission.ts';
import { CASEWORKER_HEADER } from './http.ts';
import {
  ANSWER_HEADERS,
  answerHeaders,
  CONDITION_PARAMETERS,
  conditionParameters,
  notModified,
} from './openapi-headers.ts';
import { ProblemResponses, problemComponent, RATE_HEADERS, rateHeaders } from './openapi-problems.ts';
import { SchemaCollection } from './openapi-schemas.ts';
import { BULK_TAG, streamPaths } from './openapi-streams.ts';
import { representationsOf } from './representations.ts';

type Json = Record<string, unknown>;

const SCOPE_TEXTS: Record<Scope, string> = {
  'laufzettel:read': 'Read clients, entries, Laufzettel and forwardings',
  'laufzettel:write':
    'Open and erase clients, write and correct entries and Laufzettel, ask for one, preview, forward, take its steps',
  'consent:read': 'Read statements, releases, consent texts, proposals, links and disclosures',
  'consent:write':
    'Make consent texts, record statements and releases, propose and confirm them, link clients by a code',
  'agency:admin': "The agency's own agreements, and the keys of its systems",
  'exchange:admin': 'Agencies, systems and agreements of the exchange; never personal data',
  'audit:read': 'Who received what: disclosures, and the hops of entries',
};

const TAGS: Record<string, string> = {
  Agencies: 'Who takes part, and with which systems.',
  Agreements: 'What agencies agreed to share at all.',
  Clients: 'Your own handles on people.',
  Consent: 'What people said about sharing, and releases from professional secrecy.',
  Proposals: 'A yes that another agency has to confirm.',
  Entries: 'Personal data, one category each.',
  Laufzettel: 'Routing slips.',
  Forwardings: 'What goes to another agency, and what comes of it.',
  Closures: 'What you owe an answer for, because it has ended.',
  Requests: 'Asking another agency for a Laufzettel.',
  Events: 'What you are told of, in order and without gaps.',
  Webhooks: 'The same, pushed to an address of yours.',
  [BULK_TAG]: 'A whole file of operations in, and all of your own out, as lines of JSON; over HTTP alone.',
  Plans: 'Förderplan and Berufswegeplanung, which two agencies write together.',
  Conferences: 'Case conferences (Fallbesprechungen) of two agencies, over what both may know.',
  Rounds: 'What an agreement’s rhythm (Turnus) brings up: reports by ids and counts.',
  Health: 'For load balancers and operators.',
};

/** What holds for every operation, for somebody who has not read anything else. */
const INTRODUCTION = [
  "No personal data leaves an agency without the client's consent. The same operations are at `/graphql`, described by `schema.graphql`; `docs/integrate.md` goes from a key pair to the first answer.",
  'Ids are UUIDs, instants RFC 3339 in UTC, days `YYYY-MM-DD` of Europe/Berlin. Lists have `items` and `nextCursor`, which is null at the end.',
  'An error is a problem of RFC 9457: your program looks at `code`, [each is explained](/docs/errors), `detail` is for people, in German by `Accept-Language: de`. An id of somebody else is the same 404 as one that does not exist.',
  'Send an `Idempotency-Key` with every POST: the same request again then has no second effect. A change of what others change too names the version that you have seen, as `expectedVersion` or by `If-Match`.',
].join('\n\n');

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version;

/** OpenAPI 3.1. The same object in every run, so that openapi.yaml can be compared with it. */
export function openApiDocument(): object {
  const schemas = new SchemaCollection();
  const problems = new ProblemResponses();
  const parameters: Record<string, Json> = { caseworker: CASEWORKER, ...CONDITION_PARAMETERS };
  const paths: Record<string, Json> = {};
  for (const operation of OPERATIONS) {
    const method = operation.method.toLowerCase();
    const described = describe(operation, { schemas, problems, parameters });
    paths[operation.path] = { ...paths[operation.path], [method]: described };
  }
  Object.assign(paths, streamPaths(schemas, problems), healthPaths(problems));
  const components = { Problem: problemComponent, ...schemas.components };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Laufzettel',
      version: version(),
      summary: 'Routing slips between a Jobcenter and counselling centres',
      description: INTRODUCTION,
      license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
    },
    servers: [{ url: '/', description: 'The service that this description came from' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        // First, for the reference page: a token can be pasted there, a private key cannot.
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token that you have got already; it needs the same scopes.',
        },
        oauth2: {
          type: 'oauth2',
          description: 'Client credentials with `private_key_jwt` (RFC 7523), at the built-in issuer or your own.',
          flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: scopeTexts() } },
        },
      },
      examples: sorted(problems.examples),
      parameters: sorted(parameters),
      headers: { ...ANSWER_HEADERS, ...rateHeaders },
      responses: sorted(problems.components),
      schemas: sorted(components),
    },
  };
}

const scopeTexts = (): Json => Object.fromEntries(SCOPES.map((scope) => [scope, SCOPE_TEXTS[scope]]));
const sorted = (members: Json): Json =>
  Object.fromEntries(Object.entries(members).sort(([one], [other]) => (one < other ? -1 : 1)));

const CASEWORKER: Json = {
  name: CASEWORKER_HEADER,
  in: 'header',
  description: 'Pseudonym of the caseworker, for the audit; never a name',
  schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
};

interface Collections {
  schemas: SchemaCollection;
  problems: ProblemResponses;
  parameters: Record<string, Json>;
}

function describe(operation: Operation, { schemas, problems, parameters }: Collections): Json {
  const { body, example } = operation;
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(operation.description ? { description: operation.description } : {}),
    // One of these is enough.
    security: [
      { token: [] },
      ...operation.scopes.map((scope) => ({ oauth2: operation.also ? [scope, operation.also] : [scope] })),
    ],
    parameters: [
      ...pathParameters(operation, schemas),
      ...queryParameters(operation, schemas, parameters),
      ...conditionParameters(operation),
      { $ref: '#/components/parameters/caseworker' },
    ],
    ...(body
      ? {
          requestBody: {
            required: !isBodyOptional(operation),
            content: { 'application/json': { schema: schemas.input(body), example: example.body } },
          },
        }
      : {}),
    responses: {
      [operation.status]: {
        description: operation.status === 201 ? 'Recorded' : 'The answer',
        headers: { ...RATE_HEADERS, ...answerHeaders(operation) },
        content: { 'application/json': { schema: schemas.output(operation.output) }, ...otherForms(operation) },
      },
      ...notModified(operation),
      ...problems.of(operation),
    },
  };
}

/** What is answered in another form than JSON, by Accept. */
const otherForms = (operation: Operation): Json =>
  Object.fromEntries(
    representationsOf(operation).map(({ mediaType, description }) => [
      mediaType,
      { schema: { type: 'string', description } },
    ]),
  );

function pathParameters({ params, example }: Operation, schemas: SchemaCollection): Json[] {
  return Object.entries(params?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'path',
    required: true,
    schema: schemas.input(schema as z.ZodType),
    example: example.params?.[name],
  }));
}

/** What several operations take alike is one parameter; another of the same name stands with its operation. */
function queryParameters({ query }: Operation, schemas: SchemaCollection, known: Record<string, Json>): Json[] {
  return Object.entries(query?.shape ?? {}).map(([name, member]) => {
    const { description, ...schema } = schemas.input(member as z.ZodType);
    const parameter = { name, in: 'query', ...(description ? { description } : {}), schema };
    known[name] ??= parameter;
    const isShared = JSON.stringify(known[name]) === JSON.stringify(parameter);
    return isShared ? { $ref: `#/components/parameters/${name}` } : parameter;
  });
}

/** Beside the table, for they are of this process and not of the exchange: see health.ts. */
function healthPaths(problems: ProblemResponses): Json {
  const probe = (operationId: string, summary: string, status: string, refusals: Json = {}): Json => ({
    get: {
      operationId,
      tags: ['Health'],
      summary,
      security: [],
      responses: {
        200: {
          description: 'Yes',
          content: {
            'application/json': {
              schema: { type: 'object', required: ['status'], properties: { status: { const: status } } },
            },
          },
        },
        '4XX': problems.anyProblem(),
        ...refusals,
        default: problems.anyProblem(),
      },
    },
  });
  return {
    '/healthz': probe('isAlive', 'Whether the process lives', 'alive'),
    '/readyz': probe('isReady', 'Whether requests can be served now', 'ready', { 503: problems.overloaded() }),
  };
}
