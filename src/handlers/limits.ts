/** How often an agency may do what answers questions; counted in each instance by itself. */
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { type Problem, problem } from '../domain/problem.ts';
import type { Actor } from '../usecases/ports.ts';

export interface AgencyLimit {
  /** null: go on. */
  take(actor: Actor): Promise<Problem | null>;
}

export function perAgency(times: number, durationSeconds: number): AgencyLimit {
  const limiter = new RateLimiterMemory({ points: times, duration: durationSeconds });
  return {
    async take({ agency }) {
      try {
        await limiter.consume(agency ?? 'admin');
        return null;
      } catch (refusal) {
        const retryAfterSeconds = Math.ceil((refusal as RateLimiterRes).msBeforeNext / 1000);
        return problem('rate-limited', `At most ${times} of these in ${durationSeconds} seconds. Try again later.`, {
          extra: { retryAfterSeconds },
        });
      }
    },
  };
}
