/**
 * Traces by OpenTelemetry: requests, operations, calls of the database by the name of their statement, decisions as counts.
 * Made by hand and not by the instrumentations that there are, which record URLs, statements and their values.
 */
import { readFileSync } from 'node:fs';
import { type Attributes, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { currentScope, within } from './scope.ts';

/** A collector that does not answer must not hold up the end of the service. */
const FLUSH_WITHIN_MS = 2_000;
const EXPORT_TIMEOUT_MS = 5_000;

export type Tracing = ReturnType<typeof createTracing>;

/** @param url of the collector; spans go to `/v1/traces` below it. */
export function createTracing(url: string) {
  const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces`, timeoutMillis: EXPORT_TIMEOUT_MS });
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'laufzettel', 'service.version': version }),
    // Not the caller's choice: who traces is whoever runs the exchange.
    sampler: new AlwaysOnSampler(),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('laufzettel');
  return {
    /** A span below the one that is open; errors mark it, without their texts. */
    span: <T>(name: string, attributes: Attributes, work: (span: Span) => T): T => {
      const scope = currentScope();
      const parent = scope?.trace ?? ROOT_CONTEXT;
      const span = tracer.startSpan(name, { attributes }, parent);
      const run = (): T => endWith(span, () => work(span));
      return scope === undefined ? run() : within({ ...scope, trace: trace.setSpan(parent, span) }, run);
    },
    /** The span of a whole request, below its caller's (W3C Trace Context; `tracestate` could carry anything, and is left). */
    request: (name: string, traceparent: string | undefined, attributes: Attributes) => {
      const remote = traceparent === undefined ? null : parseTraceParent(traceparent);
      const parent = remote === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, { ...remote, isRemote: true });
      const span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent);
      return { span, context: trace.setSpan(parent, span) };
    },
    close: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, FLUSH_WITHIN_MS);
      await Promise.race([provider.shutdown().catch(() => {}), promise]);
      clearTimeout(timer);
    },
  };
}

function endWith<T>(span: Span, work: () => T): T {
  const failed = (error: unknown): never => {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    throw error;
  };
  try {
    const result = work();
    if (!(result instanceof Promise)) {
      span.end();
      return result;
    }
    return result.then((value) => {
      span.end();
      return value;
    }, failed) as T;
  } catch (error) {
    return failed(error);
  }
}
