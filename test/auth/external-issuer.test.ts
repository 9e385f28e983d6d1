/** With an identity provider of one's own the service trusts its tokens, and has no issuer of its own. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { importJWK, SignJWT } from 'jose';
import { generateClientKey } from '../../src/auth/client-credentials.ts';
import { AGENCY, AGENCY_NAME, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

t.test('tokens of the configured identity provider are taken, and no others', async (t) => {
  const { key, jwks } = await generateClientKey();
  const provider = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(jwks));
  }).listen(0, '127.0.0.1');
  t.teardown(() => provider.close());
  await new Promise((resolve) => provider.once('listening', resolve));
  const issuer = 'https://login.example.org/realms/pinneberg';
  const exchange = await startExchange({
    ISSUER_URL: issuer,
    ISSUER_JWKS_URL: `http://127.0.0.1:${(provider.address() as AddressInfo).port}/keys`,
    AUDIENCE: 'laufzettel',
    AGENCY_CLAIM: 'dienststelle',
  });
  t.teardown(() => exchange.close());

  const privateKey = await importJWK(key, 'ES384');
  const ask = async (claims: Record<string, unknown>, from = issuer): Promise<Response> => {
    const token = await new SignJWT({ client_id: 'fachverfahren', scope: 'laufzettel:read', ...claims })
      .setProtectedHeader({ alg: 'ES384', typ: 'at+jwt', kid: key.kid! })
      .setIssuer(from)
      .setAudience('laufzettel')
      .setSubject('fachverfahren')
      .setIssuedAt()
      .setExpirationTime('5 minutes')
      .sign(privateKey);
    return fetch(`${exchange.url}/v1/agency`, { headers: { authorization: `Bearer ${token}` } });
  };

  const answered = await ask({ dienststelle: AGENCY.arge });
  t.equal(answered.status, 200);
  t.match(await answered.json(), { name: AGENCY_NAME.arge });
  const refusals: [name: string, answer: Response, status: number][] = [
    ['another issuer', await ask({ dienststelle: AGENCY.arge }, 'https://evil.example.org'), 401],
    ['the claim of the built-in issuer', await ask({ agency: AGENCY.arge }), 401],
    ['an agency that this exchange does not have', await ask({ dienststelle: crypto.randomUUID() }), 403],
    ['no scope for it', await ask({ dienststelle: AGENCY.arge, scope: 'consent:write' }), 403],
  ];
  for (const [name, answer, status] of refusals) t.equal(answer.status, status, name);
  t.equal((await fetch(`${exchange.url}/oauth/token`, { method: 'POST' })).status, 404, 'no issuer of its own');
});
