/** Signing an agreement by hand: first its text is read, then that very text is signed. */
import { createHash } from 'node:crypto';
import type { JWK } from 'jose';
import { signText } from '../auth/client-credentials.ts';
import { UserError } from './keys.ts';

export interface AtExchange {
  url: string;
  token: string;
}

export interface VersionToSign {
  agreementId: string;
  number: number;
  text: string;
  textHash: string;
}

/** @param number left out: the version that is in force or drafted. */
export async function versionToSign(
  caller: AtExchange,
  agreementId: string,
  number: string | undefined,
): Promise<VersionToSign> {
  const path = `/v1/agreements/${encodeURIComponent(agreementId)}`;
  const wanted = number ?? (await call<{ number: number }>(caller, path)).number;
  return call<VersionToSign>(caller, `${path}/versions/${encodeURIComponent(wanted)}`);
}

/** @returns the status of the agreement afterwards. */
export async function signVersion(
  caller: AtExchange,
  { agreementId, number, text }: VersionToSign,
  { key, hash, confirm }: { key: JWK; hash: string; confirm: boolean },
): Promise<string> {
  // Computed here: what the exchange says of its own text is no proof of what was read.
  if (createHash('sha256').update(text, 'utf8').digest('hex') !== hash.toLowerCase()) {
    throw new UserError('--hash is not that of this text; read it without --hash, and sign what you have read.');
  }
  const signature = await signText(text, key);
  const path = `/v1/agreements/${encodeURIComponent(agreementId)}/sign`;
  const { status } = await call<{ status: string }>(caller, path, { number, signature, confirm });
  return status;
}

async function call<Answer>({ url, token }: AtExchange, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    // A redirect would carry the token to somebody else.
    redirect: 'error',
  }).catch((error: Error) => {
    const { code } = (error.cause ?? {}) as NodeJS.ErrnoException;
    throw new UserError(`${url} cannot be asked (${code ?? error.name}).`);
  });
  const answer = (await response.json().catch(() => null)) as (Answer & Refusal) | null;
  if (response.ok && answer !== null) return answer;
  throw new UserError(`${url} refuses: ${told(answer) || `it answered ${response.status}`}`);
}

interface Refusal {
  code?: unknown;
  detail?: unknown;
  errors?: { pointer: string; detail: string }[];
}

function told(refusal: Refusal | null): string {
  const faults = (refusal?.errors ?? []).map(({ pointer, detail }) => `${pointer} ${detail}`);
  const sentence = [refusal?.detail, ...faults].filter((one) => typeof one === 'string').join(' ');
  return `${sentence} (${String(refusal?.code)})`.replace(/[^\x20-\x7e]/g, '').slice(0, 500);
}
