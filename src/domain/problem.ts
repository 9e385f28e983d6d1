/**
 * Every error a caller can see: a stable code, a status, and what to do about it.
 * Expected outcomes are values of type Problem; use cases return them, doors render them (RFC 9457, GraphQL extensions).
 */
export const PROBLEMS = {
  'bad-request': { status: 400, title: 'The request cannot be read' },
  'token-missing': { status: 401, title: 'No access token was sent' },
  'token-invalid': { status: 401, title: 'The access token is not valid' },
  'scope-missing': { status: 403, title: 'The access token lacks a scope' },
  'agency-suspended': { status: 403, title: 'Your agency is suspended' },
  'consent-missing': { status: 403, title: 'The client has not agreed to this forwarding' },
  'not-allowed': { status: 403, title: 'You may not do this' },
  'not-found': { status: 404, title: 'There is no such thing, or it is not yours' },
  'method-not-allowed': { status: 405, title: 'This path does not know that method' },
  'request-timeout': { status: 408, title: 'The request did not arrive in time' },
  conflict: { status: 409, title: 'This already exists' },
  'transition-illegal': { status: 409, title: 'That step is not possible from the present status' },
  'confirmation-required': { status: 409, title: 'This has consequences; confirm them' },
  'idempotency-in-flight': { status: 409, title: 'The same request is being worked on' },
  'version-stale': { status: 412, title: 'Somebody changed it meanwhile' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'media-type-unsupported': { status: 415, title: 'Send application/json' },
  'rule-broken': { status: 422, title: 'A rule does not allow this' },
  'idempotency-mismatch': { status: 422, title: 'This key was used for another request' },
  'precondition-required': { status: 428, title: 'Say which version you have seen' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  internal: { status: 500, title: 'Something failed here' },
  overloaded: { status: 503, title: 'The service is busy' },
} as const;
export type ProblemCode = keyof typeof PROBLEMS;

export interface FieldError {
  /** JSON pointer (RFC 6901) into the body, or `/query/name`, `/path/name`. */
  pointer: string;
  detail: string;
}

export interface Problem {
  readonly problem: ProblemCode;
  /** A sentence for the caller, without personal data. */
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  /** Extra members of the answer, for example the reasons of a refusal. Never personal data. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export function problem(
  code: ProblemCode,
  detail: string,
  more: Partial<Pick<Problem, 'errors' | 'extra'>> = {},
): Problem {
  return { problem: code, detail, ...more };
}

export function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'problem' in value;
}
