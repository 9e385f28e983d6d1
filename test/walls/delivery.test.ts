/** Whatever an address does, in the end it has every event at least once, and can say so by their numbers. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { type Admitted, admit, agree, openCase, sayYes, sendCase } from '../operations/world.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { type Behaviour, type Received, type Receiver, startReceiver } from '../support/webhook-receiver.ts';

const exchange = await startExchange({ WEBHOOK_TIMEOUT_MS: '300' });
t.teardown(() => exchange.close());

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let ahead = 0;
/** Time goes on for everybody. */
const pass = async (ms: number): Promise<void> => {
  ahead += ms;
  await exchange.advanceClock(ahead);
};

interface World {
  one: Admitted;
  other: Admitted;
  receiver: Receiver;
  about: { params: { webhookId: string } };
  /** Forwards so many, each of a Laufzettel of its own. */
  forward(many: number): Promise<void>;
  look(): Promise<{ status: string; failures: number; disabledWhy: string | null; deliveredThrough: string }>;
}

/** `other` is pushed what `one` forwards. */
async function world(t: Test, more: object = {}): Promise<World> {
  const [one, other] = [await admit(exchange, 'REST'), await admit(exchange, 'REST')];
  await agree([one, other]);
  const receiver = await startReceiver();
  t.teardown(() => receiver.close());
  const body = { url: receiver.url, description: 'Fachverfahren', ...more };
  const { id } = await other.system.done('registerWebhook', { body });
  const about = { params: { webhookId: id } };
  const { code } = receiver.received.at(-1)!.body.data;
  await other.system.done('confirmWebhook', { ...about, body: { code } });
  return {
    one,
    other,
    receiver,
    about,
    async forward(many) {
      for (let count = 0; count < many; count += 1) await sendCase(one.system, other.id);
    },
    look: () => other.system.done('getWebhook', about),
  };
}

const numbersOf = (messages: readonly Received[]): number[] => [
  ...new Set(messages.filter(({ body }) => body.sequence !== undefined).map(({ body }) => Number(body.sequence))),
];

/** Every event of the feed from the first that was pushed on, by their numbers. */
async function demandAll(t: Test, { other, receiver, about }: World, says: string): Promise<void> {
  await settled();
  const { last } = await other.system.done('listEvents');
  t.equal((await other.system.done('getWebhook', about)).deliveredThrough, last);
  const numbers = numbersOf(receiver.taken).sort((a, b) => a - b);
  const from = numbers[0]!;
  t.same(
    numbers,
    Array.from({ length: Number(last) - from + 1 }, (_none, place) => from + place),
    says,
  );
}

/** Time goes on, and whatever is due then has been tried. */
async function later(ms: number): Promise<void> {
  await pass(ms);
  await settled();
}

async function settled(): Promise<void> {
  for (let quiet = 0; quiet < 3; await sleep(20)) {
    const [{ news, due }] = await exchange.sql(
      'SELECT EXISTS (SELECT FROM event WHERE sequence IS NULL) AS news, cardinality(api.webhooks_due(NULL)) AS due',
    );
    quiet = news || due > 0 ? 0 : quiet + 1;
  }
}

const DEAD: Record<string, Behaviour> = {
  'answers 500': 500,
  hangs: 'HANGS',
  'breaks off': (_got, response) => {
    response.destroy();
  },
  'sends elsewhere': (_got, response) => {
    response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
  },
};

for (const [says, behaviour] of Object.entries(DEAD)) {
  t.test(`an address that ${says} for an hour has everything afterwards`, async (t) => {
    const all = await world(t);
    all.receiver.behave(behaviour);
    await all.forward(2);
    for (let minutes = 0; minutes < 60; minutes += 10) {
      await later(10 * MINUTE);
      if (minutes === 30) await all.forward(2);
    }
    t.equal((await all.look()).status, 'ACTIVE');
    t.ok((await all.look()).failures > 2, 'it is known to fail');
    t.ok(all.receiver.received.length < 20, 'and was left in peace meanwhile');
    all.receiver.behave(204);
    await all.forward(1);
    await later(10 * MINUTE);
    await demandAll(t, all, 'without a gap, with the first that gets through');
    t.match(await all.look(), { failures: 0, status: 'ACTIVE' });
  });
}

t.test('an address that comes back after two days has everything', async (t) => {
  const all = await world(t);
  all.receiver.behave(503);
  await all.forward(3);
  for (let hours = 0; hours < 48; hours += 2) {
    await later(2 * HOUR);
    if (hours % 12 === 0) await all.forward(1);
  }
  t.equal((await all.look()).status, 'ACTIVE');
  all.receiver.behave(204);
  await later(24 * HOUR);
  await demandAll(t, all, 'without a gap, though nothing new came');
});

t.test(
  'one that takes nothing for days is disabled, its agency is told, and enabling it sends everything',
  async (t) => {
    const all = await world(t);
    all.receiver.behave(500);
    await all.forward(1);
    for (let hours = 0; hours < 144 && (await all.look()).status === 'ACTIVE'; hours += 6) await later(6 * HOUR);
    t.match(await all.look(), { status: 'DISABLED', disabledWhy: 'FAILING' });
    // What broke off before it had arrived was an attempt too.
    const [{ many }] = await exchange.sql(
      `SELECT count(*)::int AS many FROM webhook_attempt WHERE webhook_id = $1 AND type = 'forwarding.received'`,
      [all.about.params.webhookId],
    );
    t.equal(many, 10, 'after the first attempt and nine more');
    const { events } = await all.other.system.done('listEvents', { query: { limit: 200 } });
    const told = events.find(({ type }: { type: string }) => type === 'webhook.disabled');
    t.equal(told.subject, all.about.params.webhookId);
    const { body } = await (await exchange.as('admin')).get('/v1/troubled-webhooks');
    t.match(
      body.items.find(({ webhookId }: { webhookId: string }) => webhookId === all.about.params.webhookId),
      { agencyId: all.other.id, disabledWhy: 'FAILING' },
      'and the admin sees it',
    );
    all.receiver.behave(204);
    await all.other.system.done('enableWebhook', all.about);
    await demandAll(t, all, 'without a gap');
  },
);

t.test('410 disables at once', async (t) => {
  const all = await world(t);
  all.receiver.behave(410);
  await all.forward(1);
  await settled();
  t.match(await all.look(), { status: 'DISABLED', disabledWhy: 'GONE' });
  const before = all.receiver.received.length;
  await all.forward(1);
  await later(HOUR);
  t.equal(all.receiver.received.length, before);
});

t.test('one message that is never taken holds up no other', async (t) => {
  const all = await world(t);
  let poison: string | undefined;
  all.receiver.behave(({ body }, response) => {
    poison ??= body.sequence;
    response.writeHead(body.sequence === poison ? 500 : 204).end();
  });
  await all.forward(5);
  const { last } = await all.other.system.done('listEvents');
  await all.receiver.find(() => numbersOf(all.receiver.taken).length >= Number(last) - Number(poison));
  t.notOk(numbersOf(all.receiver.taken).includes(Number(poison)));
  const tries = () => all.receiver.received.filter(({ body }) => body.sequence === poison).length;
  t.ok(tries() <= 3, 'and is itself not sent again with each of them');
});

t.test('a receiver that lied about what it took gets it again', async (t) => {
  const all = await world(t);
  await all.forward(2);
  await demandAll(t, all, 'everything was taken, it says');
  const first = all.receiver.taken.find(({ body }) => body.sequence !== undefined)!;
  const lost = numbersOf(all.receiver.taken);
  all.receiver.taken.length = 0;
  await all.other.system.done('resendToWebhook', { ...all.about, body: { since: first.body.time } });
  await all.receiver.find(() => numbersOf(all.receiver.taken).length >= lost.length);
  t.same(
    numbersOf(all.receiver.taken).sort((a, b) => a - b),
    lost.sort((a, b) => a - b),
  );
});

t.test('where order was asked for, no event of a Laufzettel comes before an earlier one of it was taken', async (t) => {
  const all = await world(t, { ordered: true });
  let count = 0;
  all.receiver.behave(async (_got, response) => {
    count += 1;
    await sleep((count * 7) % 30);
    response.writeHead(count % 3 === 0 ? 500 : 204).end();
  });
  for (let many = 0; many < 4; many += 1) {
    const { clientId, laufzettelId } = await openCase(all.one.system, ['STAMMDATEN']);
    await sayYes(all.one.system, clientId, { recipient: all.other.id, categories: ['STAMMDATEN'] });
    const params = { laufzettelId };
    for (let again = 0; again < 2; again += 1) {
      const { forwarding } = await all.one.system.done('forwardLaufzettel', {
        params,
        body: { recipient: all.other.id },
      });
      const about = { params: { forwardingId: forwarding.id } };
      await all.one.system.done('recallForwarding', { ...about, body: { expectedVersion: forwarding.version } });
    }
  }
  for (let tries = 0; tries < 60; tries += 1) {
    const { deliveredThrough } = await all.look();
    if (Number(deliveredThrough) >= Number((await all.other.system.done('listEvents')).last)) break;
    await later(6 * MINUTE);
  }
  await demandAll(t, all, 'without a gap');
  const lanes = Map.groupBy(
    all.receiver.taken.filter(({ body }) => body.data?.laufzettelId !== undefined),
    ({ body }) => body.data.laufzettelId as string,
  );
  t.ok(lanes.size >= 4);
  for (const lane of lanes.values()) {
    const numbers = numbersOf(lane);
    t.same(
      numbers,
      numbers.toSorted((a, b) => a - b),
    );
  }
});

t.test('two instances send nothing twice where nothing fails', async (t) => {
  await exchange.anotherInstance();
  const all = await world(t);
  await all.forward(10);
  await demandAll(t, all, 'without a gap');
  const sent = all.receiver.received.filter(({ body }) => body.sequence !== undefined);
  t.equal(sent.length, numbersOf(sent).length);
});
