/** A round tells its reader nothing of what it does not get: not by an item, a count, a section or by which round it stands in. */
import type { Category } from '../../src/domain/catalogue.ts';
import { type System, throughADoor } from '../support/both-doors.ts';
import { startExchange } from '../support/exchange.ts';
import { publishDueRounds } from '../support/rounds-job.ts';
import { t } from '../support/t.ts';
import { type Admitted, admit, agree, forward, openCase, sayYes, stopClock } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const FROM = '2026-12-01';
const MOMENT = '2026-12-07T07:00:00.000Z';
const WEEKLY = { turnus: 'FREQ=WEEKLY;BYDAY=MO', from: FROM };
const publishAt = async (moment: string): Promise<void> => {
  await stopClock(exchange, moment);
  await publishDueRounds(exchange);
};

const consentTo = (
  by: System,
  clientId: string,
  recipient: string,
  categories: Category[],
  validUntil = '2027-05-01',
) => sayYes(by, clientId, { recipient, categories, statedAt: '2026-11-20', validFrom: '2026-11-20', validUntil });

async function sendOf(by: System, recipient: string, categories: Category[], agreed: Category[], validUntil?: string) {
  const slip = await openCase(by, categories);
  await consentTo(by, slip.clientId, recipient, agreed, validUntil);
  const outcome = await forward(by, slip, recipient);
  if (!outcome.ok) throw new Error(outcome.bytes);
  return { ...slip, forwardingId: outcome.value.forwarding.id as string };
}

const withdraw = (by: System, clientId: string, more: object = {}) =>
  by.done('recordStatement', {
    params: { clientId },
    body: { decision: 'WITHDRAWN', statedAt: FROM, statedBy: 'PERSON', ageBand: 'ADULT', ...more },
  });

async function roundsOf(by: System) {
  const { items } = await by.done('listRounds', {});
  return Promise.all(items.map(({ id }: { id: string }) => by.done('getRound', { params: { roundId: id } })));
}

/** The same for every reader of the same things: ids and names of this world taken out. */
const withoutIds = (rounds: unknown): string =>
  JSON.stringify(rounds)
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id')
    .replaceAll(/Beratungsstelle \d+/g, 'name');

const read = (by: System, forwardingId: string) => by.done('getForwarding', { params: { forwardingId } });

await throughADoor(
  t,
  exchange,
  'two worlds that differ in what is withheld give the same rounds',
  async (t, _as, door) => {
    const world = async (withheld: boolean): Promise<string> => {
      await stopClock(exchange, '2026-12-01T09:00:00.000Z');
      const pair: [Admitted, Admitted] = [await admit(exchange, door), await admit(exchange, door)];
      const [one, other] = pair;
      await agree(pair, WEEKLY);
      const more: Category[] = withheld ? ['SPRACHE', 'GESUNDHEIT'] : [];
      const sent = await sendOf(one.system, other.id, ['STAMMDATEN', ...more], ['STAMMDATEN']);
      if (withheld) {
        // Agreed to for other purposes and agencies, refused, and an attempt that was refused as a whole.
        await sayYes(one.system, sent.clientId, {
          recipient: other.id,
          purpose: 'SPRACHFOERDERUNG',
          categories: ['SPRACHE'],
          statedAt: '2026-11-20',
          validFrom: '2026-11-20',
          validUntil: '2026-12-20',
        });
        await withdraw(one.system, sent.clientId, { categories: ['GESUNDHEIT'] });
        const refused = await openCase(one.system);
        const outcome = await forward(one.system, refused, other.id);
        t.notOk(outcome.ok);
      }
      await publishAt(MOMENT);
      return withoutIds(await roundsOf(other.system));
    };
    t.equal(await world(true), await world(false));
  },
);

await throughADoor(t, exchange, 'what closed unread vanishes, as if it had never come', async (t, _as, door) => {
  const world = async (closes: boolean): Promise<string> => {
    await stopClock(exchange, '2026-12-01T09:00:00.000Z');
    const pair: [Admitted, Admitted] = [await admit(exchange, door), await admit(exchange, door)];
    const [one, other] = pair;
    await agree(pair, WEEKLY);
    const categories: Category[] = closes ? ['STAMMDATEN', 'SPRACHE'] : ['STAMMDATEN'];
    const sent = await sendOf(one.system, other.id, categories, categories, '2026-12-14');
    if (closes) await withdraw(one.system, sent.clientId, { categories: ['SPRACHE'] });
    await publishAt(MOMENT);
    return withoutIds(await roundsOf(other.system));
  };
  const gone = await world(true);
  t.match(gone, '"consentEnding":1');
  t.equal(gone, await world(false));
});

await throughADoor(
  t,
  exchange,
  'what closes after a round was made is not shown by it any more',
  async (t, _as, door) => {
    await stopClock(exchange, '2026-12-01T09:00:00.000Z');
    const pair: [Admitted, Admitted] = [await admit(exchange, door), await admit(exchange, door)];
    const [one, other] = pair;
    await agree(pair, WEEKLY);
    const sent = await sendOf(one.system, other.id, ['STAMMDATEN', 'SPRACHE'], ['STAMMDATEN', 'SPRACHE'], '2026-12-14');
    const own = await read(other.system, sent.forwardingId);
    await publishAt(MOMENT);
    const counts = async () => (await roundsOf(other.system))[0].counts.consentEnding;
    t.equal(await counts(), 2);
    await withdraw(one.system, sent.clientId, { categories: ['SPRACHE'] });
    t.equal(await counts(), 1, `gone, though it had been read: ${own.entries.length}`);
    await stopClock(exchange, '2026-12-13T23:00:00.000Z');
    t.equal(await counts(), 0, 'and what time has ended as well');
  },
);

await throughADoor(t, exchange, 'the end of what was passed on is told to nobody', async (t, _as, door) => {
  await stopClock(exchange, '2026-12-01T09:00:00.000Z');
  const three = [await admit(exchange, door), await admit(exchange, door), await admit(exchange, door)] as const;
  const [origin, middle, last] = three;
  await agree(three, WEEKLY);
  const sent = await sendOf(origin.system, middle.id, ['STAMMDATEN'], ['STAMMDATEN'], '2026-12-14');
  await consentTo(origin.system, sent.clientId, last.id, ['STAMMDATEN'], '2026-12-14');
  const got = await read(middle.system, sent.forwardingId);
  await sayYes(middle.system, got.clientId, {
    recipient: last.id,
    categories: ['STAMMDATEN'],
    statedAt: '2026-11-20',
    validFrom: '2026-11-20',
    validUntil: '2027-05-01',
  });
  await middle.system.done('forwardLaufzettel', {
    params: { laufzettelId: sent.laufzettelId },
    body: { recipient: last.id },
  });
  await publishAt(MOMENT);
  const ending = async ({ system }: Admitted, partner: Admitted) =>
    (await roundsOf(system)).find((round) => round.partner === partner.id).counts.consentEnding;
  t.same([await ending(origin, middle), await ending(middle, origin)], [1, 1]);
  t.same([await ending(middle, last), await ending(last, middle)], [0, 0]);
});

await throughADoor(
  t,
  exchange,
  'what stands under an agreement without a rhythm stands in the one that has',
  async (t, _as, door) => {
    await stopClock(exchange, '2026-12-01T09:00:00.000Z');
    const pair: [Admitted, Admitted] = [await admit(exchange, door), await admit(exchange, door)];
    const [one, other] = pair;
    // Each relies on the agreement with the smallest id that permits it.
    const plain = await agree(pair, { from: FROM, categories: ['STAMMDATEN'] });
    const rhythmic = await agree(pair, { ...WEEKLY, categories: ['SPRACHE', 'STAMMDATEN'] });
    const second = await agree(pair, { turnus: 'FREQ=WEEKLY;BYDAY=MO', from: FROM, categories: ['KONTAKT'] });
    const under = await sendOf(one.system, other.id, ['STAMMDATEN'], ['STAMMDATEN']);
    const [{ relied_on: basis }] = await exchange.sql('SELECT relied_on FROM disclosure WHERE forwarding_id = $1', [
      under.forwardingId,
    ]);
    t.same(basis.agreements, [plain]);
    const both = await sendOf(one.system, other.id, ['STAMMDATEN', 'KONTAKT'], ['STAMMDATEN', 'KONTAKT']);
    await publishAt(MOMENT);
    for (const { system } of pair) {
      const rounds = await roundsOf(system);
      const newOf = (agreementId: string) =>
        rounds
          .find((round) => round.agreementId === agreementId)
          .sections[0].items.map((item: { forwardingId: string }) => item.forwardingId);
      t.same(newOf(rhythmic), [under.forwardingId], 'in the first that has a rhythm');
      t.same(newOf(second), [both.forwardingId], 'in the one that it names');
    }
  },
);
