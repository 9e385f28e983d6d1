/** Steps that the tests of the walls take again and again, each at the service's own door. Whatever fails, throws. */

import type { Client } from 'pg';
import { closing } from '../../src/persistence/closing.ts';
import { openDatabase } from '../../src/persistence/database.ts';
import { KnownNetwork } from '../../src/persistence/network.ts';
import { closeEnded } from '../../src/usecases/close-ended.ts';
import type { Deps } from '../../src/usecases/ports.ts';
import { yes } from '../support/consent-bodies.ts';
import type { Answer, Exchange, Partner, PartnerSystem } from '../support/exchange.ts';
import { AGENCY } from '../support/exchange.ts';

export type Agency = keyof typeof AGENCY;

/** An answer that has to have this status; the text says why it has not. */
export function expecting(status: number, answer: Answer): Answer {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`);
  return answer;
}

export interface NewEntry {
  category: string;
  payload: Record<string, unknown>;
  [mark: string]: unknown;
}

export const MASTER: NewEntry = { category: 'STAMMDATEN', payload: { familienname: 'Erfunden', vorname: 'Amira' } };
export const CONTACT: NewEntry = { category: 'KONTAKT', payload: { telefon: '+49 30 23125 001' } };
export const LANGUAGE: NewEntry = { category: 'SPRACHE', payload: { erstsprache: 'ar', deutschNiveau: 'A2' } };

export async function newClient(system: PartnerSystem, fileReference: string | null = null): Promise<string> {
  return expecting(201, await system.post('/v1/clients', { fileReference })).body.id;
}

export async function newSlip(
  system: PartnerSystem,
  clientId: string,
  entries: NewEntry[],
  more: Record<string, unknown> = {},
): Promise<{ id: string; entryIds: string[] }> {
  const slip = { clientId, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entries, ...more };
  return expecting(201, await system.post('/v1/laufzettel', slip)).body;
}

export async function sayYes(
  system: PartnerSystem,
  clientId: string,
  recipient: Agency,
  categories: string[],
  more: Record<string, unknown> = {},
): Promise<string> {
  const body = yes({ recipient: AGENCY[recipient], categories, ...more });
  return expecting(201, await system.post(`/v1/clients/${clientId}/statements`, body)).body.id;
}

export async function release(
  system: PartnerSystem,
  clientId: string,
  recipient: Agency,
  categories: string[],
): Promise<void> {
  const { purpose: _none, ...body } = yes({ recipient: AGENCY[recipient], categories });
  expecting(201, await system.post(`/v1/clients/${clientId}/releases`, body));
}

export async function forward(
  system: PartnerSystem,
  slipId: string,
  recipient: Agency,
  more: Record<string, unknown> = {},
): Promise<string> {
  const body = { recipient: AGENCY[recipient], ...more };
  return expecting(201, await system.post(`/v1/laufzettel/${slipId}/forwardings`, body)).body.forwarding.id;
}

export const read = async (system: PartnerSystem, forwardingId: string): Promise<Answer['body']> =>
  expecting(200, await system.get(`/v1/forwardings/${forwardingId}`)).body;

/** The same, by the other door. */
export async function readByGraphql(system: PartnerSystem, forwardingId: string): Promise<Answer['body']> {
  const query = `query ($id: ID!) { forwarding(forwardingId: $id) {
    status version clientId entries { id category payload } 
    closedEntries { entryId category closedAt disclosureId answer answeredAt } } }`;
  const answer = expecting(200, await system.graphql(query, { id: forwardingId }));
  if (answer.body.errors) throw new Error(answer.text);
  return answer.body.data.forwarding;
}

/** Ids of the entries that may be read about a client, sorted; the same at both doors, or this throws. */
export async function entriesRead(system: PartnerSystem, clientId: string): Promise<string[]> {
  const ids = (items: { id: string }[]): string[] => items.map((one) => one.id).sort();
  const rest = ids(expecting(200, await system.get(`/v1/clients/${clientId}/entries`)).body.items);
  const query = 'query ($id: ID!) { entries(clientId: $id) { items { id } } }';
  const graphql = ids(expecting(200, await system.graphql(query, { id: clientId })).body.data.entries.items);
  if (rest.join() !== graphql.join()) throw new Error(`REST gives ${rest}, GraphQL ${graphql}`);
  return rest;
}

export interface Story {
  /** Handles of the person: the sender's and the recipient's. */
  client: string;
  theirs: string;
  slip: { id: string; entryIds: string[] };
  hop: string;
}

/** A person's slip goes from one agency to another with everything on it permitted; nobody has read it yet. */
export async function sent(
  exchange: Pick<Exchange, 'as'>,
  from: Agency,
  to: Agency,
  entries: NewEntry[] = [MASTER, CONTACT],
  more: Record<string, unknown> = {},
): Promise<Story> {
  const sender = await exchange.as(from);
  const client = await newClient(sender);
  const slip = await newSlip(sender, client, entries);
  await sayYes(
    sender,
    client,
    to,
    entries.map((one) => one.category),
    more,
  );
  const hop = await forward(sender, slip.id, to);
  const inbox = expecting(200, await (await exchange.as(to)).get('/v1/inbox?limit=200')).body.items;
  const { clientId } = inbox.find((one: { id: string }) => one.id === hop);
  return { client, theirs: clientId, slip, hop };
}

/** It goes on to a third agency, by the consent that its origin holds. */
export async function passedOn(
  exchange: Pick<Exchange, 'as'>,
  story: Story,
  origin: Agency,
  from: Agency,
  to: Agency,
  categories = ['STAMMDATEN', 'KONTAKT'],
): Promise<{ hop: string; theirs: string }> {
  await sayYes(await exchange.as(origin), story.client, to, categories);
  const hop = await forward(await exchange.as(from), story.slip.id, to);
  const header = (await read(await exchange.as(to), hop)) as { clientId: string };
  return { hop, theirs: header.clientId };
}

/** The person carries a code from one agency to another. */
export async function linked(
  exchange: Pick<Exchange, 'as'>,
  issuer: Agency,
  client: string,
  redeemer: Agency,
  own: string | null = null,
): Promise<{ clientId: string; linkId: string }> {
  const issued = await (await exchange.as(issuer)).post(`/v1/clients/${client}/link-codes`, {
    agencyId: AGENCY[redeemer],
  });
  const { code } = expecting(201, issued).body;
  const answer = await (await exchange.as(redeemer)).post('/v1/clients/link', { code, clientId: own });
  const { client: mine, linkId } = expecting(201, answer).body;
  return { clientId: mine.id, linkId };
}

export interface RowInDatabase {
  id: string;
  entry_id: string;
  forwarding_id: string;
  from_id: string;
  to_id: string;
  opened_at: Date;
  good_until: Date;
  closed_at: Date | null;
  fetched_at: Date | null;
}

export const rowsOf = (exchange: Exchange, ...hops: string[]): Promise<RowInDatabase[]> =>
  exchange.sql('SELECT * FROM disclosure WHERE forwarding_id = ANY ($1) ORDER BY opened_at, id', [hops]);

/** Types of the events that told an agency of a forwarding, or of what it disclosed, since then. */
export async function eventsOf(exchange: Exchange, agency: Agency, hop: string, since: Date): Promise<string[]> {
  const events = await exchange.sql(
    `SELECT type FROM event WHERE agency_id = $1 AND at >= $3 AND (subject ->> 'forwardingId' = $2
       OR subject ->> 'disclosureId' IN (SELECT id::text FROM disclosure WHERE forwarding_id = $2::uuid)) ORDER BY at, id`,
    [AGENCY[agency], hop, since],
  );
  return events.map((one) => one.type);
}

export const now = async (exchange: Exchange): Promise<Date> =>
  (await exchange.sql('SELECT api.clock_now() AS at'))[0].at;

export const partners = async <P extends Partner>(exchange: Pick<Exchange, 'as'>, ...names: P[]) =>
  Object.fromEntries(await Promise.all(names.map(async (name) => [name, await exchange.as(name)]))) as Record<
    P,
    PartnerSystem
  >;

/** Stops the exchange's clock at an instant; nothing but the database has it. */
export async function stopClock(exchange: Exchange, at: Date): Promise<void> {
  await exchange.sql(
    `CREATE OR REPLACE FUNCTION api.clock_now() RETURNS timestamptz LANGUAGE sql VOLATILE
     AS $$ SELECT timestamptz '${at.toISOString()}' $$`,
  );
}

/** The clock job of an instance that does nothing else. */
export function clockJob(exchange: Exchange): { tick(): Promise<number>; close(): Promise<void> } {
  const database = openDatabase({ url: exchange.database.serviceUrl, poolSize: 2 });
  const deps = { closing: closing(database, new KnownNetwork(database)) } as Deps;
  return { tick: () => closeEnded(deps), close: () => database.close() };
}

export const later = (at: Date, ms: number): Date => new Date(at.getTime() + ms);

/** The versions of all that a forwarding is decided upon, as api.commit_forward wants them. found: by api.load_forward. */
export async function versionsOf(service: Client, found: { versions: Record<string, number> }): Promise<object> {
  const { network } = (await service.query('SELECT api.network() AS network')).rows[0];
  const of = (kind: string) =>
    Object.fromEntries(
      network[kind].map(({ version, fact }: { version: number; fact: { id: string } }) => [fact.id, version]),
    );
  return { persons: found.versions, agencies: of('agencies'), agreements: of('agreements') };
}
