/** Reads what was sent to /graphql as one operation, before anything looks at its meaning. */
import {
  BREAK,
  type DocumentNode,
  GraphQLError,
  getOperationAST,
  Kind,
  type ListValueNode,
  type ObjectValueNode,
  type OperationDefinitionNode,
  parse,
  print,
  separateOperations,
  visit,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { isProblem, type Problem, problem } from '../domain/problem.ts';

/** A payload belongs in the variables, which the limit of the body holds; a document is a program and stays short. */
export const MAX_DOCUMENT_CHARACTERS = 20_000;
export const MAX_TOKENS = 2_000;
/** Parsed documents that are kept, here and in mercurius. */
export const MAX_CACHED_DOCUMENTS = 200;

const graphqlBody = z.object({
  query: z.string().min(1).max(MAX_DOCUMENT_CHARACTERS),
  operationName: z.string().max(200).nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

export interface GraphqlRequest {
  /** A document with this operation only. */
  source: string;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  variables: Record<string, unknown>;
}

const cache = new LRUCache<string, DocumentNode>({ max: MAX_CACHED_DOCUMENTS });
const nested = new WeakMap<DocumentNode, boolean>();

/**
 * Whether a variable stands inside a list or an object of the document, rather than for a whole argument. The compiler
 * loses such a variable when it is inside a JSON scalar, without a word: such documents are never compiled.
 */
export function hasNestedVariable(document: DocumentNode): boolean {
  const known = nested.get(document);
  if (known !== undefined) return known;
  let found = false;
  const look = (node: ObjectValueNode | ListValueNode) => {
    visit(node, {
      Variable() {
        found = true;
        return BREAK;
      },
    });
    return found ? BREAK : false;
  };
  visit(document, { ObjectValue: look, ListValue: look });
  nested.set(document, found);
  return found;
}

export function readGraphqlRequest(body: unknown): GraphqlRequest | Problem {
  if (Array.isArray(body)) return problem('bad-request', 'Send one operation per request; batches are not taken.');
  const sent = graphqlBody.safeParse(body);
  if (!sent.success) {
    return problem(
      'bad-request',
      `Send {"query", "variables", "operationName"}, the query with 1 to ${MAX_DOCUMENT_CHARACTERS} characters.`,
    );
  }
  const { query, operationName, variables } = sent.data;
  const document = parseDocument(query);
  if (isProblem(document)) return document;
  return chooseOperation(query, document, operationName ?? undefined, variables ?? {});
}

function parseDocument(query: string): DocumentNode | Problem {
  const known = cache.get(query);
  if (known) return known;
  try {
    const document = parse(query, { maxTokens: MAX_TOKENS });
    cache.set(query, document);
    return document;
  } catch (error) {
    // The parser's message repeats the token that it stumbled over, which may be a value.
    const place = error instanceof GraphQLError ? error.locations?.[0] : undefined;
    const where = place ? ` at line ${place.line}, column ${place.column}` : '';
    return problem('bad-request', `The document is not GraphQL${where}, or has more than ${MAX_TOKENS} tokens.`);
  }
}

/**
 * Leaves only the chosen operation in the document: mercurius compiles a document once, for the operation that was
 * asked for first, and would run that one again whatever name comes later.
 */
function chooseOperation(
  query: string,
  document: DocumentNode,
  operationName: string | undefined,
  variables: Record<string, unknown>,
): GraphqlRequest | Problem {
  const operation = getOperationAST(document, operationName);
  if (!operation) {
    return problem(
      'bad-request',
      'The document has no operation of that name, or several and operationName is missing.',
    );
  }
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  if (operations.length === 1) return { source: query, document, operation, variables };
  const names = operations.map((one) => one.name?.value);
  const alone = separateOperations(document)[operation.name?.value ?? ''];
  if (!alone || new Set(names).size < names.length) {
    return problem('bad-request', 'Several operations in one document each need a name of their own.');
  }
  const source = print(alone);
  return { source, document: parse(source), operation, variables };
}
