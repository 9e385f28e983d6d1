/**
 * Checks variables against their types before GraphQL does, whose own messages repeat the value that is wrong.
 */
import {
  coerceInputValue,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  Kind,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';
import { type FieldError, type Problem, problem } from '../domain/problem.ts';
import type { GraphqlRequest } from './document.ts';
import { type Known, pointerTo } from './pointers.ts';

const MAX_ERRORS = 100;

/** The problem with the variables, or undefined. A type that is not in the schema is left to validation. */
export function variablesProblem(request: GraphqlRequest, known: Known): Problem | undefined {
  const errors = (request.operation.variableDefinitions ?? []).flatMap((definition) => {
    const found = errorsOf(known.schema, definition, request.variables);
    if (found.length === 0) return [];
    const name = definition.variable.name.value;
    const prefix = pointerTo(
      request.document,
      known,
      // Not where it is declared, but where it is used.
      (node, parent) => node.kind === Kind.VARIABLE && node.name.value === name && parent !== definition,
    );
    return found.map(({ pointer, detail }) => ({ pointer: prefix + pointer, detail }));
  });
  if (errors.length === 0) return undefined;
  return problem('bad-request', 'Some of what you sent does not have the form that is needed; see errors.', {
    errors: errors.slice(0, MAX_ERRORS),
  });
}

function errorsOf(
  schema: GraphQLSchema,
  definition: VariableDefinitionNode,
  variables: Record<string, unknown>,
): FieldError[] {
  const type = typeFromAST(schema, definition.type as never);
  const name = definition.variable.name.value;
  if (!type || !isInputType(type)) return [];
  if (!Object.hasOwn(variables, name)) {
    return isNonNullType(type) && !definition.defaultValue ? [{ pointer: '', detail: 'is required' }] : [];
  }
  const errors: FieldError[] = [];
  coerceInputValue(variables[name], type, (path, _value, error) => {
    if (errors.length < MAX_ERRORS) errors.push(inOurWords(type, path, error.message));
  });
  return errors;
}

/** GraphQL's message is looked at for its kind alone, and for the name of a member of ours that is missing. */
function inOurWords(type: GraphQLInputType, path: readonly (string | number)[], message: string): FieldError {
  const pointer = path.map((step) => `/${step}`).join('');
  const missing = /^Field "(\w+)" of required type/.exec(message)?.[1];
  if (missing) return { pointer: `${pointer}/${missing}`, detail: 'is required' };
  const expected = typeAt(type, path);
  if (isInputObjectType(expected) && / is not defined by type /.test(message)) {
    const known = Object.keys(expected.getFields()).join(', ');
    return { pointer, detail: `has a member that is not known here; known are ${known}` };
  }
  if (isEnumType(expected)) {
    const names = expected.getValues().map((value) => value.name);
    return { pointer, detail: `is none of ${names.join(', ')}` };
  }
  return { pointer, detail: `is not of the type ${getNamedType(expected).name}` };
}

function typeAt(type: GraphQLInputType, path: readonly (string | number)[]): GraphQLInputType {
  let current: GraphQLInputType = getNullableType(type);
  for (const step of path) {
    if (isListType(current)) current = getNullableType(current.ofType);
    else if (isInputObjectType(current)) current = getNullableType(current.getFields()[step]?.type ?? current);
  }
  return current;
}
