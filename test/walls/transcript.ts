/** Everything that an agency can find out by asking, as bytes; ids, ETags, times and cursors told by their order alone. */
import type { OperationId } from '../../src/contract/operations.ts';
import { systemAt } from '../support/both-doors.ts';
import { AGENCY, type Answer, type Exchange, type PartnerSystem } from '../support/exchange.ts';
import { allNumbered } from './numbered.ts';
import type { Agency } from './scenes.ts';

export interface Asked {
  recipient: Agency;
  /** The recipient's handle, the slip that it got, the forwarding. */
  theirs: string;
  slip: string;
  hop: string;
  /** An entry that it cannot read, or an id that nothing has. */
  hidden: string;
}

const LEFT_OUT = new Set(['date', 'request-id', 'ratelimit', 'keep-alive', 'connection']);
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** A keyed hash, and each exchange has a key of its own. */
const TAG = /(?<=etag: ")[\w-]{43}(?=")/g;
/** Each exchange has a port of its own. */
const SOURCE = /"source":"[^"]+"/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

/** The same ids and tags get the same name, in order of their appearance in everything that was asked. */
export function normalise(transcript: string): string {
  const known = new Map<string, string>();
  const tags = new Map<string, string>();
  return transcript
    .replaceAll(/urn:uuid:[0-9a-f-]{36}/g, 'urn:uuid:REQUEST')
    .replaceAll(/"nextCursor":"[^"]+"/g, '"nextCursor":"CURSOR"')
    .replaceAll(TAG, (tag) => {
      if (!tags.has(tag)) tags.set(tag, `TAG${tags.size + 1}`);
      return tags.get(tag)!;
    })
    .replaceAll(TIME, 'TIME')
    .replaceAll(SOURCE, '"source":"HERE"')
    .replaceAll(UUID, (id) => {
      if (!known.has(id)) known.set(id, `ID${known.size + 1}`);
      return known.get(id)!;
    });
}

const written = (name: string, { status, headers, text }: Answer): string => {
  const lines = Array.from(headers).filter(([header]) => !LEFT_OUT.has(header));
  return `\n── ${name}\n${status}\n${lines.map((line) => line.join(': ')).join('\n')}\n${text}`;
};

/** All pages, one item each. */
async function walk(system: PartnerSystem, path: string): Promise<string> {
  const pages: string[] = [];
  for (let cursor = ''; ; ) {
    const answer = await system.get(`${path}?limit=1${cursor}`);
    pages.push(written(`${path} page ${pages.length + 1}`, answer));
    if (answer.body.nextCursor == null) return pages.join('');
    cursor = `&cursor=${answer.body.nextCursor}`;
  }
}

/** A page for people, which is no JSON. */
async function printedPage({ url }: Exchange, token: string, path: string): Promise<string> {
  const response = await fetch(`${url}${path}?language=fa`, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/html' },
  });
  const { status, headers } = response;
  return written(`${path} printed`, { status, headers, text: await response.text(), body: null });
}

/** What the recipient sees at both doors: before it reads, while it reads and passes on, and after it said no itself. */
export async function transcript(exchange: Exchange, asked: Asked): Promise<string> {
  const { recipient, theirs, slip, hop, hidden } = asked;
  const rest = await exchange.as(recipient);
  const graphql = systemAt('GraphQL', exchange.url, rest.token);
  const told: string[] = [];
  const get = async (path: string) => told.push(written(path, await rest.get(path)));
  const post = async (path: string, body: unknown) => told.push(written(`POST ${path}`, await rest.post(path, body)));
  const ask = async (id: OperationId, params = {}, body?: unknown) => {
    const outcome = await graphql.call(id, { params, body });
    told.push(`\n── ${id}\n${JSON.stringify(outcome)}`);
  };
  const lists = [
    '/v1/inbox',
    '/v1/sent',
    '/v1/clients',
    '/v1/open-clients',
    '/v1/laufzettel',
    '/v1/owed-answers',
    '/v1/unacknowledged',
    '/v1/waiting',
  ];
  const narrowed = [
    'inbox?status=SENT&kind=FALLMITTEILUNG',
    'inbox?changedSince=2026-01-01T00:00:00.000Z',
    'laufzettel?role=RECEIVED',
  ];
  const ofClient = ['disclosures', 'closures', 'statements', 'releases'].map((list) => `/v1/clients/${theirs}/${list}`);

  const look = async (): Promise<void> => {
    for (const path of [...lists, ...ofClient]) {
      await get(path);
      told.push(await walk(rest, path));
    }
    for (const search of narrowed) await get(`/v1/${search}`);
    await allNumbered(exchange);
    await get('/v1/events');
    await ask('listEvents');
    for (const list of [
      'listInbox',
      'listSent',
      'listClients',
      'listOpenClients',
      'listLaufzettel',
      'listOwedAnswers',
      'listUnacknowledged',
      'listWaiting',
    ] as const)
      await ask(list);
    for (const list of ['listDisclosures', 'listClosureAnswers', 'listStatements', 'listReleases'] as const)
      await ask(list, { clientId: theirs });
    await get(`/v1/laufzettel/${slip}`);
    await ask('getLaufzettel', { laufzettelId: slip });
    // Whatever is not there.
    await get(`/v1/entries/${hidden}`);
    await ask('getEntry', { entryId: hidden });
    await get(`/v1/entries/${hidden}/hops`);
    await ask('listEntryHops', { entryId: hidden });
    const onward = { recipient: AGENCY.rantzau, entryIds: [hidden] };
    await post(`/v1/laufzettel/${slip}/preview`, onward);
    await post(`/v1/laufzettel/${slip}/forwardings`, onward);
    await ask('previewForwarding', { laufzettelId: slip }, onward);
    const own = { clientId: theirs, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entryIds: [hidden] };
    await post('/v1/laufzettel', own);
    await ask('createLaufzettel', {}, own);
    await post(`/v1/laufzettel/${slip}/entries`, { entryIds: [hidden] });
    await post(`/v1/laufzettel/${slip}/cancel`, { expectedVersion: 1 });
    await post(`/v1/disclosures/${hidden}/answer`, { answer: 'ERASED' });
  };
  const ownPage = `/v1/clients/${theirs}/own-page`;
  const readAll = async (): Promise<void> => {
    await get(`/v1/forwardings/${hop}`);
    await ask('getForwarding', { forwardingId: hop });
    await get(ownPage);
    await ask('getOwnPage', { clientId: theirs });
    const printed = await printedPage(exchange, rest.token, ownPage);
    told.push(printed.replaceAll(/\d\d:\d\d/g, 'TIME'));
    await get(`/v1/clients/${theirs}/entries`);
    told.push(await walk(rest, `/v1/clients/${theirs}/entries`));
    await ask('listEntries', { clientId: theirs });
    const everything = { recipient: AGENCY.rantzau };
    await post(`/v1/laufzettel/${slip}/preview`, everything);
    await post(`/v1/laufzettel/${slip}/forwardings`, everything);
    await ask('forwardLaufzettel', { laufzettelId: slip }, everything);
  };

  await look();
  await readAll();
  await look();
  await post(`/v1/forwardings/${hop}/accept`, { expectedVersion: 9 });
  await post(`/v1/forwardings/${hop}/accept`, { expectedVersion: 2 });
  await post(`/v1/forwardings/${hop}/progress`, { expectedVersion: 3 });
  await post(`/v1/forwardings/${hop}/hold`, { expectedVersion: 4 });
  await post(`/v1/forwardings/${hop}/answer`, { expectedVersion: 5, entryIds: [hidden] });
  await post(`/v1/forwardings/${hop}/answer`, { expectedVersion: 5 });
  await readAll();
  const stop = { decision: 'WITHDRAWN', statedAt: '2026-01-01', statedBy: 'PERSON', ageBand: 'ADULT' };
  await post(`/v1/clients/${theirs}/statements`, stop);
  await look();
  await readAll();
  await allNumbered(exchange);
  await get('/v1/events?limit=200');
  return normalise(told.join('\n'));
}
