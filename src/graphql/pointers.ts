/** Where in an operation's input a value of the document goes: the same JSON pointers that REST uses. */
import { type ASTNode, BREAK, type DocumentNode, Kind, visit } from 'graphql';
import type { Operation } from '../contract/operation.ts';

/** The pointer to the place of the first node that is meant; '' when it is in no argument of an operation. */
export function pointerTo(
  document: DocumentNode,
  operationOf: ReadonlyMap<string, Operation>,
  isMeant: (node: ASTNode, parent: unknown) => boolean,
): string {
  let pointer = '';
  visit(document, {
    enter(node, _key, parent, _path, ancestors) {
      if (!isMeant(node, parent)) return undefined;
      // The ancestors that `visit` names end before the parent.
      pointer = pointerOf(parent ? [...ancestors, parent, node] : [node], operationOf);
      return BREAK;
    },
  });
  return pointer;
}

type Step = ASTNode | readonly ASTNode[];

function pointerOf(chain: readonly Step[], operationOf: ReadonlyMap<string, Operation>): string {
  let operation: Operation | undefined;
  let pointer = '';
  for (const [index, step] of chain.entries()) {
    const [before, after] = [chain[index - 1], chain[index + 1]];
    if (!isNode(step)) {
      if (before && isNode(before) && before.kind === Kind.LIST) pointer += `/${step.indexOf(after as ASTNode)}`;
    } else if (step.kind === Kind.FIELD) [operation, pointer] = [operationOf.get(step.name.value), ''];
    else if (step.kind === Kind.ARGUMENT) pointer = argumentPointer(operation, step.name.value);
    else if (step.kind === Kind.OBJECT_FIELD) pointer += `/${step.name.value}`;
  }
  return pointer;
}

const isNode = (step: Step): step is ASTNode => !Array.isArray(step);

/** Arguments are flat in GraphQL; `input` is the body itself. */
function argumentPointer(operation: Operation | undefined, name: string): string {
  if (operation?.params && name in operation.params.shape) return `/path/${name}`;
  return operation?.query && name in operation.query.shape ? `/query/${name}` : '';
}
