/** Metrics and traces together, as the parts of the service are given them; where both are off, nothing is done at all. */
import type { FastifyInstance } from 'fastify';
import type { Closing } from '../usecases/ports.ts';
import { type Connections, createMetrics, type Metrics } from './metrics.ts';
import { metricsServer } from './metrics-server.ts';
import { doorOf, followRequests } from './requests.ts';
import { watchedClosing } from './watched-closing.ts';
import { watchCalls, watchDecisions, watchOperations } from './watchers.ts';

export interface TelemetryOptions {
  /** null: no metrics. */
  metrics: { host: string; port: number } | null;
  /** Of the collector; null: no traces. */
  tracesUrl: string | null;
  onFailed: (error: unknown) => void;
}

export type Telemetry = Awaited<ReturnType<typeof createTelemetry>>;

export async function createTelemetry(options: TelemetryOptions) {
  const metrics = options.metrics === null ? null : createMetrics();
  // Imported only where it is wanted: it is large.
  const tracing = options.tracesUrl === null ? null : (await import('./tracing.ts')).createTracing(options.tracesUrl);
  const server = metrics && metricsServer(metrics, options.onFailed);
  return {
    watch: watchDecisions(metrics, tracing),
    watchOperation: watchOperations(metrics, tracing),
    aroundCall: watchCalls(tracing),
    watchClosing: (closing: Closing): Closing => (metrics === null ? closing : countClosing(closing, metrics)),
    watchConnections: (read: () => Connections) => metrics?.watchConnections(read),
    clockRan: () => metrics?.clockRan(),
    numbered: (events: number) => metrics?.numbered(events),
    watchLanes: {
      sent: (outcome: string) => metrics?.attempted(outcome),
      disabled: (why: string) => metrics?.disabled(why),
    },
    /** Names each request and counts its answer. Before the doors are registered. */
    hook: (fastify: FastifyInstance): void => {
      followRequests(fastify, tracing);
      if (metrics === null) return;
      fastify.addHook('onResponse', async (request, reply) => metrics.response(doorOf(request), reply.statusCode));
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

const countClosing = (closing: Closing, metrics: Metrics): Closing =>
  watchedClosing(closing, (cause, rows) => {
    metrics.closed(cause, rows.length);
    // What ends for a reason of its own, as when its forwarding is rejected, was not decided upon.
    const decided = rows.filter(({ reasons = [] }) => reasons.length > 0);
    metrics.decided(
      'review',
      decided.map(({ reasons }) => ({ outcome: 'WITHHOLD' as const, reasons })),
    );
  });
