/** What the stories of the operations share: agencies of their own, a client with a Laufzettel, a consent that covers it. */
import { generateClientKey } from '../../src/auth/client-credentials.ts';
import { inventPerson } from '../../src/cli/demo/persons.ts';
import type { Category, Kind, Purpose } from '../../src/domain/catalogue.ts';
import { AGENCY_SCOPES } from '../../src/embedded/demo-agencies.ts';
import { type Door, type System, sign, systemAt, tokenOf } from '../support/both-doors.ts';
import { yes } from '../support/consent-bodies.ts';
import type { Exchange } from '../support/exchange.ts';

/** An id that nothing has. */
export const NOTHING = '01980000-0000-7000-8000-00000000dead';

export const MALFORMED_IDS = [
  'no-id',
  '0',
  "' OR true --",
  '01980000-0000-7000-8000-00000000000',
  '{01980000-0000-7000-8000-000000000001}',
  '01980000-0000-7000-8000-00000000000g',
];

export const instant = (at: number | string, offsetMs = 0): string =>
  new Date(new Date(at).getTime() + offsetMs).toISOString();

/** The first instant at which a yes is later than what was recorded then. */
export const justAfter = ({ recordedAt }: { recordedAt: string }): string => instant(recordedAt, 1);

let seed = 0;
/** A valid payload of that category, of another invented person at every call. */
export function payloadOf(category: Category): unknown {
  seed += 1;
  return inventPerson(seed)[category.toLowerCase() as Lowercase<Category>];
}

/** The shortest body of an entry of that category. */
export const entryOf = (category: Category, more: object = {}): Record<string, unknown> => ({
  category,
  payload: payloadOf(category),
  ...(category === 'DOKUMENT' ? { filedUnder: ['SPRACHKURS'] } : {}),
  ...more,
});

export interface Admitted {
  id: string;
  system: System;
}

/** Admits an agency whose system has its own key and gets its own token; with the scopes of any agency unless told. */
export async function admit(
  exchange: Exchange,
  door: Door,
  {
    scopes = AGENCY_SCOPES,
    publicBody = false,
    agencyId,
  }: { scopes?: readonly string[]; publicBody?: boolean; agencyId?: string } = {},
): Promise<Admitted & { token: string }> {
  const admin = systemAt(door, exchange.url, (await exchange.as('admin')).token);
  seed += 1;
  const about = {
    kind: 'BERATUNGSSTELLE',
    name: `Beratungsstelle ${seed}`,
    sponsor: 'Verein e.V.',
    publicBody,
    legalRegime: 'KDG',
  };
  const id = agencyId ?? (await admin.done('createAgency', { body: about })).id;
  const clientId = `system-${door.toLowerCase()}-${seed}`;
  const { key, jwks } = await generateClientKey();
  await admin.done('registerSystem', { params: { agencyId: id }, body: { clientId, scopes, jwks } });
  const token = await tokenOf(exchange.url, clientId, key);
  return { id, token, system: systemAt(door, exchange.url, token) };
}

/** An agreement about everything, that all parties have signed. */
export async function agree(parties: readonly Admitted[], more: object = {}): Promise<string> {
  const [first] = parties;
  const body = {
    title: 'Kooperationsvereinbarung',
    parties: parties.map((one) => one.id),
    purposes: ['BERATUNG', 'SPRACHFOERDERUNG'],
    categories: ['STAMMDATEN', 'KONTAKT', 'SPRACHE', 'GESUNDHEIT', 'BERATUNGSNOTIZ', 'FAMILIE'],
    from: '2026-01-01',
    ...more,
  };
  const { id } = await first!.system.done('createAgreement', { body });
  for (const party of parties) await sign(party.system, id);
  return id;
}

export interface Case {
  clientId: string;
  laufzettelId: string;
  entryIds: string[];
}

/** A client with a Laufzettel and an entry of each category, in their order. */
export async function openCase(
  by: System,
  categories: readonly Category[] = ['STAMMDATEN'],
  {
    kind = 'FALLMITTEILUNG',
    purpose = 'BERATUNG',
    ...more
  }: { kind?: Kind; purpose?: Purpose; route?: string[]; agreementId?: string; dueDate?: string } = {},
): Promise<Case> {
  const { id: clientId } = await by.done('createClient', { body: {} });
  const entryIds: string[] = [];
  for (const category of categories) {
    entryIds.push((await by.done('addEntry', { params: { clientId }, body: entryOf(category) })).id);
  }
  const body = { clientId, kind, purpose, entryIds, ...more };
  return { clientId, entryIds, laufzettelId: (await by.done('createLaufzettel', { body })).id };
}

/** The client says yes; the purpose is BERATUNG unless told. */
export const sayYes = (
  by: System,
  clientId: string,
  more: Record<string, unknown>,
): Promise<{ id: string; recordedAt: string }> => by.done('recordStatement', { params: { clientId }, body: yes(more) });

export const forward = (by: System, { laufzettelId }: { laufzettelId: string }, recipient: string, more: object = {}) =>
  by.call('forwardLaufzettel', { params: { laufzettelId }, body: { recipient, ...more } });

/** A case whose entries went to the recipient with the client's consent. */
export async function sendCase(
  by: System,
  recipient: string,
  categories: Category[] = ['STAMMDATEN'],
): Promise<Case & { forwardingId: string }> {
  const sent = await openCase(by, categories);
  await sayYes(by, sent.clientId, { recipient, categories });
  const outcome = await forward(by, sent, recipient);
  if (!outcome.ok) throw new Error(outcome.bytes);
  return { ...sent, forwardingId: outcome.value.forwarding.id };
}

/** Asks that agency for a FALLMITTEILUNG for BERATUNG about the client. */
export const ask = (by: System, clientId: string, agencyId: string, more: object = {}) =>
  by.done('createRequest', { body: { clientId, agencyId, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', ...more } });

/** How many rows of a table a condition holds for. */
export async function count(exchange: Exchange, table: string, where: string, values: unknown[]): Promise<number> {
  const [row] = await exchange.sql(`SELECT count(*)::int AS many FROM ${table} WHERE ${where}`, values);
  return row.many;
}

/** Stops the exchange's clock at an instant. */
export const stopClock = (exchange: Exchange, at: number | string): Promise<unknown> =>
  exchange.sql(
    `CREATE OR REPLACE FUNCTION api.clock_now() RETURNS timestamptz LANGUAGE sql VOLATILE
     AS $$ SELECT timestamptz '${instant(at)}' $$`,
  );
