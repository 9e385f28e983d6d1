/**
 * Nobody learns by an id whether there is such a thing at somebody else's: wherever an id fits into a request, one of
 * another agency's, one that nothing has, and one of a thing of another kind get the same bytes.
 */
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS, type OperationId } from '../../src/contract/operations.ts';
import { NOTHING, stopClock } from '../operations/world.ts';
import { type Input, type Outcome, systemAt, TRIED_DOORS } from '../support/both-doors.ts';
import { yes } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { type Place, placesOf, putInto } from './places.ts';
import { isForAdminAlone, ownRequest } from './requests.ts';
import { leavesNoTrace } from './trace.ts';
import { type Kind, type Things, thingsOf } from './world.ts';

const exchange = await startExchange({ PREVIEWS_PER_MINUTE: '1000000' });
t.teardown(() => exchange.close());
const own = await thingsOf(exchange, 'diakonie', 'rantzau');
const foreign = await thingsOf(exchange, 'arge', 'caritas');
const KINDS = Object.keys(own).filter(
  (kind) =>
    !['received', 'version', 'system', 'agency', 'code', 'signature', 'discussed', 'plannedLaufzettel'].includes(kind),
) as Kind[];
/** The examples name days; they are sent on this one. */
await stopClock(exchange, '2026-11-28T09:00:00.000Z');
// Nothing comes due while traces are looked for.
await exchange.sql('DELETE FROM reminder');

/** Every agency may know of every other by the directory, so an agency's id says nothing but in the path of what is its own. */
const isPublic = (operation: Operation, { part, kind }: Place): boolean =>
  kind === 'agency' && (part !== 'params' || operation.id === 'getAgency');

/** What somebody sees of an outcome, wholly; the id that was asked for is told back by some. */
const seen = (outcome: Outcome, asked: string): string =>
  outcome.ok ? JSON.stringify(outcome.value) : outcome.bytes.replaceAll(asked, 'ASKED');

/** A preview fulfils no request, so it does not look at which one it would be. */
const isIgnored = ({ id }: Operation, { path }: Place): boolean =>
  id === 'previewForwarding' && path.join() === 'requestId';

/** Ten attempts a minute at a code: those that can be spared are. */
const mostOthers = ({ id }: Operation): number => (id === 'redeemLinkCode' ? 2 : Number.POSITIVE_INFINITY);

const nameOf = ({ part, path }: Place): string => [part, ...path].join('/');

/** What else could stand there: the caller's own things of every other kind. */
const ofOtherKinds = (kind: Kind, things: Things): string[] =>
  KINDS.filter((other) => other !== kind).map((other) => things[other]);

/**
 * Concerns have to hold the slip's own client beside the other one. A conversation asks by a forwarding, or by lines of its own; a
 * proposal brings an entry, or names one.
 */
function around(request: Input, place: Place): Input {
  if (place.path.includes('concerns')) return putInto(request, place, own.client);
  const body = { ...((request.body ?? {}) as Record<string, unknown>) };
  if (place.path[0] === 'from') {
    delete body.lines;
    return { ...request, body: { ...body, from: { laufzettelId: own.laufzettel, recipient: AGENCY.rantzau } } };
  }
  if (body.entry === undefined || place.path.at(-1) !== 'entryId') return request;
  delete body.entry;
  return { ...request, body };
}

/** What stands in a part of a plan is named to show that it was seen; another id than that is a conflict. */
const isSeen = ({ path }: Place): boolean => path.at(-1) === 'replaces';

for (const door of TRIED_DOORS) {
  const system = systemAt(door, exchange.url, (await exchange.as('diakonie')).token);
  t.test(`foreign and unknown are the same, wherever an id fits (${door})`, async (t) => {
    let looked = 0;
    for (const operation of OPERATIONS as readonly (Operation & { id: OperationId })[]) {
      if (isForAdminAlone(operation)) continue;
      const places = placesOf(operation).filter((place) => !isPublic(operation, place));
      if (places.length === 0) continue;
      await t.test(operation.id, async (t) => {
        await leavesNoTrace(t, exchange, async () => {
          for (const place of places) {
            const request = around(ownRequest(operation, own, 'rantzau'), place);
            const ask = async (id: string) => seen(await system.call(operation.id, putInto(request, place, id)), id);
            const unknown = await ask(place.kind === 'system' ? 'nobody-knows-it' : NOTHING);
            if (place.part === 'query') t.match(unknown, /"items":\[\]|not-found/, `${nameOf(place)}: nothing`);
            else if (isIgnored(operation, place)) t.match(unknown, '"permitted"', nameOf(place));
            else if (isSeen(place)) t.match(unknown, /conflict|transition-illegal/, nameOf(place));
            else t.match(unknown, /not-found|rule-broken/, `${nameOf(place)}: an unknown id is refused: ${unknown}`);
            t.equal(await ask(foreign[place.kind]), unknown, `${nameOf(place)}: another agency's`);
            const others = place.kind === 'system' ? [] : ofOtherKinds(place.kind, own).slice(0, mostOthers(operation));
            for (const other of others) {
              t.equal(await ask(other), unknown, `${nameOf(place)}: of another kind`);
            }
            looked += 1;
          }
        });
      });
    }
    t.ok(looked > 45, `${looked} places`);
  });

  t.test(`what is another's stays so with every header that could open it (${door})`, async (t) => {
    const theirs = systemAt(door, exchange.url, (await exchange.as('arge')).token);
    await leavesNoTrace(t, exchange, async () => {
      const rows: Record<string, string>[] = [
        { 'laufzettel-caseworker': AGENCY.arge },
        { 'x-agency': AGENCY.arge, 'x-forwarded-user': AGENCY.arge },
        { 'x-http-method-override': 'POST', 'x-original-url': `/v1/clients/${foreign.client}` },
      ];
      for (const headers of rows) {
        const get = (clientId: string) => system.refused('getClient', { params: { clientId }, headers });
        const unknown = await get(NOTHING);
        t.equal((await get(foreign.client)).bytes, unknown.bytes, Object.keys(headers).join());
      }
    });
    const key = { 'idempotency-key': `shared-${door}` };
    const first = await theirs.done('createClient', { body: {}, headers: key });
    const second = await system.call('createClient', { body: {}, headers: key });
    t.ok(second.ok && !second.replayed && second.value.id !== first.id, 'the key of another agency replays nothing');
  });

  t.test(`nobody speaks for another agency (${door})`, async (t) => {
    await leavesNoTrace(t, exchange, async () => {
      const said = { recipient: AGENCY.rantzau, categories: ['SPRACHE'] };
      const about = { params: { clientId: own.client } };
      const { purpose: _purpose, ...release } = yes({ ...said, origin: AGENCY.arge });
      const rows: [OperationId, Input][] = [
        ['recordStatement', { ...about, body: yes({ ...said, discloser: AGENCY.arge }) }],
        ['recordRelease', { ...about, body: release }],
        [
          'replaceSystemKeys',
          {
            ...ownRequest(
              byId('replaceSystemKeys'),
              { ...own, agency: AGENCY.arge, system: foreign.system },
              'rantzau',
            ),
          },
        ],
        ['disableSystem', { params: { agencyId: AGENCY.arge, clientId: foreign.system } }],
        ['disableSystem', { params: { agencyId: own.agency, clientId: foreign.system } }],
        [
          'createAgreement',
          {
            body: {
              title: 'Ohne uns',
              parties: [AGENCY.arge, AGENCY.caritas],
              purposes: ['BERATUNG'],
              categories: ['SPRACHE'],
              from: '2026-01-01',
            },
          },
        ],
      ];
      for (const [id, input] of rows) {
        const outcome = await system.refused(id, input);
        t.match(outcome.code, /^(not-allowed|not-found|rule-broken)$/, `${id}: ${outcome.bytes}`);
      }
    });
  });
}

t.test('a tag of another reader opens and matches nothing', async (t) => {
  const arge = await exchange.as('arge');
  const diakonie = await exchange.as('diakonie');
  const tag = (await arge.get(`/v1/laufzettel/${foreign.laufzettel}`)).headers.get('etag')!;
  const mine = (await diakonie.get(`/v1/laufzettel/${own.laufzettel}`)).headers.get('etag')!;
  t.ok(tag && mine && tag !== mine);
  await leavesNoTrace(t, exchange, async () => {
    for (const id of [foreign.laufzettel, NOTHING]) {
      const answer = await diakonie.post(`/v1/laufzettel/${id}/cancel`, {}, { 'if-match': tag });
      t.match(answer, { status: 404, body: { code: 'not-found' } });
      const got = await diakonie.get(`/v1/laufzettel/${id}`, { 'if-none-match': tag });
      t.match(got, { status: 404, body: { code: 'not-found' } });
    }
    const answer = await diakonie.post(`/v1/laufzettel/${own.laufzettel}/cancel`, {}, { 'if-match': tag });
    t.match(answer, { status: 412, body: { code: 'version-stale' } });
  });
});

function byId(id: OperationId): Operation {
  return (OPERATIONS as readonly Operation[]).find((one) => one.id === id)!;
}
