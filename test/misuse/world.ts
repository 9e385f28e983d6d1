/** Two pairs of agencies that have nothing to do with each other, each with one thing of every kind that has an id. */
import { decodeJwt, decodeProtectedHeader, importJWK, type JWK, SignJWT } from 'jose';
import { EXAMPLE_IDS } from '../../src/contract/example-ids.ts';
import { DEMO_AGENCIES } from '../../src/embedded/demo-agencies.ts';
import { openDatabase } from '../../src/persistence/database.ts';
import { loadExchangeKeys } from '../../src/persistence/exchange-keys.ts';
import { MasterKeyRing } from '../../src/persistence/master-key.ts';
import { type System, systemAt } from '../support/both-doors.ts';
import { no, proposalOf, yes } from '../support/consent-bodies.ts';
import { AGENCY, type Exchange } from '../support/exchange.ts';
import { heldConference } from '../support/held-conference.ts';
import { insertRound } from '../support/rounds-job.ts';
import { signedBody } from '../support/signing.ts';
import type { Agency } from '../walls/scenes.ts';

/** What has an id, or a name that stands in a path. */
export type Kind =
  | Exclude<
      keyof typeof EXAMPLE_IDS,
      | 'arge'
      | 'caritas'
      | 'code'
      | 'plannedLaufzettel'
      | 'webhookUrl'
      | 'webhookCode'
      | 'agreementSignature'
      | 'consentTextHash'
    >
  | 'agency'
  | 'system';

/** The ids of an agency's own things. */
export type Things = Readonly<Record<Kind, string>> & {
  /** A forwarding that it received and works on, at `version`; `forwarding` is one that it sent. */
  readonly received: string;
  readonly version: number;
  /** Another Laufzettel, of the kind of a plan; `plan` stands on it. */
  readonly plannedLaufzettel: string;
  /** One that its partner issued to it, not used yet. */
  readonly code: string;
  /** By its own key, under the first version of `agreement`. */
  readonly signature: string;
};

/** The categories that go; the demo network's agreement lists them all. */
const CATEGORIES = ['STAMMDATEN', 'SPRACHE'];
const ENTRIES = [
  { category: 'STAMMDATEN', payload: { familienname: 'Erfunden', vorname: 'Amira' } },
  { category: 'SPRACHE', payload: { erstsprache: 'ar', deutschNiveau: 'A2' } },
];

const systemOf = (name: Agency): string => DEMO_AGENCIES.find((one) => one.id === AGENCY[name])!.system;

/** An agency's things, most of them shared with its partner. */
export async function thingsOf(exchange: Exchange, own: Agency, partner: Agency): Promise<Things> {
  const at = async (name: Agency) => systemAt('REST', exchange.url, (await exchange.as(name)).token);
  const [mine, theirs] = [await at(own), await at(partner)];
  const agreement = await mine.done('createAgreement', {
    body: {
      title: 'Vereinbarung zu zweit',
      parties: [AGENCY[own], AGENCY[partner]],
      purposes: ['BERATUNG'],
      categories: CATEGORIES,
      from: '2026-01-01',
    },
  });
  const sent = await send(mine, own, partner);
  const got = await send(theirs, partner, own);
  const forwardingId = got.forwarding;
  const { version } = await mine.done('getForwarding', { params: { forwardingId } });
  const params = { forwardingId };
  const accepted = await mine.done('acceptForwarding', { params, body: { expectedVersion: version } });
  const begun = await mine.done('progressForwarding', { params, body: { expectedVersion: accepted.version } });
  // The partner knows the client that it received, and tells of a yes that its discloser has to confirm.
  const inPartner = (await theirs.done('getForwarding', { params: { forwardingId: sent.forwarding } })).clientId;
  const proposal = await theirs.done('proposeConsent', {
    params: { clientId: inPartner },
    body: proposalOf({
      type: 'STATEMENT',
      discloser: AGENCY[own],
      recipient: AGENCY[partner],
      categories: ['SPRACHE'],
    }),
  });
  const about = { params: { clientId: sent.client } };
  const asked = { kind: 'CONSENT', recipient: AGENCY[partner], purpose: 'SCHULE', categories: ['SPRACHE'] };
  const conversation = await mine.done('startConsentConversation', {
    ...about,
    body: { language: 'tr', statedBy: 'PERSON', ageBand: 'ADULT', months: 6, lines: [asked] },
  });
  const request = await theirs.done('createRequest', {
    body: { clientId: got.client, agencyId: AGENCY[own], kind: 'FALLMITTEILUNG', purpose: 'BERATUNG' },
  });
  const linkCode = await mine.done('issueLinkCode', { ...about, body: { agencyId: AGENCY[partner] } });
  const other = await mine.done('createClient', { body: {} });
  const code = await mine.done('issueLinkCode', {
    params: { clientId: other.id },
    body: { agencyId: AGENCY[partner] },
  });
  const { linkId } = await theirs.done('redeemLinkCode', { body: { code: code.code } });
  const partners = await theirs.done('createClient', { body: {} });
  const forOwn = await theirs.done('issueLinkCode', {
    params: { clientId: partners.id },
    body: { agencyId: AGENCY[own] },
  });
  // Nobody takes what is sent there.
  const webhook = await mine.done('registerWebhook', {
    body: { url: 'http://127.0.0.1:9/', description: 'Fachverfahren' },
  });
  const held = await heldConference(exchange, own, partner, { client: sent.client });
  const planned = await plan(mine, sent.client, partner);
  const round = await insertRound(exchange, { agreement: agreement.id, reader: AGENCY[own], partner: AGENCY[partner] });
  const [owed] = await exchange.sql('SELECT id FROM disclosure WHERE forwarding_id = $1 ORDER BY id', [forwardingId]);
  return {
    agency: AGENCY[own],
    system: systemOf(own),
    agreement: agreement.id,
    client: sent.client,
    entry: sent.entry,
    laufzettel: sent.laufzettel,
    forwarding: sent.forwarding,
    disclosure: owed.id,
    proposal: proposal.id,
    consentText: conversation.texts[0].id,
    request: request.id,
    linkCode: linkCode.id,
    link: linkId,
    webhook: webhook.id,
    received: forwardingId,
    version: begun.version,
    round,
    ...held,
    ...planned,
    code: forOwn.code,
    signature: (await signedBody(mine, agreement.id)).signature,
  };
}

async function send(by: System, from: Agency, to: Agency) {
  const { id: client } = await by.done('createClient', { body: {} });
  const about = { params: { clientId: client } };
  await by.done('recordStatement', { ...about, body: yes({ recipient: AGENCY[to], categories: CATEGORIES }) });
  // A refusal that keeps nothing back: something to be found in the list of what was said.
  await by.done('recordStatement', {
    ...about,
    body: no({ discloser: AGENCY[from], recipient: AGENCY[to], purpose: 'SCHULE', decision: 'REFUSED' }),
  });
  const body = { clientId: client, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entries: ENTRIES };
  const slip = await by.done('createLaufzettel', { body });
  const params = { laufzettelId: slip.id };
  const { forwarding } = await by.done('forwardLaufzettel', { params, body: { recipient: AGENCY[to] } });
  return { client, laufzettel: slip.id as string, entry: slip.entryIds[0] as string, forwarding: forwarding.id };
}

/** A plan with the partner; the demo network's agreement covers it. */
async function plan(by: System, clientId: string, partner: Agency) {
  await by.done('recordStatement', {
    params: { clientId },
    body: yes({ recipient: AGENCY[partner], categories: ['FOERDERPLAN'] }),
  });
  const slip = await by.done('createLaufzettel', { body: { clientId, kind: 'FOERDERPLAN', purpose: 'BERATUNG' } });
  const opened = { laufzettelId: slip.id, partner: AGENCY[partner], nameCode: 'FOERDERPLAN' };
  const { id: planId } = await by.done('openPlan', { body: opened });
  const entry = { category: 'FOERDERPLAN', payload: { ziele: ['Deutsch B1'] }, secrecy: false };
  const { id, partId } = await by.done('proposePlanPart', { params: { planId }, body: { entry } });
  return {
    plannedLaufzettel: slip.id as string,
    plan: planId as string,
    planProposal: id as string,
    planPart: partId as string,
  };
}

/** Puts an agency's own ids in the place of those of the docs. */
export function withOwnIds<Value>(value: Value, own: Things, partner: Agency): Value {
  // A hash that is none of ours is that of paper made elsewhere.
  const { code, arge, caritas, agreementSignature, plannedLaufzettel, consentTextHash: _paper, ...ids } = EXAMPLE_IDS;
  let text = JSON.stringify(value ?? null)
    .replaceAll(arge, own.agency)
    .replaceAll(caritas, AGENCY[partner])
    .replaceAll(plannedLaufzettel, own.plannedLaufzettel)
    .replaceAll(code, own.code)
    .replaceAll(agreementSignature, own.signature);
  for (const [kind, id] of Object.entries(ids)) text = text.replaceAll(id, own[kind as Kind]);
  return JSON.parse(text) ?? undefined;
}

/** Claims and header members: undefined leaves one out. */
export type Forgery = (claims?: Record<string, unknown>, header?: Record<string, unknown>) => Promise<string>;

/** Signs whatever it is told with the exchange's own key, from a token of that partner. */
export async function forger(exchange: Exchange, partner: Agency | 'admin'): Promise<Forgery> {
  const jwk = await issuerKey(exchange);
  const { token } = await exchange.as(partner);
  const own = { claims: decodeJwt(token), header: decodeProtectedHeader(token) };
  const key = await importJWK(jwk, 'ES384');
  return async (claims = {}, header = {}) =>
    new SignJWT(given({ ...own.claims, ...claims }))
      .setProtectedHeader(given({ ...own.header, ...header }) as { alg: string })
      .sign(key);
}

/** The private key of the built-in issuer, as an operator of the exchange could read it. */
export async function issuerKey(exchange: Exchange): Promise<JWK> {
  const database = openDatabase({ url: exchange.database.serviceUrl, poolSize: 1 });
  try {
    const keys = await loadExchangeKeys(database, new MasterKeyRing(() => [exchange.masterKey]), () => {
      throw new Error('a running exchange has its keys');
    });
    return JSON.parse(keys.issuer.toString());
  } finally {
    await database.close();
  }
}

const given = (record: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
