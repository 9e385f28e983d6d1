/**
 * The GraphQL door: POST /graphql. Mercurius validates, compiles and executes; what comes in is read and bounded here,
 * and every error that goes out is one of our problems.
 */
import type { FastifyError, FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import mercurius from 'mercurius';
import { isProblem } from '../domain/problem.ts';
import {
  answerErrors,
  authenticateCallers,
  boundUrls,
  callerOf,
  type HttpDoorOptions,
  markAnswers,
  readJsonOnly,
  refuseOtherMethods,
  tell,
} from '../rest/http.ts';
import { KEY_HEADER, REPLAYED_HEADER } from '../rest/preconditions.ts';
import { type GraphqlRequest, hasNestedVariable, MAX_CACHED_DOCUMENTS, readGraphqlRequest } from './document.ts';
import { answerGraphqlProblem, executionErrors } from './errors.ts';
import { keysOf } from './keys.ts';
import { measure } from './limits.ts';
import type { Known } from './pointers.ts';
import { buildOperationSchema, OPERATION_OF_FIELD, type OperationContext } from './schema.ts';
import { validationProblem } from './validation.ts';
import { variablesProblem } from './variables.ts';

const PATH = '/graphql';

/** Drops whatever else a library might add to an answer. */
const answer = {
  type: 'object',
  properties: { data: {}, errors: { type: 'array', items: {} } },
} as const;

/** Register it without a prefix. */
export const graphqlDoor: FastifyPluginAsync<HttpDoorOptions> = async (fastify, options) => {
  readJsonOnly(fastify);
  markAnswers(fastify, options.limits);
  boundUrls(fastify, answerGraphqlProblem);
  answerErrors(fastify, answerGraphqlProblem);
  await fastify.register(async (door) => addEndpoint(door, options));
  await fastify.register(async (refusals) =>
    refuseOtherMethods(refusals, PATH, ['POST'], answerGraphqlProblem, { response: { default: answer } }),
  );
};

async function addEndpoint(door: FastifyInstance, options: HttpDoorOptions): Promise<void> {
  const { handlers, limits, watch } = options;
  const schema = buildOperationSchema(handlers, watch);
  const known: Known = { schema, operationOf: OPERATION_OF_FIELD };
  await door.register(mercurius, {
    schema,
    // Its own routes would take batches, and queries in URLs, where they end up in logs.
    routes: false,
    jit: 1,
    cache: MAX_CACHED_DOCUMENTS,
    errorFormatter: (execution, context) => ({
      statusCode: 200,
      response: {
        data: execution.data ?? null,
        // Mercurius' types want GraphQLError; only the wire form of these is ever used.
        errors: executionErrors(execution.errors ?? [], context.reply) as unknown as GraphQLError[],
      },
    }),
  });
  door.graphql.addHook('preExecution', async (_schema, document) =>
    // Mercurius interprets what a hook gives back.
    hasNestedVariable(document) ? { document } : undefined,
  );
  authenticateCallers(door, options, answerGraphqlProblem);
  door.post(PATH, { schema: { response: { 200: answer, default: answer } } }, async (request, reply) => {
    const sent = readGraphqlRequest(request.body);
    if (isProblem(sent)) return answerGraphqlProblem(reply, sent);
    const size = measure(schema, sent);
    if (isProblem(size)) return answerGraphqlProblem(reply, size);
    // The request itself is counted already; each further field of the root is one more.
    const refusal =
      tell(reply, await limits.ofCaller(callerOf(request), Math.max(0, size.rootFields - 1))) ??
      variablesProblem(sent, known);
    if (refusal) return answerGraphqlProblem(reply, refusal);
    return execute(sent, known, request, reply);
  });
}

async function execute(
  sent: GraphqlRequest,
  known: Known,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const key = request.headers[KEY_HEADER]?.toString();
  const context: OperationContext = { caller: callerOf(request), keyOf: keysOf(key, sent), replays: [] };
  try {
    const executed = await reply.graphql(sent.source, context, sent.variables, sent.operation.name?.value);
    if (context.replays.length > 0 && context.replays.every(Boolean)) reply.header(REPLAYED_HEADER, 'true');
    return executed;
  } catch (error) {
    const { code, errors = [] } = error as FastifyError & { errors?: readonly unknown[] };
    const found = errors.filter((one) => one instanceof GraphQLError);
    if (code !== 'MER_ERR_GQL_VALIDATION' || found.length === 0) throw error;
    return answerGraphqlProblem(reply, validationProblem(sent.document, found, known));
  }
}
