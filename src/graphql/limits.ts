/**
 * What one document may ask for. Counted on the document as it would be executed, every fragment in its place, and given
 * up as soon as a limit is passed: a short document may unfold into more than can be counted.
 */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { type Problem, problem } from '../domain/problem.ts';
import type { GraphqlRequest } from './document.ts';

export const LIMITS = {
  depth: 8,
  /** Introspection asks for types of types; what it can reach is bounded by our schema alone. */
  introspectionDepth: 16,
  /** Fields, and places where a fragment is spread. */
  selections: 500,
  /** Names of the caller's own for fields: the way to ask for one thing many times. */
  aliases: 100,
  /** We know `@include` and `@skip` alone. */
  directives: 50,
  rootFields: 20,
  mutations: 5,
  subscriptions: 1,
  /** Fields times the items they may be answered for. */
  cost: 10_000,
} as const;

const DEFAULT_PAGE = 50;
const MAX_PAGE = 200;
/** Lists that have no limit to ask for, like the entries of a forwarding. */
const ASSUMED_ITEMS = 10;

class LimitPassed extends Error {
  readonly detail: string;

  constructor(detail: string) {
    super('limit passed');
    this.detail = detail;
  }
}

/** How many fields of the root it asks for, each of which is an operation; or the problem with its size. */
export function measure(schema: GraphQLSchema, request: GraphqlRequest): { rootFields: number } | Problem {
  const { operation } = request;
  const root = schema.getRootType(operation.operation);
  if (!root) return problem('bad-request', `There is no ${operation.operation} here.`);
  try {
    const counter = new Counter(request);
    const cost = counter.costOf(operation.selectionSet, { type: root, depth: 1, items: 1, introspecting: false });
    if (cost > LIMITS.cost) throw new LimitPassed(`The document may cost ${LIMITS.cost}; ask for smaller pages.`);
    if (operation.operation === 'subscription' && counter.rootFields > LIMITS.subscriptions) {
      throw new LimitPassed('A subscription has one field.');
    }
    const limit = operation.operation === 'mutation' ? LIMITS.mutations : LIMITS.rootFields;
    if (counter.rootFields > limit) throw new LimitPassed(`A ${operation.operation} has at most ${limit} fields.`);
    return { rootFields: counter.rootFields };
  } catch (error) {
    if (error instanceof LimitPassed) return problem('bad-request', error.detail);
    throw error;
  }
}

interface Place {
  /** Undefined where the document names what the schema does not have; validation will say so. */
  type: GraphQLNamedType | undefined;
  depth: number;
  /** How many items a list that begins here has. */
  items: number;
  introspecting: boolean;
}

class Counter {
  rootFields = 0;
  #selections = 0;
  #aliases = 0;
  #directives = 0;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #entered = new Set<string>();
  readonly #variables: Record<string, unknown>;

  constructor({ document, variables }: GraphqlRequest) {
    this.#variables = variables;
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition);
    }
  }

  costOf(selectionSet: SelectionSetNode, place: Place): number {
    let cost = 0;
    for (const selection of selectionSet.selections) {
      this.#selections += 1;
      if (this.#selections > LIMITS.selections) {
        throw new LimitPassed(`A document has at most ${LIMITS.selections} fields and fragments.`);
      }
      this.#directives += selection.directives?.length ?? 0;
      if (this.#directives > LIMITS.directives) {
        throw new LimitPassed(`A document has at most ${LIMITS.directives} directives.`);
      }
      if (selection.kind === Kind.FIELD) cost += this.#costOfField(selection, place);
      else if (selection.kind === Kind.INLINE_FRAGMENT) cost += this.costOf(selection.selectionSet, place);
      else cost += this.#costOfFragment(selection.name.value, place);
    }
    return cost;
  }

  #costOfFragment(name: string, place: Place): number {
    const fragment = this.#fragments.get(name);
    if (!fragment) return 0;
    if (this.#entered.has(name)) throw new LimitPassed('A fragment of the document contains itself.');
    this.#entered.add(name);
    const cost = this.costOf(fragment.selectionSet, place);
    this.#entered.delete(name);
    return cost;
  }

  #costOfField(field: FieldNode, { type, depth, items, introspecting }: Place): number {
    if (depth === 1) this.rootFields += 1;
    if (field.alias) this.#aliases += 1;
    if (this.#aliases > LIMITS.aliases) throw new LimitPassed(`A document has at most ${LIMITS.aliases} aliases.`);
    const asks = introspecting || field.name.value === '__schema' || field.name.value === '__type';
    const deepest = asks ? LIMITS.introspectionDepth : LIMITS.depth;
    if (depth > deepest) throw new LimitPassed(`A document is at most ${deepest} fields deep.`);
    if (!field.selectionSet) return 1;

    const definition = isObjectType(type) ? type.getFields()[field.name.value] : undefined;
    const isList = definition !== undefined && isListType(getNullableType(definition.type));
    const named = definition && getNamedType(definition.type);
    const page = definition?.args.some((argument) => argument.name === 'limit') ? this.#pageSize(field) : undefined;
    const below = this.costOf(field.selectionSet, {
      type: named && !isLeafType(named) ? named : undefined,
      depth: depth + 1,
      items: page ?? ASSUMED_ITEMS,
      introspecting: asks,
    });
    return 1 + below * (isList ? items : 1);
  }

  /** What cannot be told, or will be refused by the operation itself, counts as the largest page. */
  #pageSize(field: FieldNode): number {
    const value = field.arguments?.find((argument) => argument.name.value === 'limit')?.value;
    if (!value || value.kind === Kind.NULL) return DEFAULT_PAGE;
    const limit = value.kind === Kind.VARIABLE ? this.#variables[value.name.value] : undefined;
    const size = value.kind === Kind.INT ? Number(value.value) : limit;
    return typeof size === 'number' && size >= 1 && size <= MAX_PAGE ? size : MAX_PAGE;
  }
}
