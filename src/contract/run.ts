/** One operation, from what a caller sent to what the use case answered: the same steps for both doors, in one order. */
import { z } from 'zod';
import type { Caller, Scope } from '../domain/permission.ts';
import { type Problem, problem } from '../domain/problem.ts';
import { type ConditionHeaders, type Conditions, readConditions } from './conditions.ts';
import { demandsVersion, type Operation } from './operation.ts';
import type { OperationId } from './operations.ts';
import { fieldErrors } from './payload.ts';

/** What a door read, unchecked. */
export interface UncheckedInput {
  params?: unknown;
  query?: unknown;
  body?: unknown;
}

/** What a handler gets, parsed by the operation's schemas. The use cases' `Input`, which this folder does not import. */
export interface ParsedInput {
  params: Record<string, string>;
  query: Record<string, unknown>;
  body: unknown;
}

/**
 * Answers the operation's output, or a Problem; or either of them with what the headers of the answer say. What it throws
 * is a bug: the caller sees `internal` and nothing else.
 */
export type OperationHandler = (caller: Caller, input: ParsedInput, conditions?: Conditions) => Promise<unknown>;

/** An answer that was given before, or whose view has a tag. */
export class Answered {
  readonly output: unknown;
  /** The same request had been answered before; nothing happened now. */
  readonly replayed: boolean;
  /** The opaque part of the ETag of what the caller now sees; null: has none. */
  readonly tag: string | null;

  constructor(output: unknown, { replayed, tag }: { replayed: boolean; tag: string | null }) {
    this.output = output;
    this.replayed = replayed;
    this.tag = tag;
  }
}

export type Handlers = Readonly<Record<OperationId, OperationHandler>>;

/** The two headers that say who is calling, as they came. */
export interface Credentials {
  authorization?: string;
  caseworker?: string;
}

/** Runs an operation and gives its answer; for metrics and traces. */
export type WatchOperation = (
  door: 'rest' | 'graphql',
  operation: Operation,
  run: () => Promise<Answered>,
) => Promise<Answered>;

export const unwatched: WatchOperation = (_door, _operation, run) => run();

export interface DoorOptions {
  handlers: Handlers;
  watch?: WatchOperation;
  authenticate(credentials: Credentials): Promise<Caller | Problem>;
}

/** Checks scope, input and headers, then asks the handler. Problems are values; an exception of the handler passes through. */
export async function runOperation(
  operation: Operation,
  handler: OperationHandler,
  caller: Caller,
  input: UncheckedInput,
  headers: ConditionHeaders = {},
): Promise<Answered> {
  const answer = await runChecked(operation, handler, caller, input, headers);
  return answer instanceof Answered ? answer : new Answered(answer, { replayed: false, tag: null });
}

async function runChecked(
  operation: Operation,
  handler: OperationHandler,
  caller: Caller,
  input: UncheckedInput,
  headers: ConditionHeaders,
): Promise<unknown> {
  if (!operation.scopes.some((scope) => holds(caller, scope))) {
    return problem('scope-missing', `This needs ${oneOf(operation.scopes)}.`, {
      extra: { requiredScopes: operation.scopes },
    });
  }
  if (operation.also !== undefined && !holds(caller, operation.also)) {
    return problem('scope-missing', `This needs the scope ${operation.also} as well.`, {
      extra: { requiredScopes: [operation.also] },
    });
  }
  const parsed = parseInput(operation, input);
  if ('problem' in parsed) return parsed;
  const conditions = readConditions(operation, headers);
  if ('problem' in conditions) return conditions;
  if (demandsVersion(operation) && conditions.ifMatch === undefined && !saysVersion(parsed.body)) {
    return problem('precondition-required', 'Send expectedVersion, or over REST the header If-Match.');
  }
  return handler(caller, parsed, conditions);
}

/** Whether the body of an operation that demands a version has it. */
export const saysVersion = (body: unknown): boolean =>
  (body as { expectedVersion?: number }).expectedVersion !== undefined;

/**
 * A token that acts for an agency is never the admin's, and the admin's never an agency's, whatever scopes it lists:
 * what sees personal data and what runs the exchange stay apart.
 */
export function holds(caller: Caller, scope: Scope): boolean {
  return caller.scopes.has(scope) && (scope === 'exchange:admin') === (caller.agency === null);
}

export const oneOf = (scopes: readonly Scope[]): string =>
  scopes.length === 1 ? `the scope ${scopes[0]}` : `one of the scopes ${scopes.join(', ')}`;

/** A body that may be left out because none of its members is required. */
export const isBodyOptional = (operation: Operation): boolean => operation.body?.safeParse({}).success ?? true;

const NO_BODY = z.strictObject({}).optional();
const NO_QUERY = z.strictObject({});

/**
 * A malformed id in the path is the same 404 as an unknown one. It is looked at last, so that a bad body is a 400 with
 * either, as it is with an id that exists.
 */
function parseInput(operation: Operation, input: UncheckedInput): ParsedInput | Problem {
  const parameters = { error: inOurWords };
  const query = (operation.query ?? NO_QUERY).safeParse(input.query ?? {}, parameters);
  // A body that was left out is one without members: each that is required is then named by its own pointer.
  const sent = input.body === undefined ? {} : input.body;
  const body = (operation.body ?? NO_BODY).safeParse(sent, parameters);
  const errors = [
    ...(query.error ? fieldErrors(query.error, '/query') : []),
    ...(body.error ? fieldErrors(body.error) : []),
  ];
  if (errors.length > 0) {
    return problem('bad-request', 'Some of what you sent does not have the form that is needed; see errors.', {
      errors,
    });
  }
  const params = operation.params?.safeParse(input.params ?? {}, parameters);
  if (params && !params.success) return problem('not-found', 'Nothing has an id like the one in the path.');
  return {
    params: (params?.data ?? {}) as Record<string, string>,
    query: query.data ?? {},
    body: operation.body ? body.data : undefined,
  };
}

const NAMES: Record<string, string> = {
  string: 'a string',
  array: 'a list',
  int: 'a whole number',
  boolean: 'true or false',
};

/**
 * Zod's errors in the words of the catalogue's (payload.ts), which a schema's own message outranks. None repeats what
 * was sent, neither a value nor the name of an unknown member: both may be personal data.
 */
export function inOurWords(issue: z.core.$ZodRawIssue): string {
  if (issue.input === undefined && issue.code !== 'unrecognized_keys') return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return `is not ${NAMES[issue.expected] ?? `of the type ${issue.expected}`}`;
    case 'invalid_value':
      return issue.values.length === 1 ? `is not ${String(issue.values[0])}` : `is none of ${issue.values.join(', ')}`;
    case 'unrecognized_keys':
      return `has a member that is not known here${knownMembers(issue.inst)}`;
    case 'invalid_union':
      return unionSentence(issue);
    case 'too_small':
      return sizeSentence(issue.origin, 'less', issue.minimum);
    case 'too_big':
      return sizeSentence(issue.origin, 'more', issue.maximum);
    case 'invalid_format':
      return `is not a ${FORMATS[issue.format] ?? issue.format}`;
    default:
      return 'does not have the form that is needed';
  }
}

const FORMATS: Record<string, string> = { uuid: 'UUID', datetime: 'date-time of RFC 3339', date: 'date YYYY-MM-DD' };

function sizeSentence(origin: string, direction: 'less' | 'more', limit: number | bigint): string {
  if (origin === 'array') return `has ${direction === 'less' ? 'fewer' : 'more'} than ${limit} items`;
  if (origin === 'string') return `is ${direction === 'less' ? 'shorter' : 'longer'} than ${limit} characters`;
  return `is ${direction} than ${limit}`;
}

function knownMembers(schema: unknown): string {
  if (!(schema instanceof z.ZodObject)) return '';
  const names = Object.keys(schema.shape);
  return names.length > 0 ? `; known are ${names.join(', ')}` : '; nothing is sent here';
}

/** Says for a discriminated union what the discriminator may be, for any other what each of its forms would need. */
function unionSentence(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string {
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
  if (options.length > 0) return `is none of ${options.join(', ')}`;
  const sentences = issue.errors.map((errors) => errors[0]?.message).filter((one) => one !== undefined);
  const [first = 'has none of the permitted forms', ...others] = new Set(sentences);
  return others.reduce((before, next) => `${before}, and ${next}`, first);
}
