/** The end of a link, and what frees from secrecy: it parts like everything that was said (unlinking.test.ts). */
import { throughADoor } from '../support/both-doors.ts';
import { no, yes } from '../support/consent-bodies.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { link, unlink } from './links.ts';
import { type Admitted, admit, agree, forward, openCase, sayYes } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const NOTE = ['BERATUNGSNOTIZ'];
const read = (by: Admitted, forwardingId: string) => by.system.done('getForwarding', { params: { forwardingId } });
const categoriesOf = ({ entries }: { entries: { category: string }[] }) => entries.map((one) => one.category);
function releaseNotes(by: Admitted, clientId: string, recipient: Admitted) {
  const { purpose: _none, ...body } = yes({ recipient: recipient.id, categories: NOTE });
  return by.system.done('recordRelease', { params: { clientId }, body });
}

await throughADoor(
  t,
  exchange,
  'what stood on a release of the other one closes, also where there is an own one meanwhile',
  async (t, _as, door) => {
    const [owner, reader, bridge] = [
      await admit(exchange, door),
      await admit(exchange, door),
      await admit(exchange, door),
    ];
    await agree([owner, reader]);
    const [said, other] = [
      await openCase(owner.system),
      await openCase(owner.system, ['STAMMDATEN', 'BERATUNGSNOTIZ']),
    ];
    await sayYes(owner.system, other.clientId, { recipient: reader.id, categories: ['STAMMDATEN', ...NOTE] });
    await releaseNotes(owner, said.clientId, reader);
    const first = await link(owner, said.clientId, bridge);
    const second = await link(bridge, first.clientId, owner, other.clientId);
    const outcome = await forward(owner.system, other, reader.id);
    const hop = outcome.ok ? outcome.value.forwarding.id : outcome.bytes;
    await releaseNotes(owner, other.clientId, reader);
    t.same(categoriesOf(await read(reader, hop)).sort(), ['BERATUNGSNOTIZ', 'STAMMDATEN']);
    await unlink(owner, other.clientId, second.linkId);
    t.same(categoriesOf(await read(reader, hop)), ['STAMMDATEN'], 'the note stood on what somebody else had said');
  },
);

await throughADoor(
  t,
  exchange,
  'of what was said at a handle that stood for both, each has every no and neither a yes too much',
  async (t, _as, door) => {
    const [one, other, reader] = [
      await admit(exchange, door),
      await admit(exchange, door),
      await admit(exchange, door),
    ];
    await agree([one, other, reader]);
    const [mine, theirs] = [await openCase(one.system), await openCase(other.system)];
    for (const [by, about] of [
      [one, mine],
      [other, theirs],
    ] as const)
      await sayYes(by.system, about.clientId, { recipient: reader.id, categories: ['STAMMDATEN'] });
    const { linkId } = await link(one, mine.clientId, other, theirs.clientId);
    const shared: string[] = [];
    for (const [by, about] of [
      [one, mine],
      [other, theirs],
    ] as const) {
      const outcome = await forward(by.system, about, reader.id);
      if (!outcome.ok) throw new Error(outcome.bytes);
      shared.push(outcome.value.forwarding.id);
    }
    const { clientId } = await read(reader, shared[0]!);
    await sayYes(reader.system, clientId, { recipient: one.id, categories: ['STAMMDATEN'] });
    await releaseNotes(reader, clientId, one);
    for (const operation of ['recordStatement', 'recordRelease'] as const)
      await reader.system.done(operation, { params: { clientId }, body: no({ recipient: one.id }) });

    await unlink(other, theirs.clientId, linkId);
    const { clientId: split } = await read(reader, shared[1]!);
    const decisions = async (operation: 'listStatements' | 'listReleases', handle: string) =>
      (await reader.system.done(operation, { params: { clientId: handle } })).items
        .map((said: { decision: string }) => said.decision)
        .sort();
    for (const operation of ['listStatements', 'listReleases'] as const) {
      t.same(await decisions(operation, clientId), ['GIVEN', 'WITHDRAWN'], `${operation}: as it was said`);
      t.same(await decisions(operation, split), ['WITHDRAWN'], `${operation}: a yes is not doubled`);
    }
  },
);
