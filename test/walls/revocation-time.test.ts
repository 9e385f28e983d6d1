/**
 * What ends a disclosure by time alone, cause by cause: it is read a millisecond before, and not at that millisecond, at both
 * doors and the other instance, two links further down too; no job has run by then, and when it has nothing begins again.
 */
import type { Test } from 'tap';
import { yes } from '../support/consent-bodies.ts';
import { AGENCY, AGREEMENT, type Exchange, signAs, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import {
  type Agency,
  CONTACT,
  clockJob,
  entriesRead,
  expecting,
  forward,
  later,
  MASTER,
  type NewEntry,
  newClient,
  newSlip,
  now,
  read,
  readByGraphql,
  rowsOf,
  sayYes,
  stopClock,
} from './scenes.ts';

const DAY_MS = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();
/** 00:00 of that day in Berlin, by whatever the platform knows of it. */
function midnight(day: string): string {
  const offset = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Berlin', timeZoneName: 'longOffset' })
    .formatToParts(new Date(`${day}T00:00:00Z`))
    .find((part) => part.type === 'timeZoneName')!
    .value.replace('GMT', '');
  return new Date(`${day}T00:00:00${offset || 'Z'}`).toISOString();
}

interface Told {
  /** The way from the author on. */
  way: [Agency, Agency, ...Agency[]];
  entries: NewEntry[];
  /** What every yes has beyond the usual. */
  consent?: Record<string, unknown>;
  /** That has to be there before it is forwarded, and what of it ends it. */
  before?(exchange: Exchange, client: string): Promise<unknown>;
  /** How many of the entries it ends; all unless told. */
  ends?: number;
  /** Nobody accepts it. */
  unaccepted?: true;
  /** When. */
  at(exchange: Exchange, hops: string[]): Promise<string>;
  /** A better basis, said when it has ended. */
  undo?(exchange: Exchange, client: string): Promise<unknown>;
}

const PLAIN = { entries: [MASTER, CONTACT], way: ['arge', 'caritas', 'diakonie', 'tgsh'] } satisfies Partial<Told>;
const TITLE_ENDS = inDays(9).slice(0, 10);
const BIRTHDAY = inDays(7).slice(0, 10);
const NOTE: NewEntry = { category: 'BERATUNGSNOTIZ', payload: { thema: 'SCHULDEN', text: 'Erfundene Notiz' } };

async function agreementUntil(exchange: Exchange, until: string | null, parties: Agency[]): Promise<void> {
  const agreement = {
    title: 'Auf Zeit',
    parties: parties.map((one) => AGENCY[one]),
    purposes: ['SCHULE'],
    categories: ['STAMMDATEN', 'KONTAKT'],
    from: '2026-01-01',
    ...(until === null ? {} : { until }),
  };
  const { id } = expecting(201, await (await exchange.as(parties[0]!)).post('/v1/agreements', agreement)).body;
  for (const one of parties) expecting(200, await signAs(await exchange.as(one), id));
}

const release = (validUntil: string) => async (exchange: Exchange, client: string) => {
  const { purpose: _none, ...body } = yes({ recipient: AGENCY.arge, categories: ['BERATUNGSNOTIZ'], validUntil });
  return expecting(201, await (await exchange.as('caritas')).post(`/v1/clients/${client}/releases`, body));
};

const CONSENT_ENDS = inDays(3);
const AGREEMENT_ENDS = inDays(4);
const RELEASE_ENDS = inDays(5);

const CAUSES: Record<string, Told> = {
  'the end of a consent': { ...PLAIN, consent: { validUntil: CONSENT_ENDS }, at: async () => CONSENT_ENDS },
  'the end of an agreement': {
    ...PLAIN,
    consent: { purpose: 'SCHULE' },
    before: (exchange) => agreementUntil(exchange, AGREEMENT_ENDS, [...PLAIN.way]),
    at: async () => AGREEMENT_ENDS,
    undo: (exchange) => agreementUntil(exchange, null, [...PLAIN.way]),
  },
  'the end of a release': {
    way: ['caritas', 'arge'],
    entries: [MASTER, NOTE],
    before: release(RELEASE_ENDS),
    ends: 1,
    at: async () => RELEASE_ENDS,
    undo: release(inDays(100)),
  },
  'the birthday up to which a guardian may speak': {
    ...PLAIN,
    consent: {
      statedBy: 'GUARDIAN',
      ageBand: 'FROM_15_TO_17',
      adultFrom: BIRTHDAY,
      validUntil: midnight(BIRTHDAY),
    },
    at: async () => midnight(BIRTHDAY),
  },
  'the residence guard, to a public body': {
    way: ['caritas', 'arge'],
    entries: [MASTER, { category: 'AUFENTHALT', payload: { aufenthaltstitel: 'DULDUNG', gueltigBis: TITLE_ENDS } }],
    ends: 1,
    at: async (exchange, hops) => {
      const [{ at }] = await exchange.sql(
        'SELECT guard_from AS at FROM entry e JOIN disclosure d ON d.entry_id = e.id WHERE d.forwarding_id = $1 AND guard_from IS NOT NULL',
        [hops[0]],
      );
      return at.toISOString();
    },
  },
  'the time to accept': {
    ...PLAIN,
    unaccepted: true,
    at: async (exchange, hops) =>
      (await exchange.sql('SELECT expires_at AS at FROM forwarding WHERE id = $1', [hops[0]]))[0].at.toISOString(),
  },
};

interface Story {
  name: string;
  cause: Told;
  client: string;
  entries: string[];
  hops: string[];
  handles: string[];
  at: Date;
}

async function tell(exchange: Exchange, name: string, cause: Told): Promise<Story> {
  const { way, entries, consent = {}, before, unaccepted } = cause;
  const [author] = way;
  const system = await exchange.as(author);
  const client = await newClient(system);
  await before?.(exchange, client);
  const purpose = (consent.purpose ?? 'BERATUNG') as string;
  const slip = await newSlip(system, client, entries, { purpose });
  const categories = entries.map((one) => one.category);
  const story = { name, cause, client, entries: slip.entryIds, hops: [] as string[], handles: [] as string[] };
  for (const [index, to] of way.slice(1).entries()) {
    await sayYes(system, client, to, categories, consent);
    const hop = await forward(await exchange.as(way[index]!), slip.id, to);
    const { clientId } = await read(await exchange.as(to), hop);
    // Accepted, so that it is not the time to accept that ends it; what is not accepted takes the others with it.
    if (!unaccepted || index > 0)
      expecting(200, await (await exchange.as(to)).post(`/v1/forwardings/${hop}/accept`, { expectedVersion: 2 }));
    story.hops.push(hop);
    story.handles.push(clientId);
  }
  return { ...story, at: new Date(await cause.at(exchange, story.hops)) };
}

t.test('what time ends is gone at that millisecond, down the chain, and stays gone', async (t) => {
  const exchange = await startExchange();
  const other = await exchange.anotherInstance();
  const job = clockJob(exchange);
  t.teardown(async () => {
    await job.close();
    await exchange.close();
  });
  t.equal((await exchange.sql('SELECT id FROM agreement WHERE id = $1', [AGREEMENT])).length, 1);
  await withoutPurpose(exchange, 'SCHULE');
  const stories: Story[] = [];
  for (const [name, cause] of Object.entries(CAUSES)) stories.push(await tell(exchange, name, cause));
  // The exchange's clock goes forward alone.
  for (const story of stories.sort((one, another) => one.at.getTime() - another.at.getTime())) {
    await t.test(story.name, (t) => ends(t, exchange, other, job, story));
  }
});

/** The demo network's agreement has no end; for one purpose this test makes its own. */
const withoutPurpose = (exchange: Exchange, purpose: string): Promise<unknown> =>
  exchange.sql('UPDATE agreement SET purposes = array_remove(purposes, $2), version = version + 1 WHERE id = $1', [
    AGREEMENT,
    purpose,
  ]);

async function ends(
  t: Test,
  exchange: Exchange,
  other: Pick<Exchange, 'as'>,
  job: { tick(): Promise<number> },
  { cause, client, entries, hops, handles, at }: Story,
): Promise<void> {
  const { way, ends: many = entries.length, undo } = cause;
  const shows = async (left: number, message: string): Promise<void> => {
    for (const [index, hop] of hops.entries()) {
      for (const as of [exchange, other]) {
        const system = await as.as(way[index + 1]!);
        t.equal((await read(system, hop)).entries.length, left, `${way[index + 1]} by REST ${message}`);
        t.equal((await readByGraphql(system, hop)).entries.length, left, `${way[index + 1]} by GraphQL ${message}`);
        t.equal((await entriesRead(system, handles[index]!)).length, left, `${way[index + 1]}’s list ${message}`);
      }
    }
  };
  await stopClock(exchange, later(at, -1));
  await shows(entries.length, 'a millisecond before');
  await stopClock(exchange, at);
  await shows(entries.length - many, 'at that millisecond');
  const open = (await rowsOf(exchange, ...hops)).filter((row) => row.closed_at === null);
  t.equal(open.length, hops.length * entries.length, 'and no job has run');

  await stopClock(exchange, later(at, 1));
  await undo?.(exchange, client);
  const statedAt = (await now(exchange)).toISOString();
  const adult = { statedAt, validUntil: later(at, 200 * DAY_MS).toISOString(), confirm: true };
  const purpose = cause.consent?.purpose ?? 'BERATUNG';
  const categories = cause.entries.map((one) => one.category);
  for (const to of way.slice(1)) await sayYes(await exchange.as(way[0]), client, to, categories, { ...adult, purpose });
  await shows(entries.length - many, 'with a better basis');
  while ((await job.tick()) > 0);
  await shows(entries.length - many, 'when the job has run');
  const closed = (await rowsOf(exchange, ...hops)).filter((row) => row.closed_at !== null);
  t.equal(closed.length, hops.length * many);
  t.ok(
    closed.every((row) => row.closed_at!.getTime() === at.getTime()),
    'closed with the end that it had',
  );
}
