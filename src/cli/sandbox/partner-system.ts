/** A partner's system that runs for long: it signs in again before its token ends, and calls the exchange over HTTP. */
import { join } from 'node:path';
import { type AccessToken, fetchToken, signText } from '../../auth/client-credentials.ts';
import { readKeyFile } from '../keys.ts';
import type { ThrowAwayExchange } from '../throw-away-exchange.ts';

const REQUEST_TIMEOUT_MS = 15_000;
const RENEWED_BEFORE_END_MS = 30_000;

/** The exchange said no; what a partner cannot do it leaves. */
export class Refused extends Error {
  override name = 'Refused';
  readonly code: string;
  constructor(code: string) {
    super(`the exchange answered ${code}`);
    this.code = code;
  }
}

export interface PartnerSystem {
  get<Body>(path: string): Promise<Body>;
  post<Body>(path: string, body?: object): Promise<Body>;
  /** A compact JWS by its own key, over a text. */
  sign(text: string): Promise<string>;
}

export function partnerSystem(
  system: string,
  { url, keysDir }: ThrowAwayExchange,
  interrupted: AbortSignal,
): PartnerSystem {
  let token: AccessToken | undefined;
  const ownKey = () => readKeyFile(join(keysDir, `${system}.json`));

  async function signedIn(): Promise<string> {
    if (token === undefined || token.expiresAt - Date.now() < RENEWED_BEFORE_END_MS) {
      token = await fetchToken({ tokenUrl: `${url}/oauth/token`, clientId: system, key: await ownKey() });
    }
    return token.accessToken;
  }

  async function call<Body>(method: string, path: string, body?: object): Promise<Body> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await signedIn()}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([interrupted, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    const answer = (await response.json()) as Body & { code?: string };
    if (!response.ok) throw new Refused(answer.code ?? String(response.status));
    return answer;
  }

  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    sign: async (text) => signText(text, await ownKey()),
  };
}
