/** schema.graphql with a resolver for each operation of the table, all made by the same function. */
import { readFileSync } from 'node:fs';
import { buildSchema, type GraphQLField, type GraphQLResolveInfo, type GraphQLSchema } from 'graphql';
import type { ConditionHeaders } from '../contract/conditions.ts';
import type { Operation } from '../contract/operation.ts';
import { OPERATIONS } from '../contract/operations.ts';
import {
  type Handlers,
  type OperationHandler,
  runOperation,
  type UncheckedInput,
  unwatched,
  type WatchOperation,
} from '../contract/run.ts';
import type { Caller } from '../domain/permission.ts';
import { isProblem } from '../domain/problem.ts';
import { ProblemError } from './errors.ts';
import { withoutAbsent } from './inputs.ts';

export interface OperationContext {
  caller: Caller;
  /** What the header Idempotency-Key says to a field, by its response name. */
  keyOf(responseName: string): ConditionHeaders;
  /** Whether each field was answered before; filled while the document is executed. */
  replays: boolean[];
}

export const schemaText = (): string => readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');

/** The operation behind each field of Query and Mutation. Their names differ, which a test holds. */
export const OPERATION_OF_FIELD: ReadonlyMap<string, Operation> = new Map<string, Operation>(
  OPERATIONS.map((operation) => [operation.graphql.field, operation]),
);

/** Throws when an operation has no field in schema.graphql. */
export function buildOperationSchema(handlers: Handlers, watch: WatchOperation = unwatched): GraphQLSchema {
  const schema = buildSchema(schemaText());
  for (const operation of OPERATIONS) {
    const { type, field } = operation.graphql;
    const root = type === 'query' ? schema.getQueryType() : schema.getMutationType();
    const definition = root?.getFields()[field];
    if (!definition) throw new Error(`schema.graphql has no ${type} ${field}`);
    definition.resolve = resolverOf(operation, handlers[operation.id], definition, watch);
  }
  return schema;
}

function resolverOf(
  operation: Operation,
  handler: OperationHandler,
  field: GraphQLField<unknown, OperationContext>,
  watch: WatchOperation,
) {
  const inputType = field.args.find((argument) => argument.name === 'input')?.type;
  const inputOf = (given: Record<string, unknown>): UncheckedInput => ({
    params: membersOf(operation.params, given),
    query: membersOf(operation.query, given),
    body: inputType && operation.body ? withoutAbsent(inputType, operation.body, given.input ?? undefined) : undefined,
  });
  return async (
    _root: unknown,
    given: Record<string, unknown>,
    context: OperationContext,
    info: GraphQLResolveInfo,
  ): Promise<unknown> => {
    const headers = operation.graphql.type === 'mutation' ? context.keyOf(responseNameOf(info)) : {};
    const run = () => runOperation(operation, handler, context.caller, inputOf(given), headers);
    const { output, replayed } = await watch('graphql', operation, run);
    context.replays.push(replayed);
    if (isProblem(output)) throw new ProblemError(output);
    return output;
  };
}

const responseNameOf = ({ fieldNodes: [node] }: GraphQLResolveInfo): string => node!.alias?.value ?? node!.name.value;

/** The arguments that the schema names; a null is left out. */
function membersOf(schema: Operation['params'], given: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(schema?.shape ?? {});
  return Object.fromEntries(names.filter((name) => given[name] != null).map((name) => [name, given[name]]));
}
