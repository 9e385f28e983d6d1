/** Values at the edge of what a text, a day or a key may be: each is taken as it is or refused, and none is our failure. */
import { generateClientKey } from '../../src/auth/client-credentials.ts';
import type { OperationId } from '../../src/contract/operations.ts';
import { type Input, throughADoor } from '../support/both-doors.ts';
import { no, yes } from '../support/consent-bodies.ts';
import { AGENCY, type Partner, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const LONE_SURROGATE = 'halb \ud83d';
const ABOUT = { kind: 'ARGE', name: 'Name', sponsor: 'Träger', publicBody: true, legalRegime: 'KDG' };
const AGREEMENT = {
  title: 'Titel',
  parties: [AGENCY.arge, AGENCY.caritas],
  purposes: ['BERATUNG'],
  categories: ['KONTAKT'],
  from: '2026-01-01',
};

await throughADoor(t, exchange, 'an odd value is taken or refused', async (t, as, door) => {
  const arge = await as('arge');
  const { jwks } = await generateClientKey();
  const { id: clientId } = await arge.done('createClient');
  const slip = { clientId, kind: 'TERMIN', purpose: 'TERMIN' };
  const about = { params: { clientId } };
  const keyWith = (member: object) => ({
    params: { agencyId: AGENCY.arge },
    body: {
      clientId: `odd-${door.toLowerCase()}`,
      scopes: ['audit:read'],
      jwks: { keys: [{ ...jwks.keys[0], ...member }] },
    },
  });
  const keyNamed = (kid: string) => keyWith({ kid });
  const given = (more: object) => yes({ recipient: AGENCY.caritas, categories: ['KONTAKT'], ...more });
  const rows: [string, Partner, OperationId, Input][] = [
    ['half a character', 'admin', 'createAgency', { body: { ...ABOUT, name: LONE_SURROGATE } }],
    ['half a character', 'arge', 'createAgreement', { body: { ...AGREEMENT, title: LONE_SURROGATE } }],
    ['half a character', 'arge', 'createClient', { body: { fileReference: `${door} ${LONE_SURROGATE}` } }],
    ['half a character', 'arge', 'recordStatement', { ...about, body: given({ evidenceRef: LONE_SURROGATE }) }],
    ['half a character', 'admin', 'registerSystem', keyNamed(LONE_SURROGATE)],
    ['U+0000', 'arge', 'recordStatement', { ...about, body: given({ evidenceRef: 'a\u0000b' }) }],
    ['U+0000', 'admin', 'registerSystem', keyNamed('a\u0000b')],
    ['U+0000', 'admin', 'registerSystem', keyWith({ x: `${jwks.keys[0]!.x}\u0000` })],
    ['U+0000', 'admin', 'disableSystem', { params: { agencyId: AGENCY.arge, clientId: 'a\u0000b' } }],
    [
      'U+0000',
      'arge',
      'replaceSystemKeys',
      { params: { agencyId: AGENCY.arge, clientId: 'a\u0000b' }, body: { jwks } },
    ],
    ['half a character', 'admin', 'registerSystem', keyWith({ e: LONE_SURROGATE })],
    ['the year 0', 'arge', 'createLaufzettel', { body: { ...slip, dueDate: '0000-01-01' } }],
    ['the last day', 'arge', 'createLaufzettel', { body: { ...slip, dueDate: '9999-12-31' } }],
    ['the year 0', 'arge', 'createAgreement', { body: { ...AGREEMENT, from: '0000-01-01T00:00:00Z' } }],
    ['the last instant', 'arge', 'createAgreement', { body: { ...AGREEMENT, until: '9999-12-31T23:59:59.999Z' } }],
    ['the year 0', 'arge', 'recordStatement', { ...about, body: no({ statedAt: '0000-01-01T00:00:00Z' }) }],
    [
      'an unknown id in capitals',
      'arge',
      'recordStatement',
      { ...about, body: no({ recipient: 'ABCDEFAB-0000-7000-8000-ABCDEFABCDEF' }) },
    ],
  ];
  for (const [what, by, id, input] of rows) {
    const outcome = await (await as(by)).call(id, input);
    t.not(outcome.ok ? 'ok' : outcome.code, 'internal', `${what}: ${id}`);
  }
  for (const partner of ['arge', 'caritas', 'admin'] as const) {
    const list = await (await as(partner)).call('listAgreements', { query: { limit: 200 } });
    t.ok(list.ok, `what one party drafts leaves the list of ${partner} readable`);
  }
});

await throughADoor(t, exchange, 'a day outside our times is refused', async (t, as) => {
  const arge = await as('arge');
  const { id: clientId } = await arge.done('createClient');
  for (const statedAt of ['0050-06-01', '1899-12-31', '2200-01-01', '1850-06-01T00:00:00Z']) {
    const outcome = await arge.call('recordStatement', { params: { clientId }, body: no({ statedAt }) });
    t.match(outcome, { ok: false, code: 'bad-request' }, statedAt);
  }
});

t.test('a body that is not UTF-8 is refused, so that no umlaut is lost', async (t) => {
  const { token } = await exchange.as('arge');
  const before = await exchange.sql('SELECT id FROM client');
  const bodies: [string, string][] = [
    ['/v1/clients', '{"fileReference":"Müller"}'],
    ['/graphql', '{"query":"mutation { createClient(input: {fileReference: \\"Müller\\"}) { id } }"}'],
  ];
  for (const [path, body] of bodies) {
    for (const type of ['application/json', 'application/json; charset=iso-8859-1']) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': type };
      const sent = { method: 'POST', headers, body: Buffer.from(body, 'latin1') };
      const answer = await fetch(`${exchange.url}${path}`, sent);
      t.equal(answer.status, 400, path);
      t.match(await answer.text(), '"is not UTF-8"');
    }
  }
  t.same(await exchange.sql('SELECT id FROM client'), before);
});

t.test('a parameter that an operation does not know is refused', async (t) => {
  const arge = await exchange.as('arge');
  const { id } = (await arge.post('/v1/clients', {})).body;
  for (const path of [
    '/v1/clients?curser=x',
    '/v1/requests?statuss=OPEN',
    '/v1/proposals?x=',
    `/v1/clients/${id}?x=1`,
  ]) {
    t.match(await arge.get(path), { status: 400, body: { errors: [{ pointer: '/query' }] } }, path);
  }
  t.equal((await arge.post('/v1/clients?fileReference=x', {})).status, 400, 'what belongs in the body');
});
