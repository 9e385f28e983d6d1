/** What validation found wrong with a document, without the values that it holds and without guesses at our schema. */
import type { ASTNode, DocumentNode, GraphQLError } from 'graphql';
import type { Operation } from '../contract/operation.ts';
import { type FieldError, type Problem, problem } from '../domain/problem.ts';
import { pointerTo } from './pointers.ts';

const MAX_ERRORS = 20;

/** Messages that hold names only. Any other may hold a value, and is replaced. */
const NAMES_ONLY =
  /^(?:Cannot query field|Unknown (?:argument|type|fragment|directive)|Field "\w+" (?:argument|must|of type)|Fragment|Argument|Variable "\$\w+" (?:is never used|is not defined|of type)|Cannot spread|Fields "\w+" conflict|There can be only one|Maximum introspection depth)/;

/** A member that is not there is told of at its object; its name would lead to guesses, and is the caller's. */
export function validationProblem(
  document: DocumentNode,
  errors: readonly GraphQLError[],
  operationOf: ReadonlyMap<string, Operation>,
): Problem {
  const fields = errors.slice(0, MAX_ERRORS).map((error): FieldError => {
    const node = error.nodes?.[0];
    const place = error.locations?.[0];
    return {
      pointer: node ? pointerTo(document, operationOf, (one) => isSame(one, node)) : '',
      detail: `${sentence(error.message)} (line ${place?.line ?? 1}, column ${place?.column ?? 1})`,
    };
  });
  return problem('bad-request', 'The document does not fit the schema; see errors.', { errors: fields });
}

/** Mercurius parses the document again, so its nodes are others in the same place. */
const isSame = (one: ASTNode, other: ASTNode): boolean =>
  one.kind === other.kind && one.loc?.start === other.loc?.start;

function sentence(message: string): string {
  if (!NAMES_ONLY.test(message)) return 'This does not fit the schema';
  return message.replace(/ Did you mean .*$/s, '').replace(/[.\s]+$/, '');
}
