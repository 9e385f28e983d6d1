/** Webhooks at their limits, and what comes at the same time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { type Receiver, startReceiver } from '../support/webhook-receiver.ts';
import { type Admitted, admit, agree, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

async function world(t: Test): Promise<{ one: Admitted; other: Admitted; receiver: Receiver; id: string }> {
  const [one, other] = [await admit(exchange, 'REST'), await admit(exchange, 'REST')];
  await agree([one, other]);
  const receiver = await startReceiver();
  t.teardown(() => receiver.close());
  const { id } = await other.system.done('registerWebhook', { body: { url: receiver.url, description: 'one' } });
  const { code } = receiver.received.at(-1)!.body.data;
  await other.system.done('confirmWebhook', { params: { webhookId: id }, body: { code } });
  return { one, other, receiver, id };
}
const isEvent = ({ body }: { body: { sequence?: string } }): boolean => body.sequence !== undefined;
const due = async (id: string): Promise<boolean> =>
  (await exchange.sql('SELECT $1::uuid = ANY (api.webhooks_due(NULL)) AS is', [id]))[0].is;

t.test('nobody comes to more than ten by disabling and enabling them', async (t) => {
  const { other, receiver, id } = await world(t);
  const about = { params: { webhookId: id } };
  await other.system.done('disableWebhook', about);
  // As they were registered some time ago: registering sends, and is limited.
  await exchange.sql(
    `INSERT INTO webhook (id, agency_id, url, description, ordered, keys_sealed, public_key, created_at)
     SELECT uuidv7(), $1, $2, 'more', false, '', '', now() FROM generate_series(1, 10)`,
    [other.id, receiver.url],
  );
  t.match(await other.system.refused('enableWebhook', about), { code: 'conflict' });
  await exchange.sql("DELETE FROM webhook WHERE agency_id = $1 AND description = 'more'", [other.id]);
  t.match(await other.system.done('enableWebhook', about), { status: 'ACTIVE' });
});

t.test('of those that it has disabled an agency keeps the last hundred', async (t) => {
  const { other, receiver } = await world(t);
  await exchange.sql(
    `INSERT INTO webhook (id, agency_id, url, description, ordered, status, disabled_why, keys_sealed, public_key, created_at)
     SELECT uuidv7(), $1, $2, 'former', false, 'DISABLED', 'OWN', '', '', now() - n * interval '1 hour' FROM generate_series(1, 130) AS n`,
    [other.id, receiver.url],
  );
  await other.system.done('registerWebhook', { body: { url: receiver.url, description: 'new' } });
  const [{ many, oldest }] = await exchange.sql(
    "SELECT count(*)::int AS many, min(created_at) > now() - interval '101 hours' AS oldest FROM webhook WHERE agency_id = $1 AND disabled_why = 'OWN'",
    [other.id],
  );
  t.same([many, oldest], [100, true]);
});

t.test('what is asked to be sent again while it is being sent is sent again', async (t) => {
  const { one, other, receiver, id } = await world(t);
  const gate = Promise.withResolvers<void>();
  receiver.behave(async (_got, response) => {
    await gate.promise;
    response.writeHead(204).end();
  });
  await sendCase(one.system, other.id);
  const first = await receiver.find(isEvent);
  const body = { since: first.body.time };
  await other.system.done('resendToWebhook', { params: { webhookId: id }, body });
  gate.resolve();
  const same = () => receiver.received.filter((got) => got.body.id === first.body.id);
  await receiver.find(() => same().length === 2);
  t.equal(same().length, 2);
});

t.test('while ten thousand messages wait nothing new is taken up, and then it is', async (t) => {
  const { one, other, receiver, id } = await world(t);
  // What came before is sent first.
  for (let quiet = 0; quiet < 5; await sleep(20)) {
    const [{ news }] = await exchange.sql('SELECT EXISTS (SELECT FROM event WHERE sequence IS NULL) AS news');
    quiet = news || (await due(id)) ? 0 : quiet + 1;
  }
  receiver.received.length = 0;
  await exchange.sql(
    `INSERT INTO webhook_message (webhook_id, sequence, lane, due_at) SELECT $1, -n, '', now() + interval '1 day' FROM generate_series(1, 10000) AS n`,
    [id],
  );
  await sendCase(one.system, other.id);
  for (let numbered = false; !numbered; ) {
    [{ numbered }] = await exchange.sql('SELECT NOT EXISTS (SELECT FROM event WHERE sequence IS NULL) AS numbered');
  }
  t.notOk(await due(id));
  t.notOk(receiver.received.some(isEvent));
  await exchange.sql('DELETE FROM webhook_message WHERE webhook_id = $1', [id]);
  await receiver.find(isEvent);
});

t.test('a clock that was set back keeps no webhook resting', async (t) => {
  const { one, other, receiver, id } = await world(t);
  await exchange.sql(
    "UPDATE webhook SET failures = 1, rests_until = api.clock_now() + interval '1 day' WHERE id = $1",
    [id],
  );
  await sendCase(one.system, other.id);
  await receiver.find(isEvent);
  t.pass();
});

t.test('no line of the log has an address of a webhook', async (t) => {
  const { one, other, receiver } = await world(t);
  receiver.behave((_got, response) => {
    response.destroy();
  });
  await sendCase(one.system, other.id);
  await receiver.find(isEvent);
  t.notOk(exchange.log.some((line) => line.includes(receiver.url) || line.includes(new URL(receiver.url).host)));
});
