/**
 * `POST /v1/bulk`: a file of operations, run one after the other as if each were a request of its own, and answered line by
 * line as soon as each is done. One after the other: a line may refer to an earlier one, the answers come in the order of the
 * lines, and an upload never takes more than one request at a time from all the others.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { answerSchema } from '../contract/answer-schema.ts';
import {
  BULK_OPERATIONS,
  BULK_SCOPES,
  type BulkLine,
  bulkLine,
  MOST_LINES,
  paramsOf,
  resolveReferences,
} from '../contract/bulk.ts';
import type { Operation } from '../contract/operation.ts';
import type { OperationId } from '../contract/operations.ts';
import { fieldErrors } from '../contract/payload.ts';
import { type Answered, holds, inOurWords, oneOf, runOperation, unwatched } from '../contract/run.ts';
import type { Caller } from '../domain/permission.ts';
import { isProblem, PROBLEMS, type Problem, problem } from '../domain/problem.ts';
import { BODY_LIMIT_BYTES, callerOf, type HttpDoorOptions, NESTING_LIMIT_LEVELS, problemOfError } from './http.ts';
import { type Line, linesOf } from './lines.ts';
import { isNestedDeeperThan } from './nesting.ts';
import { answerProblem, problemSchema } from './problem-answer.ts';
import {
  demandTime,
  documentOf,
  Ending,
  leaveTime,
  NDJSON,
  Places,
  STREAM_LIMITS,
  stoppingOf,
  streamTexts,
} from './streams.ts';

export const BULK_PATH = '/bulk';
export const BULK_TYPES = [NDJSON, 'application/jsonl', 'application/x-jsonlines'];

/** Of the line itself and its `body`. */
const LINE_LEVELS = NESTING_LIMIT_LEVELS + 2;
/** What the caller still sends after the last line of the answer is thrown away for so long. */
const LINGER_MS = 5_000;

/** Registers the route; `fastify` authenticates callers. */
export const bulk: FastifyPluginAsync<HttpDoorOptions> = async (fastify, options) => {
  fastify.removeAllContentTypeParsers();
  // The bytes are read by the handler, as fast as their lines are done.
  fastify.addContentTypeParser(BULK_TYPES, (_request, payload, done) => done(null, payload));
  answerOtherTypes(fastify);
  const limits = { ...STREAM_LIMITS, ...options.streams };
  const places = new Places(limits);
  const stopping = stoppingOf(fastify);
  const parse = fastify.getDefaultJsonParser('error', 'error');

  fastify.post(BULK_PATH, { schema: { response: { default: problemSchema } } }, async (request, reply) => {
    const caller = callerOf(request);
    const refused = refusalOf(request, caller);
    if (refused !== null) return answerProblem(reply, refused);
    const agency = caller.agency!;
    const full = places.take(agency);
    if (full !== null) return answerProblem(reply, full);
    const { socket } = request.raw;
    const ending = new Ending(caller, stopping);
    leaveTime(socket);
    lingerAfter(request, reply);
    const upload = new Upload({ request, reply, caller, ending, options, parse });
    return streamTexts(reply, upload.results(), limits, () => {
      demandTime(socket);
      ending.release();
      places.leave(agency);
    });
  });
};

function answerOtherTypes(fastify: FastifyInstance): void {
  fastify.setErrorHandler((error, request, reply) => {
    const found = problemOfError(error, request);
    return answerProblem(reply, found.problem === 'media-type-unsupported' ? otherType : found);
  });
}

const otherType = problem(
  'media-type-unsupported',
  'The body has to be lines of JSON: Content-Type: application/x-ndjson.',
);
const encoded = problem('media-type-unsupported', 'The body has to come as it is, without a Content-Encoding.');

function refusalOf(request: FastifyRequest, caller: Caller): Problem | null {
  if (!BULK_SCOPES.some((scope) => holds(caller, scope))) {
    return problem('scope-missing', `This needs ${oneOf(BULK_SCOPES)}.`, { extra: { requiredScopes: BULK_SCOPES } });
  }
  if (!isStream(request.body)) return otherType;
  const encoding = request.headers['content-encoding'];
  return encoding === undefined || encoding.toLowerCase() === 'identity' ? null : encoded;
}

const isStream = (body: unknown): body is IncomingMessage =>
  typeof body === 'object' && body !== null && 'pipe' in body;

/** Whoever still sends when the answer is over gets the time to read it; a connection that is closed at once may lose it. */
function lingerAfter({ raw }: FastifyRequest, reply: FastifyReply): void {
  reply.raw.once('finish', () => {
    if (raw.complete) return;
    raw.resume();
    const timer = setTimeout(() => raw.socket.destroy(), LINGER_MS);
    raw.socket.once('close', () => clearTimeout(timer));
    raw.once('end', () => clearTimeout(timer));
  });
}

interface UploadParts {
  request: FastifyRequest;
  reply: FastifyReply;
  caller: Caller;
  ending: Ending;
  options: HttpDoorOptions;
  parse: ReturnType<FastifyInstance['getDefaultJsonParser']>;
}

/** What a line came to. */
interface Result {
  key: string | null;
  outcome: { status: number; replayed: boolean; output: string; id: string | null } | Problem;
}

class Upload {
  readonly #parts: UploadParts;
  /** What lines of this upload made, by their keys. */
  readonly #made = new Map<string, string>();
  #lines = 0;
  #done = 0;
  #replayed = 0;
  #failed = 0;

  constructor(parts: UploadParts) {
    this.#parts = parts;
  }

  /** A line for each line, and a last one about all of them. */
  async *results(): AsyncGenerator<string> {
    const { request, ending } = this.#parts;
    const lines = linesOf(request.body as IncomingMessage, { limitBytes: BODY_LIMIT_BYTES, ended: ending.signal });
    for (;;) {
      const next = await lines.next();
      if (next.done) return yield this.#end(next.value);
      if (next.value.number > MOST_LINES) ending.end(tooManyLines);
      if (ending.problem !== null) return yield this.#end(false);
      yield this.#told(next.value.number, await this.#result(next.value));
    }
  }

  async #result(line: Line): Promise<Result> {
    const read = readLine(line, this.#parts);
    if (isProblem(read.line)) return { key: read.key, outcome: read.line };
    const { line: resolved, errors } = resolveReferences(read.line, (key) => this.#made.get(key) ?? null);
    if (errors.length > 0)
      return { key: read.key, outcome: problem('bad-request', 'A reference leads nowhere; see errors.', { errors }) };
    return { key: read.key, outcome: await this.#run(resolved) };
  }

  async #run({ operation: id, key, params, body }: BulkLine): Promise<Result['outcome']> {
    const { request, caller, options } = this.#parts;
    const { handlers, watch = unwatched } = options;
    const operation = BULK_OPERATIONS.get(id)!;
    const checked = paramsOf(operation).safeParse(params, { error: inOurWords });
    if (!checked.success) return unreadable(fieldErrors(checked.error, '/params'));
    try {
      const run = () =>
        runOperation(operation, handlers[id as OperationId], caller, { params, body }, { idempotencyKey: key });
      const answered = await watch('rest', operation, run);
      return isProblem(answered.output) ? pointedIntoLine(answered.output) : this.#rendered(operation, answered);
    } catch (error) {
      return problemOfError(error, request);
    }
  }

  /** By the schema of the operation's output, which drops what is not in the contract. */
  #rendered({ status, output }: Operation, { output: view, replayed }: Answered): Result['outcome'] {
    const { id } = view as { id?: unknown };
    const text = this.#parts.reply.compileSerializationSchema(schemaOf(output))(view as Serializable);
    return { status, replayed, output: text, id: typeof id === 'string' ? id : null };
  }

  #told(number: number, { key, outcome }: Result): string {
    const { request, ending } = this.#parts;
    this.#lines += 1;
    const head = `{"line":${number},"key":${JSON.stringify(key)}`;
    if (isProblem(outcome)) {
      // What came of an earlier line with the same key is not what this one would have made.
      if (key !== null) this.#made.delete(key);
      this.#failed += 1;
      if (ENDS_ALL.has(outcome.problem)) ending.end(outcome);
      const { status } = PROBLEMS[outcome.problem];
      return `${head},"status":${status},"problem":${JSON.stringify(documentOf(request, outcome))}}\n`;
    }
    const { status, replayed, output, id } = outcome;
    if (key !== null && id !== null) this.#made.set(key, id);
    this.#done += 1;
    if (replayed) this.#replayed += 1;
    return `${head},"status":${status},"replayed":${replayed},"output":${output}}\n`;
  }

  #end(isWhole: boolean): string {
    const { request, ending } = this.#parts;
    const complete = isWhole && ending.problem === null;
    const problem = complete ? null : documentOf(request, ending.problem ?? brokenOff);
    const end = {
      lines: this.#lines,
      done: this.#done,
      replayed: this.#replayed,
      failed: this.#failed,
      complete,
      problem,
    };
    return `${JSON.stringify({ end })}\n`;
  }
}

/** After these no further line would fare better, or what comes after it might run before it. */
const ENDS_ALL = new Set<Problem['problem']>(['agency-suspended', 'overloaded']);

const tooManyLines = problem(
  'body-too-large',
  `An upload has at most ${MOST_LINES} lines. Send the rest by another one.`,
);
const brokenOff = problem('bad-request', 'The upload broke off. Send it again, with the same keys.');
const tooLong = problem('body-too-large', `A line has at most ${BODY_LIMIT_BYTES} bytes. Send less at once.`);
const lineNotUtf8 = problem('bad-request', 'The line is not UTF-8, which JSON is always sent in.');
const notJson = problem('bad-request', 'The line is not JSON that can be read.');
const tooDeep = problem('bad-request', 'The line is nested too deeply.');
const unreadable = (errors: NonNullable<Problem['errors']>): Problem =>
  problem('bad-request', 'The line does not have the form that is needed; see errors.', { errors });

/** The key is told wherever it can be read, so that a caller finds its line again. */
function readLine(
  { number, bytes }: Line,
  { request, parse }: UploadParts,
): { key: string | null; line: BulkLine | Problem } {
  if (bytes === null) return { key: null, line: tooLong };
  if (!isUtf8(bytes)) return { key: null, line: lineNotUtf8 };
  const text = bytes.toString();
  let sent: unknown = notJson;
  // What some editors put at the beginning of a file says nothing (RFC 8259 section 8.1).
  parse(request, number === 1 && text.startsWith('\ufeff') ? text.slice(1) : text, (error, value) => {
    if (!error) sent = value;
  });
  if (sent === notJson) return { key: null, line: notJson };
  if (isNestedDeeperThan(LINE_LEVELS, sent)) return { key: null, line: tooDeep };
  const read = bulkLine.safeParse(sent, { error: inOurWords });
  if (read.success) return { key: read.data.key, line: read.data };
  const key = bulkLine.shape.key.safeParse((sent as { key?: unknown } | null)?.key);
  return { key: key.data ?? null, line: unreadable(fieldErrors(read.error)) };
}

/** Its pointers lead into the body of the operation, which is a member of the line. */
function pointedIntoLine(found: Problem): Problem {
  if (found.errors === undefined) return found;
  return { ...found, errors: found.errors.map(({ pointer, detail }) => ({ pointer: `/body${pointer}`, detail })) };
}

type Serializable = Record<string, unknown>;
const schemas = new Map<Operation['output'], Serializable>();
/** The same object each time: its serializer is kept by it. */
function schemaOf(output: Operation['output']): Serializable {
  const known = schemas.get(output) ?? (answerSchema(output) as Serializable);
  schemas.set(output, known);
  return known;
}
