/**
 * The GraphQL door: POST /graphql. Mercurius validates, compiles and executes; what comes in is read and bounded here,
 * and every error that goes out is one of our problems. Subscriptions come over a WebSocket at the same address (sockets.ts).
 */
import type { FastifyError, FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import mercurius from 'mercurius';
import type { Caller } from '../domain/permission.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
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
import { SOCKET_PATH } from '../rest/server-options.ts';
import type { EventNews } from '../usecases/ports.ts';
import { AgencySockets } from './agency-sockets.ts';
import { type GraphqlRequest, hasNestedVariable, MAX_CACHED_DOCUMENTS, readGraphqlRequest } from './document.ts';
import { answerGraphqlProblem, executionErrors, problemOf } from './errors.ts';
import { addEventSubscription, lastTold } from './event-subscription.ts';
import { keysOf } from './keys.ts';
import { measure } from './limits.ts';
import type { Known } from './pointers.ts';
import { buildOperationSchema, OPERATION_OF_FIELD, type OperationContext } from './schema.ts';
import { sockets } from './sockets.ts';
import { createSubscriptions } from './subscriptions.ts';
import { validationProblem } from './validation.ts';
import { variablesProblem } from './variables.ts';

const PATH = SOCKET_PATH;

export interface GraphqlDoorOptions extends HttpDoorOptions {
  news: EventNews;
}

/** Drops whatever else a library might add to an answer. */
const answer = {
  type: 'object',
  properties: { data: {}, errors: { type: 'array', items: {} } },
} as const;

/** Register it without a prefix. */
export const graphqlDoor: FastifyPluginAsync<GraphqlDoorOptions> = async (fastify, options) => {
  readJsonOnly(fastify);
  markAnswers(fastify, options.limits);
  boundUrls(fastify, answerGraphqlProblem);
  answerErrors(fastify, answerGraphqlProblem);
  const schema = buildOperationSchema(options.handlers, options.watch);
  const known: Known = { schema, operationOf: OPERATION_OF_FIELD };
  await fastify.register(async (door) => addEndpoint(door, options, known));
  addEventSubscription(schema, options);
  const lastOf = (caller: Caller): Promise<number | Problem> =>
    lastTold(options, caller).catch((error: unknown) => problemOf(error, fastify));
  await fastify.register(sockets, {
    ...options,
    path: PATH,
    subscriptions: createSubscriptions(known, options.limits),
    agencies: new AgencySockets({ news: options.news, lastOf }),
    refusalOf: async (caller) => {
      const last = await lastOf(caller);
      return isProblem(last) ? last : null;
    },
  });
  await fastify.register(async (refusals) =>
    refuseOtherMethods(refusals, PATH, ['POST'], answerGraphqlProblem, { response: { default: answer } }, ['GET']),
  );
};

async function addEndpoint(door: FastifyInstance, options: HttpDoorOptions, known: Known): Promise<void> {
  const { limits } = options;
  const { schema } = known;
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
    if (sent.operation.operation === 'subscription') return answerGraphqlProblem(reply, socketNeeded);
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

const socketNeeded = problem(
  'bad-request',
  'Subscriptions come over a WebSocket: open one at this address with the subprotocol graphql-transport-ws.',
);

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
