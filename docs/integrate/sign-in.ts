/**
 * Signs in with your private key. EXCHANGE is the address of the exchange, KEY the file of the key, CLIENT_ID the name that it is
 * registered under.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { importJWK, type JWK, SignJWT } from 'jose';

export const { EXCHANGE = '', KEY = '', CLIENT_ID = '' } = process.env;
const TOKEN_URL = `${EXCHANGE}/oauth/token`;

let token = { value: '', endsAt: 0 };

/** An access token for private_key_jwt (RFC 7523 section 2.2); kept until shortly before it ends. */
export async function accessToken(): Promise<string> {
  if (Date.now() < token.endsAt - 30_000) return token.value;
  const key = JSON.parse(await readFile(KEY, 'utf8')) as JWK;
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: key.alg ?? 'ES384', kid: key.kid })
    .setIssuer(CLIENT_ID)
    .setSubject(CLIENT_ID)
    .setAudience(TOKEN_URL)
    .setJti(randomUUID()) // used once
    .setIssuedAt()
    .setExpirationTime('1 minute')
    .sign(await importJWK(key));
  const response = await fetch(TOKEN_URL, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    }),
  });
  if (!response.ok) throw new Error(`no token: ${response.status}`);
  const { access_token, expires_in } = (await response.json()) as { access_token: string; expires_in: number };
  token = { value: access_token, endsAt: Date.now() + expires_in * 1000 };
  return token.value;
}
