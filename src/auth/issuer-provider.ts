/** oidc-provider, cut down to one thing: OAuth 2 client credentials with `private_key_jwt`. */
import type { EventEmitter } from 'node:events';
import type { JWK } from 'jose';
import Provider, { type Configuration, errors, type KoaContextWithOIDC } from 'oidc-provider';
import { SCOPES } from '../domain/permission.ts';
import { assertionFault, CLOCK_TOLERANCE_SECONDS } from './assertion-rules.ts';
import { ASSERTION_ALGORITHMS } from './client-keys.ts';
import { type IssuerLogger, type IssuerStore, issuerAdapter, refusedAssertion } from './issuer-store.ts';
import { isScope } from './scopes.ts';

/** HL7 SMART Backend Services: an access token lives for at most five minutes. */
export const ACCESS_TOKEN_LIFETIME_SECONDS = 5 * 60;

const RETRY_AFTER_SECONDS = 5;

export interface ProviderOptions {
  issuerUrl: string;
  audience: string;
  /** Private, ES384, with `kid`. */
  signingKey: JWK;
  store: IssuerStore;
  logger: IssuerLogger;
  routes: { token: string; jwks: string };
}

export function createProvider(options: ProviderOptions): Provider {
  const provider = new Provider(options.issuerUrl, configuration(options));
  pinOrigin(provider, new URL(options.issuerUrl));
  provider.use(async (context, next) => {
    await next();
    if (context.status === 503) context.set('Retry-After', String(RETRY_AFTER_SECONDS));
  });
  report(provider, options.logger);
  return provider;
}

function configuration({ issuerUrl, audience, signingKey, store, logger, routes }: ProviderOptions): Configuration {
  const audiences = [issuerUrl, `${issuerUrl}/token`];
  return {
    adapter: issuerAdapter(store, logger),
    jwks: { keys: [signingKey as NonNullable<Configuration['jwks']>['keys'][number]] },
    routes,
    scopes: [...SCOPES],
    responseTypes: [],
    clientAuthMethods: ['private_key_jwt'],
    extraClientMetadata: { properties: ['agency'] },
    clientDefaults: { id_token_signed_response_alg: 'ES384' },
    enabledJWA: {
      clientAuthSigningAlgValues: [...ASSERTION_ALGORITHMS],
      // There are no id tokens; the library wants a key for them all the same.
      idTokenSigningAlgValues: ['ES384'],
    },
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    ttl: { ClientCredentials: ACCESS_TOKEN_LIFETIME_SECONDS },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        getResourceServerInfo: (context, resource) => {
          if (resource !== audience) throw new errors.InvalidTarget();
          return {
            audience,
            scope: decideScope(context),
            accessTokenFormat: 'jwt',
            accessTokenTTL: ACCESS_TOKEN_LIFETIME_SECONDS,
            jwt: { sign: { alg: 'ES384' } },
          };
        },
      },
    },
    extraTokenClaims: (_context, token) => {
      const agency = token.client?.agency;
      return typeof agency === 'string' ? { agency } : undefined;
    },
    assertJwtClientAuthClaimsAndHeader: (_context, claims, header) => {
      const fault = assertionFault(claims, header, { audiences, nowSeconds: Math.floor(Date.now() / 1000) });
      if (fault !== null) throw refusedAssertion(fault);
    },
    // Programs call this endpoint, no page in a browser does.
    clientBasedCORS: () => false,
    // RFC 6749 §5.2: an error is JSON, also for somebody who would rather have HTML.
    renderError: (context, out) => {
      context.body = out;
    },
    fetch: () => Promise.reject(new Error('The issuer opens no connections.')),
  };
}

/**
 * RFC 6749 §3.3: all that the client may have when it asks for nothing, else exactly what it asks for. What it may
 * have already left out what does not go together (`scopesOpenTo`). Sets the request's scope, which the library reads next.
 */
function decideScope({ oidc }: KoaContextWithOIDC): string {
  const allowed = new Set(oidc.client?.scope?.split(' '));
  const asked = typeof oidc.params?.scope === 'string' ? oidc.params.scope.split(' ') : [...allowed];
  const refused = asked.find((scope) => !allowed.has(scope));
  if (refused !== undefined) throw invalidScope(scopeFault(refused));
  if (asked.length === 0) throw invalidScope('this client has no scopes');
  const scope = [...new Set(asked)].join(' ');
  Object.assign(oidc.params ?? {}, { scope });
  return scope;
}

function invalidScope(description: string): Error {
  return new errors.CustomOIDCProviderError('invalid_scope', description);
}

/** Repeats a scope only when it is one of ours. */
function scopeFault(scope: string): string {
  return isScope(scope) ? `this client may not have the scope ${scope}` : 'there is no such scope';
}

/**
 * The library builds its own address, and with it the audience it accepts, from the Host header. That would let an
 * assertion meant for another server pass here under that server's name; so the configured address is the only one.
 */
function pinOrigin(provider: Provider, { protocol, host }: URL): void {
  Object.defineProperties(provider.request, {
    protocol: { get: () => protocol.slice(0, -1) },
    host: { get: () => host },
  });
}

/** Codes and the library's own reasons go to the log, of unexpected errors the name alone: no assertion, no token. */
function report(provider: Provider, logger: IssuerLogger): void {
  provider.on('grant.success', ({ oidc }) => {
    logger.info({ code: 'token-issued', client: oidc.client?.clientId }, 'access token issued');
  });
  provider.on('grant.error', ({ oidc }, error) => {
    const { error: refusal, error_detail: detail, error_description: description } = error;
    const reason = detail ?? description;
    logger.warn({ code: 'token-refused', client: oidc.client?.clientId, refusal, reason }, 'access token refused');
  });
  const failed = (error: unknown) => {
    const { name, code: cause } = error as NodeJS.ErrnoException;
    logger.error({ code: 'token-endpoint-failed', error: name, cause }, 'the token endpoint failed');
  };
  provider.on('server_error', (_context, error) => failed(error));
  // Without a listener Koa prints the stack to the console.
  (provider as EventEmitter).on('error', failed);
}
