/** What the built-in issuer keeps, as oidc-provider's adapter sees it: clients are read, used assertions remembered. */
import type { JsonWebKey } from 'node:crypto';
import { type Adapter, type AdapterFactory, type AdapterPayload, errors } from 'oidc-provider';
import type { Scope } from '../domain/permission.ts';
import { StoreUnavailable } from '../domain/store-unavailable.ts';
import { clientKeysFault, essentialMembers } from './client-keys.ts';
import { scopesOpenTo } from './scopes.ts';

export interface RegisteredClient {
  clientId: string;
  /** The agency it acts for; null: the admin of the exchange. */
  agency: string | null;
  /** What it may ask for. */
  scopes: Scope[];
  /** Public keys only, see `clientKeysFault`. */
  jwks: { keys: JsonWebKey[] };
}

export interface IssuerStore {
  /** Null: unknown or disabled. */
  findClient(clientId: string): Promise<RegisteredClient | null>;
  /**
   * Remembers a used assertion until `expiresAt`; false when it was there already. Must be one atomic insert.
   * `jti` is a hash of the client's own: 43 characters of base64url, whatever the client sent.
   */
  rememberJti(clientId: string, jti: string, expiresAt: Date): Promise<boolean>;
}

/** The levels of pino that are used: an object with ids and codes, then a fixed sentence. */
export interface IssuerLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Anything else is not asked for in the database. */
const CLIENT_ID = /^[\x21-\x7e]{1,255}$/;

/** The error of RFC 6749 §5.2 for a client that has proven its key, so it may be told what else is wrong. */
export function refusedAssertion(reason: string): errors.InvalidClientAuth {
  return Object.assign(new errors.InvalidClientAuth(reason), { error_description: reason });
}

/** A store that is not there is no failure of this server: the client may try again. */
async function orUnavailable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    const unavailable = new errors.TemporarilyUnavailable('the database does not answer');
    throw Object.assign(unavailable, { status: 503, statusCode: 503, error_description: 'try again in some seconds' });
  }
}

export function issuerAdapter(store: IssuerStore, logger: IssuerLogger): AdapterFactory {
  const adapters: Record<string, Adapter> = { Client: clients(store, logger), ReplayDetection: usedAssertions(store) };
  // Access tokens are JWTs and stored nowhere; sessions, grants and the like do not exist here.
  return (model) => adapters[model] ?? nothing;
}

function clients(store: IssuerStore, logger: IssuerLogger): Adapter {
  return {
    ...nothing,
    async find(id) {
      if (!CLIENT_ID.test(id)) return undefined;
      const client = await orUnavailable(store.findClient(id));
      if (client === null || client.clientId !== id) return undefined;
      const fault = clientKeysFault(client.jwks);
      if (fault !== null) {
        logger.error({ code: 'client-keys-refused', client: id, fault }, 'the registered keys of a client are refused');
        return undefined;
      }
      return metadata(client);
    },
  };
}

function metadata({ clientId, agency, scopes, jwks }: RegisteredClient): AdapterPayload {
  return {
    client_id: clientId,
    agency: agency ?? undefined,
    scope: scopesOpenTo(agency, scopes).join(' ') || undefined,
    jwks: essentialMembers(jwks) as AdapterPayload['jwks'],
    token_endpoint_auth_method: 'private_key_jwt',
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  };
}

function usedAssertions(store: IssuerStore): Adapter {
  return {
    ...nothing,
    // The library looks first and saves then; between the two a second copy would slip through. So nothing is ever
    // found, and the insert alone decides.
    async upsert(id, payload) {
      const { iss, exp } = payload as { iss: string; exp: number };
      const first = await orUnavailable(store.rememberJti(iss, id, new Date(exp * 1000)));
      if (!first) throw refusedAssertion('a client assertion can be used once only');
    },
  };
}

const nothing: Adapter = {
  async upsert() {
    throw new Error('The issuer stores used assertions and nothing else.');
  },
  async find() {
    return undefined;
  },
  async findByUserCode() {
    return undefined;
  },
  async findByUid() {
    return undefined;
  },
  async consume() {},
  async destroy() {},
  async revokeByGrantId() {},
};
