/** What a link brings about: what was said to either handle holds for both, at once, and nobody else notices. */
import { throughADoor } from '../support/both-doors.ts';
import { no, yes } from '../support/consent-bodies.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { link, persons, toldOfLinks } from './links.ts';
import { type Admitted, admit, agree, count, forward, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const newClient = async (by: Admitted): Promise<string> => (await by.system.done('createClient', { body: {} })).id;
const sayNo = (by: Admitted, clientId: string, more: Record<string, unknown> = {}) =>
  by.system.done('recordStatement', { params: { clientId }, body: no(more) });
const read = (by: Admitted, forwardingId: string) => by.system.done('getForwarding', { params: { forwardingId } });

await throughADoor(t, exchange, 'a no said at one agency holds at the other at once', async (t, _as, door) => {
  const [owner, reader, heard] = [
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
  ];
  await agree([owner, reader]);
  const sent = await sendCase(owner.system, reader.id);
  t.equal((await read(reader, sent.forwardingId)).entries.length, 1);
  const own = await newClient(heard);
  await sayNo(heard, own);
  t.equal((await read(reader, sent.forwardingId)).entries.length, 1, 'nobody knows yet that it was the same person');

  const { linkId } = await link(owner, sent.clientId, heard, own);
  t.match(await read(reader, sent.forwardingId), {
    status: 'BLOCKED',
    entries: [],
    closedEntries: [{ entryId: sent.entryIds[0] }],
  });
  const refused = await forward(owner.system, sent, reader.id);
  t.match(refused, { code: 'consent-missing', extra: { withheld: [{ reasons: ['WITHDRAWN'] }] } });
  const { items } = await owner.system.done('listStatements', { params: { clientId: sent.clientId } });
  t.match(
    items,
    [{ decision: 'WITHDRAWN', recordedBy: null }, { decision: 'GIVEN' }],
    'the no is shown to who has to obey it',
  );
  t.match(await toldOfLinks(exchange, owner), [{ type: 'client.linked', subject: { linkId } }]);
  t.equal(
    await count(exchange, 'event', `agency_id = $1 AND type IN ('disclosure.closed', 'forwarding.blocked')`, [
      owner.id,
    ]),
    2,
  );
  t.same(await toldOfLinks(exchange, reader), [], 'the recipient learns that it ended, not why');
  t.equal((await count(exchange, 'audit', `action = 'disclosure.close' AND outcome = 'CLIENT_LINKED'`, [])) > 0, true);
  t.same(
    await exchange.sql('SELECT d.id FROM disclosure d WHERE d.closed_at IS NULL AND d.forwarding_id = $1', [
      sent.forwardingId,
    ]),
    [],
  );
});

await throughADoor(t, exchange, 'a no that is said after the link, through either handle', async (t, _as, door) => {
  const [owner, reader, other] = [
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
  ];
  await agree([owner, reader]);
  const sent = await sendCase(owner.system, reader.id);
  const { clientId } = await link(owner, sent.clientId, other);
  t.equal((await read(reader, sent.forwardingId)).entries.length, 1, 'the link alone ends nothing');
  await sayNo(other, clientId, { recipient: reader.id });
  t.equal((await read(reader, sent.forwardingId)).status, 'BLOCKED');
});

await throughADoor(
  t,
  exchange,
  "a youth's no is not lifted by the guardian's yes at another agency",
  async (t, _as, door) => {
    const [owner, reader, youth] = [
      await admit(exchange, door),
      await admit(exchange, door),
      await admit(exchange, door),
    ];
    await agree([owner, reader]);
    const own = await newClient(youth);
    await sayNo(youth, own, { ageBand: 'FROM_15_TO_17' });
    const opened = await openCase(owner.system);
    const guardian = { statedBy: 'GUARDIAN', ageBand: 'FROM_15_TO_17', adultFrom: '2028-05-01' };
    const body = yes({
      recipient: reader.id,
      categories: ['STAMMDATEN'],
      ...guardian,
      statedAt: new Date().toISOString(),
    });
    await owner.system.done('recordStatement', { params: { clientId: opened.clientId }, body });
    const outcome = await forward(owner.system, opened, reader.id);
    t.equal(outcome.ok, true, 'before the link the no is about somebody else');
    await link(youth, own, owner, opened.clientId);
    const refused = await forward(owner.system, opened, reader.id);
    t.match(refused, { code: 'consent-missing', extra: { withheld: [{ reasons: ['WITHDRAWN'] }] } });
  },
);

await throughADoor(t, exchange, 'yeses of both handles unite; the smallest id is named', async (t, _as, door) => {
  const [owner, reader, bridge] = [
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
  ];
  await agree([owner, reader]);
  const first = await openCase(owner.system, ['STAMMDATEN']);
  const second = await openCase(owner.system, ['STAMMDATEN']);
  const said = await sayYes(owner.system, first.clientId, { recipient: reader.id, categories: ['STAMMDATEN'] });
  t.equal((await forward(owner.system, second, reader.id)).ok, false);
  const { clientId } = await link(owner, first.clientId, bridge);
  await link(bridge, clientId, owner, second.clientId);
  t.equal(
    await persons(exchange, first.clientId, second.clientId, clientId),
    'aaa',
    'two handles of one agency, by a third',
  );
  await sayYes(owner.system, second.clientId, { recipient: reader.id, categories: ['STAMMDATEN'] });
  const outcome = await forward(owner.system, second, reader.id);
  t.ok(outcome.ok);
  const { items } = await owner.system.done('listDisclosures', { params: { clientId: second.clientId } });
  t.same(items[0].basis.statements, [said.id]);
});

await throughADoor(t, exchange, 'a chain closes down to its end', async (t, _as, door) => {
  const [origin, middle, last, heard] = [
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
  ];
  await agree([origin, middle, last]);
  const sent = await sendCase(origin.system, middle.id);
  await read(middle, sent.forwardingId);
  await sayYes(origin.system, sent.clientId, { recipient: last.id, categories: ['STAMMDATEN'] });
  const onward = await forward(middle.system, sent, last.id);
  if (!onward.ok) throw new Error(onward.bytes);
  const hop = onward.value.forwarding.id;
  t.equal((await read(last, hop)).entries.length, 1);
  const own = await newClient(heard);
  await sayNo(heard, own, { discloser: origin.id, recipient: middle.id });
  await link(heard, own, origin, sent.clientId);
  t.match(await read(middle, sent.forwardingId), { status: 'BLOCKED', entries: [] });
  t.match(await read(last, hop), { status: 'BLOCKED', entries: [] }, 'what hangs on it as well');
});

await throughADoor(t, exchange, 'a chain that nothing forbids goes on across a link', async (t, _as, door) => {
  const [origin, middle, last, other] = [
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
  ];
  await agree([origin, middle, last]);
  const sent = await sendCase(origin.system, middle.id);
  await read(middle, sent.forwardingId);
  await link(other, await newClient(other), origin, sent.clientId);
  await sayYes(origin.system, sent.clientId, { recipient: last.id, categories: ['STAMMDATEN'] });
  const onward = await forward(middle.system, sent, last.id);
  t.ok(onward.ok);
  if (onward.ok) t.equal((await read(last, onward.value.forwarding.id)).entries.length, 1);
  t.equal((await read(middle, sent.forwardingId)).entries.length, 1);
});

await throughADoor(t, exchange, 'a third agency notices nothing that is not its own', async (t, _as, door) => {
  const [owner, third, other] = [await admit(exchange, door), await admit(exchange, door), await admit(exchange, door)];
  await agree([owner, third]);
  await agree([owner, other]);
  const sent = await sendCase(owner.system, third.id);
  await read(third, sent.forwardingId);
  const { items: clients } = await third.system.done('listClients');
  const params = { clientId: clients[0].id };
  const look = async (): Promise<string> =>
    JSON.stringify([
      await third.system.done('listClients'),
      await third.system.done('listInbox'),
      await read(third, sent.forwardingId),
      ...(await Promise.all(
        (
          ['listEntries', 'listDisclosures', 'listStatements', 'listReleases', 'listLinks', 'listLinkCodes'] as const
        ).map((id) => third.system.done(id, { params })),
      )),
      await third.system.done('getLaufzettel', { params: { laufzettelId: sent.laufzettelId } }),
      await exchange.sql('SELECT type, subject FROM event WHERE agency_id = $1 ORDER BY at, id', [third.id]),
    ]);
  const before = await look();
  const theirs = await openCase(other.system, ['STAMMDATEN', 'KONTAKT']);
  await sayYes(other.system, theirs.clientId, { recipient: owner.id, categories: ['STAMMDATEN', 'KONTAKT'] });
  await forward(other.system, theirs, owner.id);
  const { linkId } = await link(owner, sent.clientId, other, theirs.clientId);
  t.equal(await look(), before, 'a link');
  await other.system.done('unlinkClient', { params: { clientId: theirs.clientId, linkId }, body: { confirm: true } });
  t.equal(await look(), before, 'and its end');
});
