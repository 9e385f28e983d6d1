/** The agencies of a run, in pairs that forward to each other, each with a webhook and a reader of its feed. */
import { generateClientKey } from '../../src/auth/client-credentials.ts';
import { AGENCY_SCOPES } from '../../src/embedded/demo-agencies.ts';
import type { Random } from '../support/random.ts';
import { CATEGORIES } from './case.ts';
import { type FeedReader, lastOf, startFeedReader } from './feed-reader.ts';
import { Partner, type PartnerOptions } from './partner.ts';
import { type EventReceiver, type Health, startEventReceiver } from './receivers.ts';

const AGENCIES = 6;
const HEALTHY: Health = { fails: 0, hangs: 0 };

export interface Agency {
  id: string;
  partner: Partner;
  receiver: EventReceiver;
  reader: FeedReader;
  webhook: { id: string; secret: string; ordered: boolean };
  /** The number of the last event before the webhook's first. */
  base: number;
}

/** In their order: one and its other, one and its other. */
export type World = Agency[];

export interface WorldOptions extends Pick<PartnerOptions, 'urls' | 'publicUrl' | 'traffic'> {
  admin: Partner;
  random: Random;
}

export async function buildWorld(options: WorldOptions): Promise<World> {
  const world: World = [];
  for (let place = 0; place < AGENCIES; place += 1) world.push(await admit(options, place));
  for (let place = 0; place < AGENCIES; place += 2) await agree([world[place]!, world[place + 1]!]);
  for (const [place, agency] of world.entries()) await connect(agency, { ordered: place === 0 });
  return world;
}

export const otherOf = (world: World, place: number): Agency => world[place % 2 === 0 ? place + 1 : place - 1]!;

/** The first is sent its events in order and fails now and then; the second is in bad health; the others are well. */
const healthOf = (place: number): Health =>
  [
    { fails: 0.01, hangs: 0 },
    { fails: 0.03, hangs: 0.003 },
  ][place] ?? HEALTHY;

async function admit({ admin, urls, publicUrl, traffic, random }: WorldOptions, place: number): Promise<Agency> {
  const body = {
    kind: 'BERATUNGSSTELLE',
    name: `Beratungsstelle ${place}`,
    sponsor: 'Erfundener Verein e.V.',
    publicBody: false,
    legalRegime: 'GDPR_SGB',
  };
  const { id } = await admin.done({ method: 'POST', path: '/v1/agencies', body });
  const { key, jwks } = await generateClientKey('EdDSA');
  const clientId = `crash-${place}`;
  const system = { clientId, scopes: AGENCY_SCOPES, jwks };
  await admin.done({ method: 'POST', path: `/v1/agencies/${id}/systems`, body: system });
  const partner = new Partner({ urls, publicUrl, clientId, key, traffic, first: place });
  // A reader waits at an address of its own accord, whatever the clients of its agency do.
  const reader = new Partner({ urls, publicUrl, clientId, key, traffic, first: place + 1 });
  return {
    id,
    partner,
    receiver: await startEventReceiver(healthOf(place), random),
    reader: startFeedReader(reader),
    webhook: { id: '', secret: '', ordered: false },
    base: 0,
  };
}

async function agree(pair: readonly [Agency, Agency]): Promise<void> {
  const [{ partner }] = pair;
  const body = {
    title: 'Kooperationsvereinbarung',
    parties: pair.map(({ id }) => id),
    purposes: ['BERATUNG'],
    categories: CATEGORIES,
    from: '2026-01-01',
  };
  const { id } = await partner.done({ method: 'POST', path: '/v1/agreements', body });
  const { text } = await partner.done({ method: 'GET', path: `/v1/agreements/${id}/versions/1` });
  for (const party of pair) {
    const body = { number: 1, signature: await party.partner.sign(text) };
    await party.partner.done({ method: 'POST', path: `/v1/agreements/${id}/sign`, body });
  }
}

async function connect(agency: Agency, { ordered }: { ordered: boolean }): Promise<void> {
  const { partner, receiver } = agency;
  agency.base = Number(await settledLast(partner));
  const body = { url: receiver.url, description: 'Fachverfahren', ordered };
  const { id, secret } = await partner.done({ method: 'POST', path: '/v1/webhooks', body });
  const { code } = receiver.messages.at(-1)!.body.data;
  await partner.done({ method: 'POST', path: `/v1/webhooks/${id}/confirm`, body: { code } });
  agency.webhook = { id, secret, ordered };
}

/** What preparing has told is numbered by then: each was registered, one drafted and both have signed an agreement. */
async function settledLast(partner: Partner): Promise<string> {
  for (let before = ''; ; ) {
    const last = await lastOf(partner);
    if (last === before) return last;
    before = last;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
