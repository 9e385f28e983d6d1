/** `GET /v1/export`: all that is an agency's own, of one moment, as lines of JSON. */
import { createHash } from 'node:crypto';
import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { answerSchema } from '../contract/answer-schema.ts';
import { EXPORT_LINES, EXPORT_SCOPES, type Exporting, type ExportType, type ExportView } from '../contract/export.ts';
import { holds } from '../contract/run.ts';
import type { Caller } from '../domain/permission.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import { callerOf, type HttpDoorOptions, problemOfError } from './http.ts';
import { answerProblem, problemSchema } from './problem-answer.ts';
import { documentOf, Ending, NDJSON, Places, STREAM_LIMITS, stoppingOf, streamTexts } from './streams.ts';

export const EXPORT_PATH = '/export';
/** For as long its snapshot keeps PostgreSQL from clearing away what is deleted meanwhile. */
const MOST_EXPORT_MS = 600_000;
/** Each uses a connection of its own. */
const MOST_AT_ONCE = 4;
/** Lines are sent together: many are short, and each piece sent costs more than its bytes. */
const PIECE_CHARACTERS = 16 * 1024;

type Serializable = Record<string, unknown>;
const SCHEMAS = Object.fromEntries(
  Object.entries(EXPORT_LINES).map(([type, { view }]) => [type, answerSchema(view)]),
) as Record<ExportType, Serializable>;

/** Registers the route; `fastify` authenticates callers. */
export const exportRoute: FastifyPluginAsync<HttpDoorOptions & { exporting: StartExport }> = async (
  fastify,
  options,
) => {
  const limits = { ...STREAM_LIMITS, mostAtOnce: MOST_AT_ONCE, mostOfOneAgency: 1, ...options.streams };
  const places = new Places(limits);
  const stopping = stoppingOf(fastify);

  fastify.get(EXPORT_PATH, { schema: { response: { default: problemSchema } } }, async (request, reply) => {
    const caller = callerOf(request);
    const denied = refusalOf(caller);
    if (denied !== null) return answerProblem(reply, denied);
    // Who asks for the head alone takes nothing away.
    if (request.method === 'HEAD') return reply.type(NDJSON).send();
    const full = places.take(caller.agency!);
    if (full !== null) return answerProblem(reply, full);
    const leave = () => places.leave(caller.agency!);
    try {
      const begun = await options.exporting(caller);
      if (isProblem(begun)) {
        leave();
        return answerProblem(reply, begun);
      }
      const ending = new Ending(caller, stopping, { ms: MOST_EXPORT_MS, problem: tookTooLong });
      return streamTexts(reply, pieces(begun, ending, reply), limits, () => {
        ending.release();
        void begun.close().finally(leave);
      });
    } catch (error) {
      leave();
      throw error;
    }
  });
};

export type StartExport = (caller: Caller) => Promise<Exporting | Problem>;

const tookTooLong = problem('overloaded', 'The export took too long. Try again when there is less to do.', {
  extra: { retryAfterSeconds: 600 },
});

function refusalOf(caller: Caller): Problem | null {
  if (EXPORT_SCOPES.every((scope) => holds(caller, scope))) return null;
  return problem('scope-missing', `This needs all of the scopes ${EXPORT_SCOPES.join(', ')}.`, {
    extra: { requiredScopes: EXPORT_SCOPES },
  });
}

async function* pieces(begun: Exporting, ending: Ending, reply: FastifyReply): AsyncGenerator<string> {
  const hash = createHash('sha256');
  let lines = 1;
  let piece = `${JSON.stringify({ export: { asOf: begun.asOf, agencyId: begun.agencyId } })}\n`;
  const views = begun.views();
  try {
    for await (const view of views) {
      if (isProblem(view)) ending.end(view);
      if (ending.problem !== null) break;
      piece += lineOf(view as ExportView, reply);
      lines += 1;
      if (piece.length < PIECE_CHARACTERS) continue;
      hash.update(piece);
      yield piece;
      piece = '';
    }
  } catch (error) {
    ending.end(problemOfError(error, reply.request));
  }
  hash.update(piece);
  const found = ending.problem;
  const problem = found && documentOf(reply.request, found);
  const end = { lines, sha256: hash.digest('hex'), complete: found === null, problem };
  yield `${piece}${JSON.stringify({ end })}\n`;
}

/** By the schema of its view, which drops what is not in the contract. */
const lineOf = ({ type, view }: ExportView, reply: FastifyReply): string =>
  `{"${type}":${reply.compileSerializationSchema(SCHEMAS[type])(view as Serializable)}}\n`;
