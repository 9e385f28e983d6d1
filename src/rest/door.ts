/** The REST door: a route for each operation of the table, and nothing that is not in the table. */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { answerSchema } from '../contract/answer-schema.ts';
import type { Operation } from '../contract/operation.ts';
import { OPERATIONS } from '../contract/operations.ts';
import { type OperationHandler, runOperation, unwatched, type WatchOperation } from '../contract/run.ts';
import { isProblem } from '../domain/problem.ts';
import { BULK_PATH, bulk } from './bulk.ts';
import { EXPORT_PATH, exportRoute } from './export.ts';
import {
  answerErrors,
  answerUnknownPaths,
  authenticateCallers,
  boundUrls,
  callerOf,
  type HttpDoorOptions,
  markAnswers,
  readJsonOnly,
  refuseOtherMethods,
} from './http.ts';
import { conditionHeadersOf, headAnswer, ifNoneMatchProblem } from './preconditions.ts';
import { answerProblem, problemSchema } from './problem-answer.ts';
import { chosenRepresentation, sendAs } from './representations.ts';

const PREFIX = '/v1';

/** Register it without a prefix of its own; the paths of the table begin with /v1. */
export const restDoor: FastifyPluginAsync<HttpDoorOptions> = async (fastify, options) => {
  await fastify.register(
    async (door) => {
      readJsonOnly(door);
      markAnswers(door, options.limits);
      boundUrls(door, answerProblem);
      answerErrors(door, answerProblem);
      answerUnknownPaths(door, answerProblem);
      await door.register(async (routes) => addOperations(routes, options));
      await door.register(addRefusals);
    },
    { prefix: PREFIX },
  );
};

async function addOperations(routes: FastifyInstance, options: HttpDoorOptions): Promise<void> {
  authenticateCallers(routes, options, answerProblem);
  const { handlers, watch = unwatched } = options;
  for (const operation of OPERATIONS) addOperation(routes, operation, handlers[operation.id], watch);
  await addStreams(routes, options);
}

function addOperation(
  routes: FastifyInstance,
  operation: Operation,
  handler: OperationHandler,
  watch: WatchOperation,
): void {
  routes.route({
    method: operation.method,
    url: routeOf(operation),
    // A status without a schema would be sent unfiltered, hence `default`.
    schema: { response: { [operation.status]: answerSchema(operation.output), default: problemSchema } },
    handler: async (request, reply) => {
      const unreadable = ifNoneMatchProblem(operation, request);
      if (unreadable !== null) return answerProblem(reply, unreadable);
      const { params, query, body } = request;
      const input = { params, query, body };
      const representation = chosenRepresentation(operation, request, reply);
      // An ETag is that of the JSON.
      const conditions = { ...conditionHeadersOf(request), ...(representation && { wantsTag: false }) };
      const run = () => runOperation(operation, handler, callerOf(request), input, conditions);
      const answer = await watch('rest', operation, run);
      // Whoever has this view already was checked and audited like everybody else.
      if (headAnswer(operation, answer, reply)) return reply.code(304).send();
      const { output } = answer;
      if (isProblem(output)) return answerProblem(reply, output);
      reply.code(operation.status);
      return representation === null ? reply.send(output) : sendAs(reply, representation, output);
    },
  });
}

/** `/v1/clients/{clientId}` → `/clients/:clientId` */
const routeOf = (operation: Operation): string => operation.path.slice(PREFIX.length).replaceAll(/\{(\w+)\}/g, ':$1');

/** What is not of the table, for it is HTTP's alone. */
async function addStreams(routes: FastifyInstance, options: HttpDoorOptions): Promise<void> {
  const { exporting } = options;
  await routes.register(bulk, options);
  if (exporting !== undefined) await routes.register(exportRoute, { ...options, exporting });
}

async function addRefusals(routes: FastifyInstance): Promise<void> {
  for (const [url, operations] of Map.groupBy<string, Operation>(OPERATIONS, routeOf)) {
    const methods = operations.map((operation) => operation.method);
    refuseOtherMethods(routes, url, methods, answerProblem, { response: { default: problemSchema } });
  }
  refuseOtherMethods(routes, BULK_PATH, ['POST'], answerProblem, { response: { default: problemSchema } });
  refuseOtherMethods(routes, EXPORT_PATH, ['GET'], answerProblem, { response: { default: problemSchema } });
}
