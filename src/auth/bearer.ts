/** What two headers of a request say about its caller, before anything is verified. */
import { type Problem, problem } from '../domain/problem.ts';

/** A token of ours has about 700 characters; an identity provider's may have a few thousand. */
export const MAXIMUM_TOKEN_LENGTH = 8 * 1024;

const SCHEME = /^bearer(?: |$)/i;
/** RFC 6750 §2.1 in the shape of a signed JWT (RFC 7515 §7.1): three parts of base64url. */
const SIGNED_TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const CASEWORKER = /^[A-Za-z0-9._-]{1,64}$/;

/** The token of an `Authorization: Bearer …` header (RFC 6750), or why there is none. Never repeats what was sent. */
export function bearerToken(header: string | undefined): string | Problem {
  if (header === undefined || header === '') {
    return problem('token-missing', 'Send an access token: Authorization: Bearer <token>.');
  }
  if (!SCHEME.test(header)) {
    return problem(
      'token-missing',
      'The Authorization header is of another scheme; send Authorization: Bearer <token>.',
    );
  }
  if (header.length > 'Bearer '.length + MAXIMUM_TOKEN_LENGTH) {
    return problem('token-invalid', `The access token is longer than ${MAXIMUM_TOKEN_LENGTH} characters.`);
  }
  const token = header.slice('Bearer '.length);
  if (token === '') return problem('token-missing', 'The Authorization header says Bearer, but no token follows.');
  if (/[\s,]/.test(token)) {
    return problem('token-invalid', 'Send exactly one access token, with one space between Bearer and the token.');
  }
  if (!SIGNED_TOKEN.test(token)) return problem('token-invalid', 'The access token is not a signed JWT.');
  return token;
}

/** The pseudonym of a caseworker for the audit; null when the header is not sent. */
export function caseworkerPseudonym(header: string | undefined): string | null | Problem {
  if (header === undefined) return null;
  if (CASEWORKER.test(header)) return header;
  return problem(
    'bad-request',
    'The caseworker is a pseudonym of 1 to 64 letters, digits, dots, hyphens or underscores; never send a name.',
  );
}
