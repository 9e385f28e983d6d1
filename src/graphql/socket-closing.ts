/** Why a socket of the GraphQL door is closed, in codes that clients of graphql-transport-ws know. */
import { CloseCode } from 'graphql-ws';
import { PROBLEMS, type Problem } from '../domain/problem.ts';

/** RFC 6455 section 7.4.1, and the registry that it began. */
export const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

/** What is refused for good has a code of its own; with any other a client may try again in a while. */
export function closeCodeOf({ problem }: Problem): number {
  const { status } = PROBLEMS[problem];
  if (status === 401) return CloseCode.Unauthorized;
  if (status === 403) return CloseCode.Forbidden;
  if (status === 400) return CloseCode.BadRequest;
  return status === 429 || status === 503 ? TRY_AGAIN_LATER : CloseCode.InternalServerError;
}

/** Whether nothing else can come of this socket either. */
export const endsSocket = ({ problem }: Problem): boolean => [401, 403].includes(PROBLEMS[problem].status);
