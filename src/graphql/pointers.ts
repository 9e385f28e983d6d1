/**
 * Where in an operation's input a value of the document goes: the same JSON pointers that REST uses. They lead as far as
 * the schema's names do: a name that is not in it is the caller's, and may be personal data.
 */
import {
  type ASTNode,
  BREAK,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  Kind,
  visit,
} from 'graphql';
import type { Operation } from '../contract/operation.ts';

/** What a place in a document is looked up in. */
export interface Known {
  schema: GraphQLSchema;
  operationOf: ReadonlyMap<string, Operation>;
}

/** The pointer to the place of the first node that is meant; '' when it is in no argument of an operation. */
export function pointerTo(
  document: DocumentNode,
  known: Known,
  isMeant: (node: ASTNode, parent: unknown) => boolean,
): string {
  let pointer = '';
  visit(document, {
    enter(node, _key, parent, _path, ancestors) {
      if (!isMeant(node, parent)) return undefined;
      // The ancestors that `visit` names end before the parent.
      pointer = pointerOf(parent ? [...ancestors, parent, node] : [node], known);
      return BREAK;
    },
  });
  return pointer;
}

type Step = ASTNode | readonly ASTNode[];

function pointerOf(chain: readonly Step[], { schema, operationOf }: Known): string {
  let operation: Operation | undefined;
  let type: GraphQLNamedType | undefined;
  let pointer = '';
  for (const [index, step] of chain.entries()) {
    const [before, after] = [chain[index - 1], chain[index + 1]];
    if (!isNode(step)) {
      if (before && isNode(before) && before.kind === Kind.LIST) pointer += `/${step.indexOf(after as ASTNode)}`;
    } else if (step.kind === Kind.FIELD) {
      [operation, type, pointer] = [operationOf.get(step.name.value), undefined, ''];
    } else if (step.kind === Kind.ARGUMENT) {
      type = argumentType(schema, operation, step.name.value);
      pointer = argumentPointer(operation, step.name.value);
    } else if (step.kind === Kind.OBJECT_FIELD) {
      const member = isInputObjectType(type) ? type.getFields()[step.name.value] : undefined;
      if (!member) return pointer;
      type = getNamedType(member.type);
      pointer += `/${member.name}`;
    }
  }
  return pointer;
}

const isNode = (step: Step): step is ASTNode => !Array.isArray(step);

function argumentType(
  schema: GraphQLSchema,
  operation: Operation | undefined,
  name: string,
): GraphQLNamedType | undefined {
  if (!operation) return undefined;
  const root = operation.graphql.type === 'query' ? schema.getQueryType() : schema.getMutationType();
  const argument = root?.getFields()[operation.graphql.field]?.args.find((one) => one.name === name);
  return argument && getNamedType(argument.type);
}

/** Arguments are flat in GraphQL; `input` is the body itself. */
function argumentPointer(operation: Operation | undefined, name: string): string {
  if (operation?.params && Object.hasOwn(operation.params.shape, name)) return `/path/${name}`;
  return operation?.query && Object.hasOwn(operation.query.shape, name) ? `/query/${name}` : '';
}
