/** Metrics and traces together, as the parts of the service are given them; where both are off, nothing is done at all. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { DoorOptions } from '../contract/run.ts';
import { isProblem, PROBLEMS } from '../domain/problem.ts';
import type { Closing, Watch } from '../usecases/ports.ts';
import { type Connections, createMetrics } from './metrics.ts';
import { metricsServer } from './metrics-server.ts';
import { type currentScope, within } from './scope.ts';
import type { Tracing } from './tracing.ts';
import { watchedClosing } from './watched-closing.ts';

export interface TelemetryOptions {
  /** null: no metrics. */
  metrics: { host: string; port: number } | null;
  /** Of the collector; null: no traces. */
  tracesUrl: string | null;
  onFailed: (error: unknown) => void;
}

/** Around a call of the database, by the name of its statement. */
export type AroundCall = <T>(name: string, call: () => Promise<T>) => Promise<T>;

export type Telemetry = Awaited<ReturnType<typeof createTelemetry>>;

export async function createTelemetry(options: TelemetryOptions) {
  const metrics = options.metrics === null ? null : createMetrics();
  // Imported only where it is wanted: it is large.
  const tracing = options.tracesUrl === null ? null : (await import('./tracing.ts')).createTracing(options.tracesUrl);
  const server = metrics && metricsServer(metrics, options.onFailed);

  const watch: Watch = {
    deciding(at, decide) {
      const decided =
        tracing === null
          ? decide()
          : tracing.span('decide', { 'laufzettel.decided_at': at }, (span) => {
              const result = decide();
              const permitted = result.entries.filter((one) => one.outcome === 'PERMIT').length;
              span.setAttributes({
                'laufzettel.permitted': permitted,
                'laufzettel.withheld': result.entries.length - permitted,
              });
              return result;
            });
      metrics?.decided(at, decided.entries);
      return decided;
    },
  };

  const watchOperation: DoorOptions['watch'] = async (door, operation, run) => {
    if (metrics === null && tracing === null) return run();
    const startedAt = performance.now();
    let status = 500;
    const measured = async (): Promise<unknown> => {
      const answer = await run();
      status = isProblem(answer) ? PROBLEMS[answer.problem].status : operation.status;
      return answer;
    };
    try {
      if (tracing === null) return await measured();
      const attributes = { 'laufzettel.operation': operation.id, 'laufzettel.door': door };
      return await tracing.span(`operation ${operation.id}`, attributes, async (span) => {
        try {
          return await measured();
        } finally {
          span.setAttribute('laufzettel.status', status);
        }
      });
    } finally {
      metrics?.operation(door, operation.id, status, (performance.now() - startedAt) / 1000);
    }
  };

  const aroundCall: AroundCall | undefined =
    tracing === null
      ? undefined
      : (name, call) => tracing.span(`database ${name}`, { 'db.operation.name': name }, () => call());

  return {
    watch,
    watchOperation,
    aroundCall,
    watchClosing: (closing: Closing): Closing =>
      metrics === null
        ? closing
        : watchedClosing(closing, (cause, rows) => {
            metrics.closed(cause, rows.length);
            const decided = rows.flatMap(({ reasons = [] }) =>
              reasons.length === 0 ? [] : [{ outcome: 'WITHHOLD' as const, reasons }],
            );
            metrics.decided('review', decided);
          }),
    watchConnections: (read: () => Connections) => metrics?.watchConnections(read),
    clockRan: () => metrics?.clockRan(),
    /** Names the request for logs and traces, and counts its answer. Before the doors are registered. */
    hook: (fastify: FastifyInstance): void => {
      followRequests(fastify, tracing);
      fastify.addHook('onResponse', async (request, reply) => {
        metrics?.response(doorOf(request), reply.statusCode);
      });
    },
    /** null: there are no metrics to ask for. */
    listen: async (): Promise<{ port: number } | null> =>
      server === null || options.metrics === null ? null : server.listen(options.metrics),
    close: async (): Promise<void> => {
      await server?.close();
      await tracing?.close();
    },
  };
}

const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? 'none';

function doorOf(request: FastifyRequest): string {
  const [, first] = routeOf(request).split('/');
  return { v1: 'rest', graphql: 'graphql', oauth: 'issuer' }[first ?? ''] ?? 'other';
}

function followRequests(fastify: FastifyInstance, tracing: Tracing | null): void {
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
    const scope = { requestId: request.id, trace: traced?.context ?? null };
    // The events that bring a body belong to the connection and not to this request, so what follows them enters again.
    within(scope, () => {
      request.setDecorator('scope', scope);
      done();
    });
  });
  fastify.addHook('preValidation', (request, _reply, done) => {
    const scope = request.getDecorator<ReturnType<typeof currentScope>>('scope');
    if (scope === undefined) done();
    else within(scope, done);
  });
  fastify.decorateRequest('scope');
}
