/** What validation found wrong with a document, without values, without names of the caller's, without guesses at ours. */
import {
  type ASTNode,
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isObjectType,
} from 'graphql';
import { type FieldError, type Problem, problem } from '../domain/problem.ts';
import { type Known, pointerTo } from './pointers.ts';

const MAX_ERRORS = 20;

/** Messages that hold names only, each in quotes. Any other may hold a value, and is replaced. */
const NAMES_ONLY =
  /^(?:Cannot query field|Unknown (?:argument|type|fragment|directive)|Field "\w+" (?:argument|must|of type)|Fragment|Argument|Variable "\$\w+" (?:is never used|is not defined|of type)|Cannot spread|Fields "\w+" conflict|There can be only one|Maximum introspection depth)/;

/** A member that is not there is told of at its object; its name would lead to guesses, and is the caller's. */
export function validationProblem(document: DocumentNode, errors: readonly GraphQLError[], known: Known): Problem {
  const names = namesOf(known.schema);
  const fields = errors.slice(0, MAX_ERRORS).map((error): FieldError => {
    const node = error.nodes?.[0];
    const place = error.locations?.[0];
    return {
      pointer: node ? pointerTo(document, known, (one) => isSame(one, node)) : '',
      detail: `${sentence(error.message, names)} (line ${place?.line ?? 1}, column ${place?.column ?? 1})`,
    };
  });
  return problem('bad-request', 'The document does not fit the schema; see errors.', { errors: fields });
}

/** Mercurius parses the document again, so its nodes are others in the same place. */
const isSame = (one: ASTNode, other: ASTNode): boolean =>
  one.kind === other.kind && one.loc?.start === other.loc?.start;

function sentence(message: string, names: ReadonlySet<string>): string {
  if (!NAMES_ONLY.test(message)) return 'This does not fit the schema';
  return message
    .replace(/ Did you mean .*$/s, '')
    .replace(/[.\s]+$/, '')
    .replaceAll(/"[^"]*"/g, (quoted) => (quoted.match(/\w+/g)?.every((name) => names.has(name)) ? quoted : '"…"'));
}

/** Every name that the schema has, of whatever. */
function namesOf(schema: GraphQLSchema): ReadonlySet<string> {
  const types = Object.values(schema.getTypeMap()).flatMap((type) => {
    if (isEnumType(type)) return [type.name, ...type.getValues().map((value) => value.name)];
    if (isInputObjectType(type)) return [type.name, ...Object.keys(type.getFields())];
    if (!isObjectType(type)) return [type.name];
    const fields = Object.values(type.getFields());
    return [type.name, ...fields.flatMap((field) => [field.name, ...field.args.map((argument) => argument.name)])];
  });
  return new Set([...types, ...schema.getDirectives().map((directive) => directive.name)]);
}
