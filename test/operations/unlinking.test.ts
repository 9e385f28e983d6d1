/** Ending a mistaken link: each side gets back what is its own, what stood on the other one's word closes, nothing reopens. */
import { throughADoor } from '../support/both-doors.ts';
import { no } from '../support/consent-bodies.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { link, persons, toldOfLinks, unlink } from './links.ts';
import { type Admitted, admit, agree, count, entryOf, forward, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const newClient = async (by: Admitted): Promise<string> => (await by.system.done('createClient', { body: {} })).id;
const read = (by: Admitted, forwardingId: string) => by.system.done('getForwarding', { params: { forwardingId } });
async function sendTo(by: Admitted, about: { laufzettelId: string }, recipient: Admitted): Promise<string> {
  const outcome = await forward(by.system, about, recipient.id);
  if (!outcome.ok) throw new Error(outcome.bytes);
  return outcome.value.forwarding.id;
}
const categories = ['STAMMDATEN'];

await throughADoor(
  t,
  exchange,
  'what relies on what the other one said closes, once confirmed',
  async (t, _as, door) => {
    const [owner, reader, bridge] = [
      await admit(exchange, door),
      await admit(exchange, door),
      await admit(exchange, door),
    ];
    await agree([owner, reader]);
    const said = await openCase(owner.system);
    await sayYes(owner.system, said.clientId, { recipient: reader.id, categories });
    const before = await sendTo(owner, said, reader);
    const unsaid = await openCase(owner.system);
    const first = await link(owner, said.clientId, bridge);
    const second = await link(bridge, first.clientId, owner, unsaid.clientId);
    const since = await sendTo(owner, unsaid, reader);
    await read(reader, since);

    const params = { clientId: unsaid.clientId, linkId: second.linkId };
    const question = await owner.system.refused('unlinkClient', { params });
    t.match(question, { code: 'confirmation-required', status: 409, extra: { confirmWith: { confirm: true } } });
    t.match(question.extra.detail, / 1 of the disclosures/);
    t.match(
      (await bridge.system.refused('unlinkClient', { params: { ...params, clientId: first.clientId } })).extra.detail,
      / 0 of the disclosures/,
      'only own ones are counted',
    );
    t.equal((await read(reader, since)).entries.length, 1, 'nothing has happened yet');

    const ended = await owner.system.done('unlinkClient', { params, body: { confirm: true } });
    t.match(ended, { id: second.linkId, clientId: unsaid.clientId, withAgency: bridge.id });
    t.ok(ended.endedAt);
    t.match(await read(reader, since), {
      status: 'BLOCKED',
      entries: [],
      closedEntries: [{ entryId: unsaid.entryIds[0] }],
    });
    t.equal((await read(reader, before)).entries.length, 1, 'what stands by itself goes on');
    t.match(await forward(owner.system, unsaid, reader.id), { code: 'consent-missing' });
    t.equal(await persons(exchange, said.clientId, first.clientId, unsaid.clientId), 'aab');
    t.match(await owner.system.refused('unlinkClient', { params, body: { confirm: true } }), {
      code: 'conflict',
      status: 409,
    });
    t.same((await toldOfLinks(exchange, bridge)).at(-1), {
      type: 'client.unlinked',
      subject: { clientId: first.clientId, linkId: second.linkId },
    });
    const statements = await owner.system.done('listStatements', { params: { clientId: unsaid.clientId } });
    t.same(statements.items, [], 'each has its own statements again');
    await link(bridge, first.clientId, owner, unsaid.clientId);
    t.equal((await read(reader, since)).entries.length, 0, 'nothing reopens, not by a new link either');
  },
);

await throughADoor(t, exchange, 'it closes even where its own person has said yes meanwhile', async (t, _as, door) => {
  const [owner, reader, bridge] = [
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
  ];
  await agree([owner, reader]);
  const [said, other] = [await openCase(owner.system), await openCase(owner.system)];
  await sayYes(owner.system, said.clientId, { recipient: reader.id, categories });
  const first = await link(owner, said.clientId, bridge);
  const second = await link(bridge, first.clientId, owner, other.clientId);
  const hop = await sendTo(owner, other, reader);
  await sayYes(owner.system, other.clientId, { recipient: reader.id, categories });
  await unlink(owner, other.clientId, second.linkId);
  t.equal((await read(reader, hop)).status, 'BLOCKED', 'it stood on what somebody else had said');
  t.equal((await read(reader, await sendTo(owner, other, reader))).entries.length, 1, 'a new one stands by itself');
});

await throughADoor(t, exchange, 'handles that came since go with the side they came from', async (t, _as, door) => {
  const [one, other, early, late] = [
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
  ];
  await agree([one, other, early, late]);
  const [mine, theirs] = [await openCase(one.system), await openCase(other.system)];
  await sayYes(one.system, mine.clientId, { recipient: early.id, categories });
  const { clientId: before } = await read(early, await sendTo(one, mine, early));
  const { linkId } = await link(one, mine.clientId, other, theirs.clientId);
  await sayYes(other.system, theirs.clientId, { recipient: late.id, categories });
  const hop = await sendTo(other, theirs, late);
  const { clientId: since } = await read(late, hop);
  t.equal(await persons(exchange, mine.clientId, before, theirs.clientId, since), 'aaaa');
  await unlink(one, mine.clientId, linkId);
  t.equal(await persons(exchange, mine.clientId, before, theirs.clientId, since), 'aabb');
  t.match(await read(late, hop), { clientId: since, entries: [{ clientId: since }] });
  t.same(await toldOfLinks(exchange, late), [], 'for it nothing has changed');
});

await throughADoor(t, exchange, 'a handle that stood for both becomes two', async (t, _as, door) => {
  const [one, other, reader] = [await admit(exchange, door), await admit(exchange, door), await admit(exchange, door)];
  await agree([one, other, reader]);
  const [mine, theirs] = [await openCase(one.system), await openCase(other.system)];
  await sayYes(one.system, mine.clientId, { recipient: reader.id, categories });
  await sayYes(other.system, theirs.clientId, { recipient: reader.id, categories });
  const { linkId } = await link(one, mine.clientId, other, theirs.clientId);
  const [fromOne, fromOther] = [await sendTo(one, mine, reader), await sendTo(other, theirs, reader)];
  const shared = (await read(reader, fromOne)).clientId;
  t.equal((await read(reader, fromOther)).clientId, shared, 'one handle on one person');
  const body = no({ recipient: one.id });
  await reader.system.done('recordStatement', { params: { clientId: shared }, body });

  await unlink(other, theirs.clientId, linkId);
  const split = await read(reader, fromOther);
  t.not(split.clientId, shared);
  t.match(split, { entries: [{ clientId: split.clientId, concerns: [split.clientId] }] });
  t.match(await read(reader, fromOne), { clientId: shared, entries: [{ clientId: shared, concerns: [shared] }] });
  t.equal(await persons(exchange, mine.clientId, shared, theirs.clientId, split.clientId), 'aabb');
  t.same(await toldOfLinks(exchange, reader), [
    { type: 'client.split', subject: { clientId: shared, newClientId: split.clientId } },
    { type: 'forwarding.client-changed', subject: { forwardingId: fromOther, clientId: split.clientId } },
  ]);
  const laufzettel = { params: { laufzettelId: theirs.laufzettelId } };
  t.equal((await reader.system.done('getLaufzettel', laufzettel)).clientId, split.clientId);
  const saidOf = async (clientId: string) =>
    (await reader.system.done('listStatements', { params: { clientId } })).items.map(
      (said: { recipient: string }) => said.recipient,
    );
  t.same(
    [await saidOf(shared), await saidOf(split.clientId)],
    [[one.id], [one.id]],
    'a no that either may have said holds for both',
  );
  await reader.system.done('addEntry', { params: { clientId: split.clientId }, body: entryOf('SPRACHE') });
});

await throughADoor(t, exchange, 'links in a row are ended in any order', async (t, _as, door) => {
  for (const order of ['first', 'last'] as const) {
    const [one, two, three] = [await admit(exchange, door), await admit(exchange, door), await admit(exchange, door)];
    const [a, b, c] = [await newClient(one), await newClient(two), await newClient(three)];
    const first = await link(one, a, two, b);
    // The second issuer is the one whose handle has moved.
    const second = await link(three, c, two, b);
    t.equal(await persons(exchange, a, b, c), 'aaa');
    if (order === 'first') {
      await unlink(one, a, first.linkId);
      t.equal(await persons(exchange, a, b, c), 'abb', 'who was linked with it by another code goes with it');
      await unlink(two, b, second.linkId);
    } else {
      await unlink(three, c, second.linkId);
      t.equal(await persons(exchange, a, b, c), 'aab');
      await unlink(two, b, first.linkId);
    }
    t.equal(await persons(exchange, a, b, c), 'abc');
  }
});

await throughADoor(t, exchange, 'who are tied twice part with the second end', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  const [a, b] = [await newClient(one), await newClient(other)];
  const first = await link(one, a, other, b);
  const second = await link(other, b, one, a);
  await unlink(one, a, first.linkId);
  t.equal(await persons(exchange, a, b), 'aa', 'the other code still says that they are one');
  await unlink(one, a, second.linkId);
  t.equal(await persons(exchange, a, b), 'ab');
});

await throughADoor(t, exchange, 'an entry that concerns both goes on when both have agreed', async (t, _as, door) => {
  const [owner, reader, bridge] = [
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
  ];
  await agree([owner, reader]);
  const [a, b] = [await newClient(owner), await newClient(owner)];
  const entry = entryOf('STAMMDATEN', { concerns: [a, b] });
  const body = { clientId: a, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entries: [entry] };
  const { id: laufzettelId } = await owner.system.done('createLaufzettel', { body });
  for (const clientId of [a, b]) await sayYes(owner.system, clientId, { recipient: reader.id, categories });
  const first = await link(owner, a, bridge);
  const second = await link(bridge, first.clientId, owner, b);
  const hop = await sendTo(owner, { laufzettelId }, reader);
  t.equal((await read(reader, hop)).entries[0].concerns.length, 1, 'one person');
  await unlink(bridge, first.clientId, second.linkId);
  t.equal((await read(reader, hop)).entries[0].concerns.length, 2, 'two, with a handle on each');
  await owner.system.done('recordStatement', { params: { clientId: b }, body: no() });
  t.equal((await read(reader, hop)).entries.length, 0);
});

await throughADoor(t, exchange, 'what is about one on a Laufzettel of the other closes', async (t, _as, door) => {
  const [owner, reader, bridge] = [
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
  ];
  await agree([owner, reader]);
  const [a, b] = [await sendCase(owner.system, reader.id), await openCase(owner.system)];
  const first = await link(owner, a.clientId, bridge);
  const second = await link(bridge, first.clientId, owner, b.clientId);
  const mixed = { clientId: b.clientId, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entryIds: a.entryIds };
  const { id: laufzettelId } = await owner.system.done('createLaufzettel', { body: mixed });
  const hop = await sendTo(owner, { laufzettelId }, reader);
  t.equal((await read(reader, hop)).entries.length, 1);
  await unlink(owner, b.clientId, second.linkId);
  t.equal((await read(reader, hop)).entries.length, 0);
  t.equal((await read(reader, a.forwardingId)).entries.length, 1);
  t.equal(await count(exchange, 'disclosure', 'forwarding_id = $1 AND closed_at IS NULL', [hop]), 0);
});

await throughADoor(t, exchange, 'a handle that a reading brought goes with whom it is on', async (t, _as, door) => {
  const [owner, reader, other] = [
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
  ];
  await agree([owner, reader]);
  const [client, relative, stranger] = [await newClient(owner), await newClient(owner), await newClient(other)];
  const entry = entryOf('STAMMDATEN', { concerns: [client, relative] });
  const body = { clientId: client, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entries: [entry] };
  const { id: laufzettelId } = await owner.system.done('createLaufzettel', { body });
  for (const clientId of [client, relative]) await sayYes(owner.system, clientId, { recipient: reader.id, categories });
  // The stranger's handle is the issuer's; so what parts from it has to be found by whence it came.
  const { linkId } = await link(other, stranger, owner, relative);
  const [{ concerns }] = (await read(reader, await sendTo(owner, { laufzettelId }, reader))).entries;
  t.equal(concerns.length, 2);
  await unlink(owner, relative, linkId);
  t.equal(await persons(exchange, client, relative, stranger, ...concerns), 'abcab');
});
