/** An issuer on a real port with everything in memory, and the ways to talk to it well and badly. */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { type ClientKey, generateClientKey } from '../../src/auth/client-credentials.ts';
import { builtInIssuer, type IssuerStore, type RegisteredClient } from '../../src/auth/issuer.ts';

export const AGENCY = '01990000-0000-7000-8000-00000000000a';
export const AUDIENCE = 'https://exchange.test';
/** Not the address that is listened on, as behind a proxy. */
export const ISSUER = 'https://exchange.test/oauth';
export const TOKEN_AUDIENCE = `${ISSUER}/token`;

export class MemoryStore implements IssuerStore {
  clients = new Map<string, RegisteredClient>();
  jtis = new Map<string, Date>();
  failure: Error | null = null;

  async findClient(clientId: string) {
    if (this.failure) throw this.failure;
    return this.clients.get(clientId) ?? null;
  }

  async rememberJti(clientId: string, jti: string, expiresAt: Date) {
    const id = `${clientId} ${jti}`;
    if (this.jtis.has(id)) return false;
    this.jtis.set(id, expiresAt);
    return true;
  }
}

export interface Exchange {
  store: MemoryStore;
  signingKey: JWK;
  /** Everything that was logged, as text. */
  log: string[];
  base: string;
  tokenUrl: string;
  close(): Promise<void>;
}

export async function startExchange(issuerUrl = ISSUER): Promise<Exchange> {
  const store = new MemoryStore();
  const { key: signingKey } = await generateClientKey('ES384');
  const log: string[] = [];
  const stream = { write: (line: string) => void log.push(line) };
  const fastify = Fastify({ logger: { level: 'info', stream } });
  fastify.addHook('onRequest', async (_request, reply) => void reply.header('x-hook', 'kept'));
  await fastify.register(builtInIssuer, { issuerUrl, audience: AUDIENCE, signingKey, store });
  fastify.post('/echo', async (request) => request.body);
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  const base = `http://127.0.0.1:${(fastify.server.address() as AddressInfo).port}`;
  return { store, signingKey, log, base, tokenUrl: `${base}/oauth/token`, close: () => fastify.close() };
}

/** Registers a client of the agency with a key of its own; what is given replaces parts of it. */
export async function register(
  { store }: Exchange,
  client: Partial<RegisteredClient> = {},
  alg: 'ES384' | 'EdDSA' | 'PS256' = 'ES384',
): Promise<ClientKey & { clientId: string }> {
  const keys = await generateClientKey(alg);
  const clientId = client.clientId ?? `client-${randomUUID()}`;
  store.clients.set(clientId, {
    clientId,
    agency: AGENCY,
    scopes: ['laufzettel:read', 'laufzettel:write'],
    jwks: keys.jwks,
    ...client,
  });
  return { ...keys, clientId };
}

export const seconds = () => Math.floor(Date.now() / 1000);

/** An assertion with every claim as it should be; what is given replaces (undefined: removes) claims and header members. */
export async function assertion(
  clientId: string,
  key: JWK | Uint8Array,
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<string> {
  const now = seconds();
  const all = { iss: clientId, sub: clientId, aud: TOKEN_AUDIENCE, jti: randomUUID(), iat: now, exp: now + 60 };
  const jwk = key instanceof Uint8Array ? null : key;
  return new SignJWT(withoutUndefined({ ...all, ...claims }))
    .setProtectedHeader(withoutUndefined({ alg: jwk?.alg, kid: jwk?.kid, typ: 'JWT', ...header }) as { alg: string })
    .sign(jwk ? await importJWK(jwk, header.alg as string | undefined) : (key as Uint8Array));
}

export function withoutUndefined(record: Record<string, unknown>): JWTPayload {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

/** A token with algorithm `none` (RFC 7519 §6), which no library wants to make. */
export function unsigned(claims: Record<string, unknown>, typ = 'JWT'): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', typ })}.${part(claims)}.`;
}

export interface Answer {
  status: number;
  type: string | null;
  headers: Headers;
  body: Record<string, unknown>;
}

export async function ask(
  tokenUrl: string,
  client_assertion: string,
  more: Record<string, string | undefined> = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const parameters = withoutUndefined({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion,
    ...more,
  });
  const body = new URLSearchParams(parameters as Record<string, string>);
  const response = await fetch(tokenUrl, { method: 'POST', body, headers });
  const type = response.headers.get('content-type');
  return { status: response.status, type, headers: response.headers, body: (await response.json()) as Answer['body'] };
}
