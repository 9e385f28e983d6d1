/** The database as the service's role sees it, without the service: wall 3 with all the others off. */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { no, proposalOf } from '../support/consent-bodies.ts';
import { AGENCY, AGREEMENT, type Exchange } from '../support/exchange.ts';
import { heldConference } from '../support/held-conference.ts';
import { insertRound } from '../support/rounds-job.ts';
import {
  type Agency,
  expecting,
  LANGUAGE,
  linked,
  MASTER,
  newClient,
  newSlip,
  passedOn,
  read,
  release,
  type Story,
  sayYes,
  sent,
} from './scenes.ts';

export type Rows = Record<string, unknown>[];
/** Rows, or the SQLSTATE of the refusal. */
export type Outcome = Rows | string;

export interface ServiceRole {
  /** One statement in a transaction of its own, which is rolled back. */
  attempt(text: string, values?: unknown[]): Promise<Outcome>;
  /** The same after the reader has been named. */
  attemptAs(reader: Agency | 'admin', text: string, values?: unknown[]): Promise<Outcome>;
  close(): Promise<void>;
}

export async function connectAs(url: string): Promise<ServiceRole> {
  const client = new Client(url);
  await client.connect();
  async function attempt(before: string | null, text: string, values: unknown[]): Promise<Outcome> {
    await client.query('BEGIN');
    try {
      if (before !== null) await client.query(before);
      return (await client.query(text, values)).rows;
    } catch (error) {
      return (error as { code?: string }).code ?? String(error);
    } finally {
      await client.query('ROLLBACK');
    }
  }
  return {
    attempt: (text, values = []) => attempt(null, text, values),
    attemptAs: (reader, text, values = []) =>
      attempt(reader === 'admin' ? 'SELECT api.enter_admin()' : `SELECT api.enter('${AGENCY[reader]}')`, text, values),
    close: () => client.end(),
  };
}

export interface Filled extends Story {
  /** caritas → diakonie, of the same entries. */
  second: string;
  /** Of an own client of arge with one of diakonie. */
  link: string;
  /** An agreement of arge and tgsh alone. */
  narrow: string;
  /** caritas proposes to arge that it may give to diakonie. */
  proposal: string;
  /** arge asks its client. */
  consentText: string;
  /** arge asks caritas about the same person. */
  request: string;
  /** A disclosure to caritas that has closed, and that it has answered for. */
  ended: string;
  /** Of arge, and the attempt to prove that its address is its own. */
  webhook: string;
  attempt: string;
  /** Of arge with caritas, begun, with something on its agenda and what came of it. */
  conference: string;
  /** Told to arge about caritas. */
  round: string;
  /** Of arge with caritas, with what is proposed in it. */
  plan: { id: string; proposal: string; part: string; entry: string };
}

/** What caritas had read, closed by a no; it says that it has erased it. */
async function endedAndAnswered(exchange: Exchange): Promise<string> {
  const [arge, caritas] = [await exchange.as('arge'), await exchange.as('caritas')];
  const { client, hop } = await sent(exchange, 'arge', 'caritas', [MASTER]);
  await read(caritas, hop);
  expecting(201, await arge.post(`/v1/clients/${client}/statements`, no()));
  const [{ disclosureId }] = (await read(caritas, hop)).closedEntries;
  expecting(200, await caritas.post(`/v1/disclosures/${disclosureId}/answer`, { answer: 'ERASED' }));
  return disclosureId;
}

/** As the clock job would write it; caritas has accepted the forwarding. */
async function roundAbout(exchange: Exchange, hop: string): Promise<string> {
  const id = await insertRound(exchange, { agreement: AGREEMENT, reader: AGENCY.arge, partner: AGENCY.caritas });
  await exchange.sql(
    `INSERT INTO round_item (round_id, section, place, forwarding_id, status, at)
     SELECT $1, 'NEW', 1, f.id, f.status, f.sent_at FROM forwarding f WHERE f.id = $2`,
    [id, hop],
  );
  await exchange.sql('INSERT INTO round_schedule (agreement_id, done_until) VALUES ($1, api.clock_now())', [AGREEMENT]);
  await exchange.sql('INSERT INTO forwarding_acceptance (forwarding_id, at) VALUES ($1, api.clock_now())', [hop]);
  return id;
}

async function planBetween(exchange: Exchange, client: string): Promise<Filled['plan']> {
  const arge = await exchange.as('arge');
  await sayYes(arge, client, 'caritas', ['FOERDERPLAN']);
  const { id: laufzettelId } = await newSlip(arge, client, [], { kind: 'FOERDERPLAN' });
  const opened = { laufzettelId, partner: AGENCY.caritas, nameCode: 'FOERDERPLAN' };
  const { id } = expecting(201, await arge.post('/v1/plans', opened)).body;
  const entry = { category: 'FOERDERPLAN', payload: { ziele: ['Erfundenes Ziel'] }, secrecy: false };
  const made = expecting(201, await arge.post(`/v1/plans/${id}/proposals`, { entry })).body;
  return { id, proposal: made.id, part: made.partId, entry: made.entry.id };
}

/** Something in every table that the service writes: arge → caritas → diakonie, read, with a release and a document of own. */
export async function fill(exchange: Exchange): Promise<Filled> {
  const arge = await exchange.as('arge');
  const story = await sent(exchange, 'arge', 'caritas');
  await read(await exchange.as('caritas'), story.hop);
  const { hop: second } = await passedOn(exchange, story, 'arge', 'caritas', 'diakonie');
  await release(arge, story.client, 'caritas', ['STAMMDATEN']);
  const own = await newClient(arge, 'BG-77');
  await newSlip(arge, own, [MASTER, LANGUAGE]);
  const other = await newClient(await exchange.as('diakonie'), 'D-1');
  const { linkId: link } = await linked(exchange, 'arge', own, 'diakonie', other);
  expecting(201, await arge.post('/v1/clients', {}, { 'idempotency-key': randomUUID() }));
  const body = {
    title: 'Nur zu zweit',
    parties: [AGENCY.arge, AGENCY.tgsh],
    purposes: ['BERATUNG'],
    categories: ['STAMMDATEN'],
    from: '2026-01-01',
  };
  const narrow = (await arge.post('/v1/agreements', body)).body.id;
  const proposed = { type: 'STATEMENT', discloser: AGENCY.arge, recipient: AGENCY.diakonie, categories: ['SPRACHE'] };
  const caritas = await exchange.as('caritas');
  const proposal = await caritas.post(`/v1/clients/${story.theirs}/proposals`, proposalOf(proposed));
  const conversation = await arge.post(`/v1/clients/${story.client}/consent-texts`, {
    ...{ language: 'uk', statedBy: 'PERSON', ageBand: 'ADULT', months: 12 },
    lines: [{ kind: 'CONSENT', recipient: AGENCY.caritas, purpose: 'SCHULE', categories: ['SCHULE'] }],
  });
  const consentText = expecting(201, conversation).body.texts[0].id;
  const asking = { clientId: story.client, agencyId: AGENCY.caritas, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG' };
  const request = expecting(201, await arge.post('/v1/requests', asking)).body.id;
  const ended = await endedAndAnswered(exchange);
  const unanswered = await sent(exchange, 'arge', 'caritas');
  await read(caritas, unanswered.hop);
  expecting(201, await arge.post(`/v1/clients/${unanswered.client}/statements`, no()));
  // Nobody takes what is sent there.
  const address = { url: 'http://127.0.0.1:9/', description: 'Fachverfahren' };
  const webhook = expecting(201, await arge.post('/v1/webhooks', address)).body.id;
  const attempt = (await arge.get(`/v1/webhooks/${webhook}/attempts`)).body.items[0].id;
  await exchange.sql(
    `INSERT INTO webhook_message (webhook_id, sequence, lane, due_at) VALUES ($1, 1, 'agreement', 'infinity')`,
    [webhook],
  );
  const round = await roundAbout(exchange, story.hop);
  const { conference } = await heldConference(exchange, 'arge', 'caritas');
  const plan = await planBetween(exchange, story.client);
  return {
    ...story,
    second,
    link,
    narrow,
    ended,
    webhook,
    round,
    conference,
    plan,
    attempt,
    request,
    consentText,
    proposal: expecting(201, proposal).body.id,
  };
}
