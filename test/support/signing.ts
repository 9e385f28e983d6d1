/** Signing agreements as a partner's system does: it fetches the text, and signs it with the key that it signs in with. */
import type { JWK } from 'jose';
import { signText } from '../../src/auth/client-credentials.ts';

/** By the access tokens that they got. */
const keys = new Map<string, JWK>();

export const rememberKey = (token: string, key: JWK): void => void keys.set(token, key);

export function keyOf(token: string | undefined): JWK {
  const key = keys.get(token ?? '');
  if (key === undefined) throw new Error('this token was got elsewhere, so its key is not known here');
  return key;
}

interface Signer {
  url: string;
  token: string | undefined;
}

export interface SignedBody {
  number: number;
  signature: string;
  confirm: boolean;
}

/**
 * The body of signAgreement. An agreement that a test wrote into the database itself has no text before the clock job comes.
 *
 * @param number left out: the version that is in force or drafted.
 */
export async function signedBody(
  { url, token }: Signer,
  agreementId: string,
  number?: number,
  key: JWK = keyOf(token),
): Promise<SignedBody> {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  const get = async (path: string): Promise<any> => {
    const response = await fetch(`${url}/v1/agreements/${agreementId}${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!response.ok) throw new Error(`no text to sign: ${await response.text()}`);
    return response.json();
  };
  const wanted: number = number ?? (await get('')).number;
  const { text } = await get(`/versions/${wanted}`);
  return { number: wanted, signature: await signText(text, key), confirm: true };
}
