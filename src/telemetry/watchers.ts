/** Around operations, decisions and calls of the database: what metrics count and traces show of them. */
import type { Answered, WatchOperation } from '../contract/run.ts';
import { isProblem, PROBLEMS } from '../domain/problem.ts';
import type { Watch } from '../usecases/ports.ts';
import type { Metrics } from './metrics.ts';
import type { Tracing } from './tracing.ts';

export function watchDecisions(metrics: Metrics | null, tracing: Tracing | null): Watch {
  return {
    deciding(at, decide) {
      const decided =
        tracing === null
          ? decide()
          : tracing.span('decide', { 'laufzettel.decided_at': at }, (span) => {
              const result = decide();
              const permitted = result.entries.filter((one) => one.outcome === 'PERMIT').length;
              const withheld = result.entries.length - permitted;
              span.setAttributes({ 'laufzettel.permitted': permitted, 'laufzettel.withheld': withheld });
              return result;
            });
      metrics?.decided(at, decided.entries);
      return decided;
    },
    reminded: (kind) => metrics?.reminded(kind),
  };
}

export function watchOperations(metrics: Metrics | null, tracing: Tracing | null): WatchOperation {
  if (metrics === null && tracing === null) return (_door, _operation, run) => run();
  return async (door, operation, run) => {
    const startedAt = performance.now();
    // Stands where it throws: that is a bug, which the caller sees as `internal`.
    let status = 500;
    const measured = async (): Promise<Answered> => {
      const answer = await run();
      status = isProblem(answer.output) ? PROBLEMS[answer.output.problem].status : operation.status;
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
}

/** By the name of its statement. */
export type AroundCall = <T>(name: string, call: () => Promise<T>) => Promise<T>;

export const watchCalls = (tracing: Tracing | null): AroundCall | undefined =>
  tracing === null
    ? undefined
    : (name, call) => tracing.span(`database ${name}`, { 'db.operation.name': name }, () => call());
