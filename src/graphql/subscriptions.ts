/** The protocol graphql-transport-ws on an open socket: who it is, what is subscribed to, and every refusal as our problems. */
import type { FastifyRequest } from 'fastify';
import {
  type ExecutionArgs,
  type ExecutionResult,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLFormattedError,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
  validate,
} from 'graphql';
import { makeServer, type Server } from 'graphql-ws';
import type { Caller } from '../domain/permission.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import type { RateLimits } from '../rest/rate-limit.ts';
import { type GraphqlRequest, readGraphqlRequest } from './document.ts';
import { ProblemError, problemOf, socketErrors } from './errors.ts';
import { measure } from './limits.ts';
import type { Known } from './pointers.ts';
import { validationProblem } from './validation.ts';
import { variablesProblem } from './variables.ts';

const MOST_SUBSCRIPTIONS = 10;
/** How long a socket may stay nobody's. */
const INIT_WITHIN_MS = 3_000;

/** What is known of an open socket. */
export interface Connection {
  /** Of the upgrade. */
  request: FastifyRequest;
  /** Who it is, by the header of the upgrade, or else by what the first message says; null: refused, and closing. */
  callerOf(authorization: string | undefined): Promise<Caller | null>;
  /** Told of each problem right before it is sent. */
  refused(problem: Problem): void;
}

/** What a subscription is resolved with. */
export interface SubscriptionContext {
  caller: Caller;
  request: FastifyRequest;
}

/** The library's context, with what we need of it. */
interface Given {
  extra: Connection;
  subscriptions: Record<string, unknown>;
}

export function createSubscriptions(known: Known, limits: RateLimits): Server<Connection> {
  const callers = new WeakMap<Connection, Caller>();

  async function prepare({ extra, subscriptions }: Given, payload: unknown): Promise<ExecutionArgs | Problem> {
    const caller = callers.get(extra)!;
    // Before anything is waited for: those that come after it are not counted against it.
    const isOneTooMany = Object.keys(subscriptions).length > MOST_SUBSCRIPTIONS;
    const { refusal } = await limits.ofCaller(caller, 1);
    if (refusal || isOneTooMany) return refusal ?? tooMany;
    const sent = readGraphqlRequest(payload);
    if (isProblem(sent)) return sent;
    const refused = problemWith(sent, known);
    if (refused) return refused;
    return {
      schema: known.schema,
      document: sent.document,
      operationName: sent.operation.name?.value,
      variableValues: sent.variables,
      contextValue: { caller, request: extra.request } satisfies SubscriptionContext,
    };
  }

  return makeServer<Record<string, unknown>, Connection>({
    connectionInitWaitTimeout: INIT_WITHIN_MS,
    // False closes the socket once more, which is nothing to a socket that closes.
    onConnect: async ({ extra, connectionParams }) => {
      const caller = await extra.callerOf(authorizationIn(connectionParams));
      if (caller !== null) callers.set(extra, caller);
      return caller !== null;
    },
    onSubscribe: async (context, _id, payload) => {
      const prepared = await prepare(context, payload).catch((error: unknown) =>
        problemOf(error, context.extra.request),
      );
      return isProblem(prepared) ? [asError(prepared)] : prepared;
    },
    onNext: ({ extra }, _id, _payload, _args, result) => {
      if (result.errors !== undefined) return asSent(result, extra);
    },
    onError: ({ extra }, _id, _payload, errors) => {
      for (const error of errors) {
        if (error.originalError instanceof ProblemError) extra.refused(error.originalError.problem);
      }
      return socketErrors(errors, extra.request) as GraphQLFormattedError[];
    },
  });
}

const asError = (refused: Problem): GraphQLError =>
  new GraphQLError(refused.problem, { originalError: new ProblemError(refused) });

const asSent = ({ data = null, errors = [] }: ExecutionResult, { request }: Connection) => ({
  data,
  errors: socketErrors(errors, request) as GraphQLFormattedError[],
});

/** Of whatever case: some clients write the member as the header is written. */
function authorizationIn(payload: Record<string, unknown> | undefined): string | undefined {
  const [, value] = Object.entries(payload ?? {}).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  return typeof value === 'string' ? value : undefined;
}

function problemWith(sent: GraphqlRequest, known: Known): Problem | undefined {
  if (sent.operation.operation !== OperationTypeNode.SUBSCRIPTION) return subscriptionsAlone;
  const size = measure(known.schema, sent);
  if (isProblem(size)) return size;
  if (isConditional(sent.operation.selectionSet, sent)) return conditional;
  const variables = variablesProblem(sent, known);
  if (variables) return variables;
  const errors = validate(known.schema, sent.document);
  return errors.length > 0 ? validationProblem(sent.document, errors, known) : undefined;
}

/** A subscription whose one field may be left out is none (GraphQL section 5.2.4.1); the library would fail at it. */
function isConditional({ selections }: SelectionSetNode, sent: GraphqlRequest): boolean {
  return selections.some((one) => {
    if ((one.directives?.length ?? 0) > 0) return true;
    if (one.kind === Kind.INLINE_FRAGMENT) return isConditional(one.selectionSet, sent);
    if (one.kind !== Kind.FRAGMENT_SPREAD) return false;
    const fragment = sent.document.definitions.find(
      (other): other is FragmentDefinitionNode =>
        other.kind === Kind.FRAGMENT_DEFINITION && other.name.value === one.name.value,
    );
    return fragment !== undefined && isConditional(fragment.selectionSet, sent);
  });
}

const tooMany = problem(
  'rate-limited',
  `A socket carries at most ${MOST_SUBSCRIPTIONS} subscriptions at once. Complete one of them first.`,
  { extra: { retryAfterSeconds: 1 } },
);

const subscriptionsAlone = problem(
  'bad-request',
  'Over a WebSocket there are subscriptions alone; send queries and mutations by POST.',
);

const conditional = problem('bad-request', 'The field of a subscription has no directives.');
