/**
 * How many requests are taken in a minute: of one agency, of the admin's systems each, and of strangers by their
 * address. Counted in each instance by itself. What a limit tells concerns the one who is told alone: how much is left
 * is said to callers whom we know, while strangers, who may share an address with others, learn no count.
 */
import { isIPv6 } from 'node:net';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import type { Caller } from '../domain/permission.ts';
import { type Problem, problem } from '../domain/problem.ts';

const WINDOW_SECONDS = 60;

export interface RateLimitOptions {
  /** Of one agency, all its systems together; of each system of the admin. */
  requestsPerMinute: number;
  /** Of one address: requests without a valid token, and, counted apart, requests for a token. */
  strangersPerMinute: number;
}

export interface Taken {
  /** The value of the field RateLimit; null: nothing is said. */
  left: string | null;
  refusal: Problem | null;
}

export interface RateLimits {
  /** The value of the field RateLimit-Policy, the same in every answer. */
  readonly policy: string;
  ofCaller(caller: Pick<Caller, 'agency' | 'client'>, requests: number): Promise<Taken>;
  /** For a request whose token is missing or not valid. */
  ofStranger(address: string): Promise<Taken>;
  /** For a request to the token endpoint. */
  ofTokenRequest(address: string): Promise<Taken>;
}

/** The fields are those of draft-ietf-httpapi-ratelimit-headers-10, structured fields of RFC 9651. */
export function createRateLimits({ requestsPerMinute, strangersPerMinute }: RateLimitOptions): RateLimits {
  const limiter = (points: number) => new RateLimiterMemory({ points, duration: WINDOW_SECONDS });
  const callers = limiter(requestsPerMinute);
  const strangers = limiter(strangersPerMinute);
  const tokenRequests = limiter(strangersPerMinute);
  const byAddress = async (counter: RateLimiterMemory, address: string): Promise<Taken> => {
    const { refusal } = await take(counter, placeOf(address), 1);
    return { left: null, refusal };
  };
  return {
    policy: `"caller";q=${requestsPerMinute};w=${WINDOW_SECONDS}, "address";q=${strangersPerMinute};w=${WINDOW_SECONDS}`,
    async ofCaller({ agency, client }, requests) {
      const { left, refusal } = await take(
        callers,
        agency === null ? `system:${client}` : `agency:${agency}`,
        requests,
      );
      return { left: `"caller";${left}`, refusal };
    },
    ofStranger: (address) => byAddress(strangers, address),
    ofTokenRequest: (address) => byAddress(tokenRequests, address),
  };
}

async function take(
  counter: RateLimiterMemory,
  key: string,
  requests: number,
): Promise<{ left: string; refusal: Problem | null }> {
  const [taken, isRefused] = await counter.consume(key, requests).then(
    (found): [RateLimiterRes, boolean] => [found, false],
    (found: RateLimiterRes): [RateLimiterRes, boolean] => [found, true],
  );
  const seconds = Math.max(1, Math.ceil(taken.msBeforeNext / 1000));
  const left = `r=${taken.remainingPoints};t=${seconds}`;
  if (!isRefused) return { left, refusal: null };
  return {
    left,
    refusal: problem(
      'rate-limited',
      `Too many requests in this minute. Wait ${seconds} seconds, then send them again.`,
      {
        extra: { retryAfterSeconds: seconds },
      },
    ),
  };
}

/** Whoever has one address of IPv6 has all of its /64. */
function placeOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = '', tail = ''] = address.split('::');
  const groups = [head, tail].map((part) => part.split(':').filter((group) => group !== ''));
  const missing = Array.from({ length: 8 - groups.flat().length }, () => '0');
  return [...groups[0]!, ...missing, ...groups[1]!]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16))
    .join(':');
}
