/** The facts that end disclosures, as `docs/consent.md` names them, each as what records it and what gives its basis back. */
import { no, yes } from '../support/consent-bodies.ts';
import { AGENCY, type Exchange, signAs } from '../support/exchange.ts';
import { expecting, linked, newClient, now, type Story, sayYes } from './scenes.ts';

const BOTH = ['STAMMDATEN', 'KONTAKT'];

/** arge → caritas → diakonie → tgsh of what arge wrote; each has read. */
export interface Chain extends Story {
  handles: Record<'caritas' | 'diakonie' | 'tgsh', string>;
  hops: [string, string, string];
}
export const READERS = ['caritas', 'diakonie', 'tgsh'] as const;

export interface Cause {
  /** As the page calls it. */
  name: string;
  /** The fact, as the audit calls it. */
  action: string;
  /** Why, in the audit of the closing. Default: WITHDRAWN. */
  because?: string;
  /** What it closes: from which link on. Default: the first, so everything. */
  from?: 0 | 1 | 2;
  /** Of the two entries the first alone. */
  first?: true;
  /** Prepares what it needs. */
  before?(exchange: Exchange, chain: Chain): Promise<unknown>;
  record(exchange: Exchange, chain: Chain): Promise<unknown>;
  /** Gives the basis back, as far as it can be given back. */
  undo?(exchange: Exchange, chain: Chain): Promise<unknown>;
  /** What becomes of the first forwarding that it ends. Default: BLOCKED. */
  status?: string;
}

const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();

const says =
  (by: 'arge' | (typeof READERS)[number], body: () => Record<string, unknown>) =>
  async (exchange: Exchange, { client, handles }: Chain): Promise<unknown> => {
    const handle = by === 'arge' ? client : handles[by];
    return expecting(201, await (await exchange.as(by)).post(`/v1/clients/${handle}/statements`, body()));
  };

const admin = (path: string) => async (exchange: Exchange) => {
  const body = path.endsWith('reinstate') ? undefined : { confirm: true };
  return expecting(200, await (await exchange.as('admin')).post(path, body));
};
const suspension = (agency: keyof typeof AGENCY): Pick<Cause, 'action' | 'because' | 'record' | 'undo'> => ({
  action: 'agency.suspend',
  because: 'AGENCY_SUSPENDED',
  record: admin(`/v1/agencies/${AGENCY[agency]}/suspend`),
  undo: admin(`/v1/agencies/${AGENCY[agency]}/reinstate`),
});

async function newYeses(exchange: Exchange, { client }: Chain): Promise<void> {
  const statedAt = (await now(exchange)).toISOString();
  for (const to of READERS) await sayYes(await exchange.as('arge'), client, to, BOTH, { statedAt });
}

async function newAgreement(exchange: Exchange): Promise<void> {
  const parties = ['arge', 'caritas', 'diakonie', 'tgsh', 'rantzau'] as const;
  const agreement = {
    title: 'Noch einmal',
    parties: parties.map((one) => AGENCY[one]),
    purposes: ['BERATUNG'],
    categories: [...BOTH, 'SPRACHE'],
    from: '2026-01-01',
  };
  const { id } = expecting(201, await (await exchange.as('arge')).post('/v1/agreements', agreement)).body;
  for (const one of parties) expecting(200, await signAs(await exchange.as(one), id));
}

/** Handles at rantzau on somebody who said no, and the link that unites both, by story. */
const elsewhere = new Map<Chain, { handle: string; linkId?: string }>();

const step =
  (by: 'arge' | (typeof READERS)[number], link: number, name: string) =>
  async (exchange: Exchange, { hops }: Chain) => {
    const system = await exchange.as(by);
    const hop = hops[link];
    const { version } = expecting(200, await system.get(`/v1/forwardings/${hop}`)).body;
    const body = { expectedVersion: version, ...(name === 'reject' ? { code: 'NO_CAPACITY' } : {}) };
    return expecting(200, await system.post(`/v1/forwardings/${hop}/${name}`, body));
  };

export const CAUSES: Cause[] = [
  { name: 'a no to everything', action: 'statement.record', record: says('arge', () => no()), undo: newYeses },
  {
    name: 'a no that its last recipient records',
    action: 'statement.record',
    record: says('tgsh', () => no()),
    undo: newYeses,
  },
  {
    name: 'a no that an agency records which neither wrote it nor got it first, about the first link',
    action: 'statement.record',
    record: says('diakonie', () => no({ discloser: AGENCY.arge, recipient: AGENCY.caritas })),
    undo: newYeses,
  },
  {
    name: 'a no that the first recipient records about itself',
    action: 'statement.record',
    record: says('caritas', () => no({ recipient: AGENCY.caritas })),
    undo: newYeses,
  },
  {
    name: 'a refusal of one recipient',
    action: 'statement.record',
    because: 'REFUSED',
    from: 1,
    record: says('arge', () => no({ decision: 'REFUSED', recipient: AGENCY.diakonie })),
    undo: newYeses,
  },
  {
    name: 'a no to the last link',
    action: 'statement.record',
    from: 2,
    record: says('caritas', () => no({ recipient: AGENCY.tgsh })),
    undo: newYeses,
  },
  {
    name: 'a no to who passes on',
    action: 'statement.record',
    from: 1,
    record: says('arge', () => no({ discloser: AGENCY.caritas })),
    undo: newYeses,
  },
  {
    name: 'a no to one category',
    action: 'statement.record',
    first: true,
    record: says('arge', () => no({ categories: ['STAMMDATEN'] })),
    undo: newYeses,
  },
  {
    name: 'a weaker GIVEN',
    action: 'statement.record',
    because: 'GIVEN',
    record: says('arge', () =>
      yes({
        recipient: AGENCY.caritas,
        categories: BOTH,
        statedAt: minutesAgo(1),
        validFrom: '2026-01-01',
        validUntil: minutesAgo(1),
        confirm: true,
      }),
    ),
    undo: newYeses,
  },
  {
    name: 'a termination',
    action: 'agreement.terminate',
    because: 'AGREEMENT_TERMINATED',
    record: (exchange) => terminateAll(exchange),
    undo: newAgreement,
  },
  { name: 'a suspension of its author', ...suspension('arge') },
  { name: 'a suspension of its first recipient', ...suspension('caritas') },
  { name: 'a suspension in the middle', from: 1, ...suspension('diakonie') },
  { name: 'a suspension of its last recipient', from: 2, ...suspension('tgsh') },
  {
    name: 'a correction',
    action: 'entry.correct',
    because: 'ENTRY_CORRECTED',
    first: true,
    record: async (exchange, { slip }) =>
      expecting(
        201,
        await (await exchange.as('arge')).post(`/v1/entries/${slip.entryIds[0]}/corrections`, {
          payload: { familienname: 'Erfunden', vorname: 'Anders' },
        }),
      ),
  },
  {
    name: 'a link of persons',
    action: 'client.link',
    because: 'CLIENT_LINKED',
    before: async (exchange, chain) => {
      const rantzau = await exchange.as('rantzau');
      const handle = await newClient(rantzau);
      expecting(201, await rantzau.post(`/v1/clients/${handle}/statements`, no()));
      elsewhere.set(chain, { handle });
    },
    record: async (exchange, chain) => {
      const { handle } = elsewhere.get(chain)!;
      const { linkId } = await linked(exchange, 'arge', chain.client, 'rantzau', handle);
      elsewhere.set(chain, { handle, linkId });
    },
    undo: async (exchange, chain) => {
      const { linkId } = elsewhere.get(chain)!;
      const end = await (await exchange.as('arge')).post(`/v1/clients/${chain.client}/links/${linkId}/end`, {
        confirm: true,
      });
      expecting(200, end);
    },
  },
  {
    name: 'a recall',
    action: 'forwarding.step',
    because: 'FORWARDING_RECALLED',
    from: 2,
    status: 'RECALLED',
    record: step('diakonie', 2, 'recall'),
  },
  {
    name: 'a recall of the first forwarding',
    action: 'forwarding.step',
    because: 'FORWARDING_RECALLED',
    status: 'RECALLED',
    record: step('arge', 0, 'recall'),
  },
  {
    name: 'a rejection',
    action: 'forwarding.step',
    because: 'FORWARDING_REJECTED',
    from: 1,
    status: 'REJECTED',
    record: step('diakonie', 1, 'reject'),
  },
  {
    name: 'an erasure',
    action: 'client.erase',
    because: 'ERASURE',
    record: async (exchange, { client }) =>
      expecting(200, await (await exchange.as('arge')).post(`/v1/clients/${client}/erase`, { confirm: true })),
  },
];

/** All in force: what an earlier cause brought back is one more. */
async function terminateAll(exchange: Exchange): Promise<void> {
  const rows = await exchange.sql('SELECT id FROM agreement WHERE terminated_at IS NULL ORDER BY id');
  for (const { id } of rows) await admin(`/v1/agreements/${id}/terminate`)(exchange);
}
