/** A request of the fuzz, and what is known of it when its answer comes. */
import type { Described } from './description.ts';
import type { Selected } from './graphql-requests.ts';

export interface Request {
  door: 'REST' | 'GraphQL';
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** REST: the operation that it means. */
  operation?: Described;
  /** REST: its path and method are those of the operation. */
  asDescribed?: boolean;
  /** GraphQL: what it asks for; absent where the document was spoilt. */
  selected?: readonly Selected[];
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  tookMs: number;
}

/** As a line for a shell. The token is the role's; see `npm run client` for how to get one. */
export function replayable(role: string, { method, path, headers, body }: Request): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const given = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  const data = body === undefined ? [] : [`--data-binary ${quoted(body)}`];
  return [
    `(as ${role}) curl -X ${method} "$URL"${quoted(path)} -H "Authorization: Bearer $TOKEN"`,
    ...given,
    ...data,
  ].join(' ');
}
