/** Names each request for what is logged and traced below it, and says which door it came to. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type currentScope, within } from './scope.ts';
import type { Tracing } from './tracing.ts';

const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? 'none';

export function doorOf(request: FastifyRequest): string {
  const [, first] = routeOf(request).split('/');
  return { v1: 'rest', graphql: 'graphql', oauth: 'issuer' }[first ?? ''] ?? 'other';
}

type Scope = NonNullable<ReturnType<typeof currentScope>>;

/** Before any door is registered: its own hooks are to run within the request's scope. */
export function followRequests(fastify: FastifyInstance, tracing: Tracing | null): void {
  fastify.decorateRequest('scope');
  fastify.addHook('onRequest', (request, reply, done) => {
    const traced = tracing?.request(`${request.method} ${routeOf(request)}`, request.headers.traceparent?.toString(), {
      'http.request.method': request.method,
      'http.route': routeOf(request),
      'laufzettel.request_id': request.id,
    });
    if (traced !== undefined) {
      reply.raw.once('close', () => {
        traced.span.setAttribute('http.response.status_code', reply.statusCode);
        traced.span.end();
      });
    }
    const scope: Scope = { requestId: request.id, trace: traced?.context ?? null };
    request.setDecorator('scope', scope);
    within(scope, done);
  });
  // The events that bring a body belong to the connection and not to this request, so what follows them enters again.
  fastify.addHook('preValidation', (request, _reply, done) => {
    const scope = request.getDecorator<Scope | undefined>('scope');
    if (scope === undefined) done();
    else within(scope, done);
  });
}
