/**
 * The GraphQL door: POST /graphql. Mercurius validates, compiles and executes; what comes in is read and bounded here,
 * and every error that goes out is one of our problems.
 */
import type { FastifyError, FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import mercurius from 'mercurius';
import type { DoorOptions } from '../contract/run.ts';
import { isProblem } from '../domain/problem.ts';
import {
  answerErrors,
  authenticateCallers,
  callerOf,
  markAnswers,
  readJsonOnly,
  refuseOtherMethods,
} from '../rest/http.ts';
import { type GraphqlRequest, hasNestedVariable, MAX_CACHED_DOCUMENTS, readGraphqlRequest } from './document.ts';
import { answerGraphqlProblem, executionErrors } from './errors.ts';
import { limitProblem } from './limits.ts';
import type { Known } from './pointers.ts';
import { buildOperationSchema, OPERATION_OF_FIELD } from './schema.ts';
import { validationProblem } from './validation.ts';
import { variablesProblem } from './variables.ts';

const PATH = '/graphql';

/** Drops whatever else a library might add to an answer. */
const answer = {
  type: 'object',
  properties: { data: {}, errors: { type: 'array', items: {} } },
} as const;

/** Register it without a prefix. */
export const graphqlDoor: FastifyPluginAsync<DoorOptions> = async (fastify, options) => {
  readJsonOnly(fastify);
  markAnswers(fastify);
  answerErrors(fastify, answerGraphqlProblem);
  await fastify.register(async (door) => addEndpoint(door, options));
  await fastify.register(async (refusals) =>
    refuseOtherMethods(refusals, PATH, ['POST'], answerGraphqlProblem, { response: { default: answer } }),
  );
};

async function addEndpoint(door: FastifyInstance, { authenticate, handlers, watch }: DoorOptions): Promise<void> {
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
  authenticateCallers(door, authenticate, answerGraphqlProblem);
  door.post(PATH, { schema: { response: { 200: answer, default: answer } } }, async (request, reply) => {
    const sent = readGraphqlRequest(request.body);
    if (isProblem(sent)) return answerGraphqlProblem(reply, sent);
    const refusal = limitProblem(schema, sent) ?? variablesProblem(sent, known);
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
  const context = { caller: callerOf(request) };
  try {
    return await reply.graphql(sent.source, context, sent.variables, sent.operation.name?.value);
  } catch (error) {
    const { code, errors = [] } = error as FastifyError & { errors?: readonly unknown[] };
    const found = errors.filter((one) => one instanceof GraphQLError);
    if (code !== 'MER_ERR_GQL_VALIDATION' || found.length === 0) throw error;
    return answerGraphqlProblem(reply, validationProblem(sent.document, found, known));
  }
}
