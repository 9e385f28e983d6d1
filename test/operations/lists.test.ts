/** Lists of forwardings: newest first, page by page; a cursor serves the list and the agency that it was given to. */
import type { OperationId } from '../../src/contract/operations.ts';
import { type System, throughADoor } from '../support/both-doors.ts';
import { proposalOf } from '../support/consent-bodies.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { admit, agree, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

interface Page {
  items: { id: string }[];
  nextCursor: string | null;
}

/** Every page of a list; its items together. */
async function pages(by: System, id: OperationId, limit: number): Promise<Page['items'][]> {
  const found: Page['items'][] = [];
  for (let query: Record<string, unknown> | null = { limit }; query !== null; ) {
    const { items, nextCursor }: Page = await by.done(id, { query });
    found.push(items);
    query = nextCursor === null ? null : { limit, cursor: nextCursor };
  }
  return found;
}

await throughADoor(t, exchange, 'inbox and sent have what came and what went, newest first', async (t, _as, door) => {
  const [one, other, third] = [await admit(exchange, door), await admit(exchange, door), await admit(exchange, door)];
  await agree([one, other, third]);
  t.same(await one.system.done('listInbox'), { items: [], nextCursor: null });
  const sent: string[] = [];
  for (let number = 0; number < 3; number++) sent.unshift((await sendCase(one.system, other.id)).forwardingId);
  const elsewhere = (await sendCase(one.system, third.id)).forwardingId;
  const back = (await sendCase(other.system, one.id)).forwardingId;

  const rows: [System, OperationId, string[]][] = [
    [one.system, 'listSent', [elsewhere, ...sent]],
    [one.system, 'listInbox', [back]],
    [other.system, 'listInbox', sent],
    [other.system, 'listSent', [back]],
    [third.system, 'listInbox', [elsewhere]],
    [third.system, 'listSent', []],
  ];
  for (const [system, id, expected] of rows) {
    const ids = (found: Page['items'][]) => found.map((items) => items.map((item) => item.id));
    t.same(ids(await pages(system, id, 50)), [expected]);
    t.same(ids(await pages(system, id, 1)).flat(), expected, 'one by one');
    t.equal(
      (await pages(system, id, 1)).length,
      Math.max(1, expected.length),
      'the last page knows that it is the last',
    );
    const two = ids(await pages(system, id, 2));
    t.same(two, [expected.slice(0, 2), expected.slice(2)].slice(0, Math.max(1, Math.ceil(expected.length / 2))));
  }
  for (const item of (await pages(other.system, 'listInbox', 50)).flat()) {
    const { entries, closedEntries, disclosed, ...header } = await one.system.done('getForwarding', {
      params: { forwardingId: item.id },
    });
    t.same({ ...header, clientId: null }, { ...item, clientId: null }, 'a header without content');
  }
});

await throughADoor(t, exchange, 'what comes in between moves no page', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([one, other]);
  const ids: string[] = [];
  for (let number = 0; number < 2; number++) ids.unshift((await sendCase(one.system, other.id)).forwardingId);
  const first: Page = await other.system.done('listInbox', { query: { limit: 1 } });
  await sendCase(one.system, other.id);
  await other.system.done('getForwarding', { params: { forwardingId: ids[1] } });
  const second: Page = await other.system.done('listInbox', { query: { limit: 1, cursor: first.nextCursor } });
  t.same(
    [...first.items, ...second.items].map((item) => item.id),
    ids,
  );
  t.equal(second.nextCursor, null);
});

await throughADoor(t, exchange, 'a cursor is bound to its list and its agency', async (t, as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([one, other]);
  for (let number = 0; number < 2; number++) {
    const { clientId } = await sendCase(one.system, other.id);
    await sendCase(other.system, one.id);
    const proposed = { type: 'STATEMENT', discloser: other.id, recipient: one.id, categories: ['SPRACHE'] };
    await one.system.done('proposeConsent', { params: { clientId }, body: proposalOf(proposed) });
  }
  const { clientId } = (await one.system.done('listSent')).items[0];
  const ofClient: readonly OperationId[] = ['listStatements', 'listReleases', 'listEntries', 'listDisclosures'];
  const lists: readonly OperationId[] = [
    'listInbox',
    'listSent',
    'listLaufzettel',
    'listClients',
    'listOpenClients',
    'listAgencies',
    'listAgreements',
    'listProposals',
    ...ofClient,
  ];
  const inputOf = (id: OperationId, cursor: unknown) => ({
    ...(ofClient.includes(id) ? { params: { clientId } } : {}),
    query: { limit: 1, cursor },
  });
  const broken = { ok: false, code: 'bad-request', status: 400, extra: { errors: [{ pointer: '/query/cursor' }] } };
  const { nextCursor: cursor } = await one.system.done('listSent', { query: { limit: 1 } });
  t.notMatch(Buffer.from(cursor, 'base64url').toString('latin1'), clientId, 'a cursor says nothing');

  t.ok(await one.system.done('listSent', { query: { cursor } }), 'it serves, more than once');
  t.ok(await one.system.done('listSent', { query: { cursor, limit: 2 } }), 'and with another size of page');
  t.match(await other.system.call('listSent', { query: { cursor } }), broken, "another agency's");
  const middle = cursor.length >> 1;
  const flipped = cursor.slice(0, middle) + (cursor[middle] === 'A' ? 'B' : 'A') + cursor.slice(middle + 1);
  for (const id of lists) {
    if (id !== 'listSent') t.match(await one.system.call(id, inputOf(id, cursor)), broken, `${id}: of another list`);
    for (const wrong of [flipped, cursor.slice(0, -4), 'MQ', '1', 'null', 'x'.repeat(500)]) {
      t.match(await one.system.call(id, inputOf(id, wrong)), broken, `${id}: ${wrong.slice(0, 8)}`);
    }
    t.match(await one.system.call(id, inputOf(id, 'x'.repeat(501))), broken);
  }
  for (const id of lists) {
    const params = inputOf(id, null).params ?? {};
    t.ok(await one.system.done(id, { params, query: { limit: 200 } }), `${id}: the largest page`);
  }
  const made = (await one.system.done('listProposals', { query: { direction: 'SENT', limit: 1 } })).nextCursor;
  t.match(await one.system.call('listProposals', { query: { cursor: made } }), broken, 'nor the other direction’s');
  const admin = await as('admin');
  const directory = (await one.system.done('listAgencies', { query: { limit: 1 } })).nextCursor;
  t.match(await admin.call('listAgencies', { query: { cursor: directory } }), broken, 'nor is it the admin’s');
});
