/** Idempotency-Key at GraphQL: the key of a document is that of its mutation, or a part of that of each of several. */
import { type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import type { ConditionHeaders } from '../contract/conditions.ts';
import type { GraphqlRequest } from './document.ts';

/**
 * A document with one mutation field uses the header as it stands, so that it is the same request as at REST. With several
 * each has a part of it, named as its answer is.
 */
export function keysOf(header: string | undefined, request: GraphqlRequest): (name: string) => ConditionHeaders {
  if (header === undefined) return () => ({});
  const names = rootNames(request);
  return (name) => ({ idempotencyKey: header, ...(names.size === 1 ? {} : { keyPart: name }) });
}

/** Response names of the operation's fields, skipped or not: what a directive says does not change what a key means. */
function rootNames({ document, operation }: GraphqlRequest): Set<string> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const names = new Set<string>();
  const entered = new Set<string>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const one of selections) {
      if (one.kind === Kind.FIELD) names.add(one.alias?.value ?? one.name.value);
      else if (one.kind === Kind.INLINE_FRAGMENT) visit(one.selectionSet);
      else if (!entered.has(one.name.value)) {
        entered.add(one.name.value);
        const fragment = fragments.get(one.name.value);
        if (fragment) visit(fragment.selectionSet);
      }
    }
  };
  visit(operation.selectionSet);
  return names;
}
