/** A partner's own system: it signs in with its own key, calls the exchange over HTTP and keeps every answer it was given. */
import { join } from 'node:path';
import { fetchToken } from '../../auth/client-credentials.ts';
import type { ProblemCode } from '../../domain/problem.ts';
import type { DemoAgency } from '../../embedded/demo-agencies.ts';
import { readKeyFile } from '../keys.ts';

export interface Answer<Body> {
  /** The request line, as somebody on the way would see it. */
  readonly request: string;
  readonly status: number;
  /** What went wrong, at either door; null: nothing. */
  readonly problem: ProblemCode | null;
  readonly body: Body;
}

export interface Partner {
  readonly agency: DemoAgency;
  get<Body>(path: string): Promise<Answer<Body>>;
  /** As another representation than JSON: a page, a plain text. */
  getAs(mediaType: string, path: string): Promise<Answer<string>>;
  post<Body>(path: string, body?: object): Promise<Answer<Body>>;
  /** A document with one operation that has a name and asks for one field; gives that field. */
  graphql<Body>(document: string, variables?: object): Promise<Answer<Body>>;
  /** Everything that the exchange ever told this partner: each answer with headers and body, as it came. */
  readonly heard: readonly string[];
}

const REQUEST_TIMEOUT_MS = 15_000;
const OPERATION = /^\s*((?:query|mutation) \w+)/;

/** Gets a token for the key in `keysDir` and gives the system that uses it. The token lasts five minutes, a story less. */
export async function signIn(
  url: string,
  agency: DemoAgency,
  keysDir: string,
  interrupted: AbortSignal,
): Promise<Partner> {
  const key = await readKeyFile(join(keysDir, `${agency.system}.json`));
  const { accessToken } = await fetchToken({ tokenUrl: `${url}/oauth/token`, clientId: agency.system, key });
  const heard: string[] = [];

  interface Sent {
    body?: object | undefined;
    /** Default: JSON. */
    accept?: string;
  }
  async function call<Body>(method: string, path: string, { body, accept }: Sent = {}): Promise<Answer<Body>> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${accessToken}`,
        ...(body && { 'content-type': 'application/json' }),
        ...(accept !== undefined && { accept }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([interrupted, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    const text = await response.text();
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`);
    heard.push([response.status, ...headers, '', text].join('\n'));
    const request = accept === undefined ? `${method} ${path}` : `${method} ${path}  (${accept})`;
    const asked = { request, status: response.status };
    if (response.ok && accept !== undefined) return { ...asked, problem: null, body: text as Body };
    const answered = JSON.parse(text) as Body & { code?: ProblemCode };
    return { ...asked, problem: response.ok ? null : (answered.code ?? 'internal'), body: answered };
  }

  return {
    agency,
    heard,
    get: (path) => call('GET', path),
    getAs: (accept, path) => call('GET', path, { accept }),
    post: (path, body) => call('POST', path, { body }),
    async graphql<Body>(document: string, variables: object = {}) {
      const answer = await call<Executed<Body>>('POST', '/graphql', { body: { query: document, variables } });
      const { data, errors } = answer.body;
      return {
        ...answer,
        request: `${answer.request}  (${OPERATION.exec(document)?.[1]})`,
        problem: errors?.[0]?.extensions.code ?? answer.problem,
        body: Object.values(data ?? {})[0] as Body,
      };
    },
  };
}

interface Executed<Content> {
  data: Record<string, Content> | null;
  errors?: { extensions: { code: ProblemCode } }[];
}
