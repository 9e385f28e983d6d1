/** Who sends, and who takes no part: agencies with a case of every kind, and callers with all scopes, some, or no token at all. */

import { generateClientKey } from '../../src/auth/client-credentials.ts';
import { AGENCY_SCOPES } from '../../src/embedded/demo-agencies.ts';
import { type Forgery, forger, thingsOf } from '../misuse/world.ts';
import { admit, agree, openCase, sayYes, sendCase } from '../operations/world.ts';
import { AGENCY, AGREEMENT, type Exchange } from '../support/exchange.ts';
import { type Kind, Pools } from './pools.ts';

export interface Role {
  name: string;
  /** Whose ids it knows; the narrow ones know those of their agency. */
  knows: string;
  /** As the audit names it. */
  system: string;
  token(): Promise<string | null>;
  /** What its token lets it do; empty: nothing at all. */
  scopes: readonly string[];
  /** How often it sends, against the others. */
  weight: number;
}

export interface World {
  roles: readonly Role[];
  pools: Pools;
  /** Ids of those who take no part. */
  things: readonly string[];
  /** Of them those about a person. */
  personal: readonly string[];
  agencies: readonly string[];
}

const LIFE_SECONDS = 300;

export async function buildWorld(exchange: Exchange): Promise<World> {
  const [one, other] = [await admit(exchange, 'REST'), await admit(exchange, 'REST')];
  const agreement = await agree([one, other]);
  const foreign: Record<string, string[]> = {
    agreement: [agreement],
    nothing: ['01980000-0000-7000-8000-00000000dead'],
  };
  const hold = (kind: Kind, id: string) => (foreign[kind] = [...(foreign[kind] ?? []), id]);
  for (let index = 0; index < 3; index += 1) {
    const sent = await sendCase(one.system, other.id, ['STAMMDATEN', 'SPRACHE']);
    const read = await other.system.done('getForwarding', { params: { forwardingId: sent.forwardingId } });
    hold('client', sent.clientId);
    hold('client', read.clientId);
    hold('laufzettel', sent.laufzettelId);
    hold('forwarding', sent.forwardingId);
    for (const id of sent.entryIds) hold('entry', id);
    const rows = await exchange.sql('SELECT id FROM disclosure WHERE forwarding_id = $1', [sent.forwardingId]);
    for (const { id } of rows) hold('disclosure', id);
    const code = await one.system.done('issueLinkCode', {
      params: { clientId: sent.clientId },
      body: { agencyId: other.id },
    });
    hold('linkCode', code.id);
    const conversation = await one.system.done('startConsentConversation', {
      params: { clientId: sent.clientId },
      body: {
        ...{ language: 'de', statedBy: 'PERSON', ageBand: 'ADULT', months: 12 },
        lines: [{ kind: 'RELEASE', recipient: other.id, categories: ['BERATUNGSNOTIZ'] }],
      },
    });
    hold('consentText', conversation.texts[0].id);
    const asked = await openCase(one.system, ['STAMMDATEN']);
    await sayYes(one.system, asked.clientId, { recipient: other.id, categories: ['STAMMDATEN'] });
    const body = { clientId: asked.clientId, agencyId: other.id, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG' };
    const request = await one.system.call('createRequest', { body });
    if (request.ok) hold('request', request.value.id);
    hold('client', asked.clientId);
  }
  const pools = new Pools(foreign, [AGREEMENT, ...Object.values(AGENCY), one.id, other.id]);
  await learnOwn(exchange, pools);
  const { nothing: _nothing, ...theirs } = foreign;
  return {
    roles: await rolesOf(exchange),
    pools,
    things: Object.values(theirs).flat(),
    personal: Object.entries(theirs).flatMap(([kind, ids]) => (kind === 'agreement' ? [] : ids)),
    agencies: [one.id, other.id],
  };
}

async function learnOwn(exchange: Exchange, pools: Pools): Promise<void> {
  for (const [own, partner] of [
    ['arge', 'caritas'],
    ['caritas', 'diakonie'],
    ['diakonie', 'arge'],
  ] as const) {
    const {
      version,
      received,
      discussed,
      code: _code,
      system: _system,
      ...ids
    } = await thingsOf(exchange, own, partner);
    for (const [kind, id] of Object.entries(ids)) if (kind !== 'agency') pools.learn(own, kind as Kind, id);
    pools.learn(own, 'forwarding', received);
    pools.learn(own, 'laufzettel', discussed);
    pools.learnVersion(received, version);
    for (const agency of ['arge', 'caritas', 'diakonie'] as const) pools.teach(own, 'agency', AGENCY[agency]);
  }
  // The admin may suspend whom it likes; here only those whom it admits itself, or there would soon be nobody left.
  const [first, second] = [await admit(exchange, 'REST'), await admit(exchange, 'REST')];
  for (const { id } of [first, second]) pools.teach('admin', 'agency', id);
}

/** As the contract has it, whatever the service makes of a claim. */
function scopesOf(of: string, { scope, agency, exp }: Record<string, unknown>): readonly string[] {
  if (agency !== undefined || exp !== undefined) return [];
  if (typeof scope === 'string') return scope.includes(',') ? [] : scope.split(' ');
  return of === 'admin' ? ['exchange:admin'] : AGENCY_SCOPES;
}

async function rolesOf(exchange: Exchange): Promise<Role[]> {
  const stranger = (await generateClientKey('ES384')).key;
  const make = async (
    name: string,
    of: 'arge' | 'caritas' | 'diakonie' | 'admin',
    weight: number,
    claims: Record<string, unknown> = {},
  ): Promise<Role> => {
    const forge: Forgery = await forger(exchange, of);
    const system = `fuzz-${name}`;
    let made = 0;
    let token = '';
    return {
      name,
      knows: of,
      system,
      weight,
      scopes: scopesOf(of, claims),
      async token() {
        const now = Math.floor(Date.now() / 1000);
        if (now - made > LIFE_SECONDS / 2) {
          made = now;
          token = await forge({ client_id: system, sub: system, iat: now, exp: now + LIFE_SECONDS, ...claims });
        }
        return token;
      },
    };
  };
  const nobody = '01980000-0000-7000-8000-00000000dead';
  return [
    await make('arge', 'arge', 6),
    await make('caritas', 'caritas', 6),
    await make('diakonie', 'diakonie', 5),
    await make('admin', 'admin', 2),
    await make('reader', 'arge', 1, { scope: 'laufzettel:read' }),
    await make('consent', 'caritas', 1, { scope: 'consent:read consent:write' }),
    await make('scopeless', 'diakonie', 0.5, { scope: AGENCY_SCOPES.join(',') }),
    await make('nobody', 'arge', 0.5, { agency: nobody }),
    { ...(await make('expired', 'arge', 0.5, { exp: 1_700_000_000, iat: 1_699_999_900 })), system: 'none' },
    {
      name: 'stranger',
      knows: 'arge',
      system: 'none',
      weight: 0.5,
      scopes: [],
      token: async () => `${stranger.kid}.x.y`,
    },
    { name: 'nameless', knows: 'arge', system: 'none', weight: 0.5, scopes: [], token: async () => null },
  ];
}
