/** Events and webhooks are counted, by what came of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { admit, agree, sendCase } from '../operations/world.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { startReceiver } from '../support/webhook-receiver.ts';

const exchange = await startExchange({ METRICS_PORT: '0' });
t.teardown(() => exchange.close());
const { port } = exchange.log.map((line) => JSON.parse(line)).find(({ code }) => code === 'metrics-listening');

async function counted(line: RegExp): Promise<void> {
  while (!line.test(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text())) await sleep(20);
}

t.test('what is numbered, what arrives, and what is disabled', async (t) => {
  const [one, other] = [await admit(exchange, 'REST'), await admit(exchange, 'REST')];
  await agree([one, other]);
  const receiver = await startReceiver();
  t.teardown(() => receiver.close());
  const { id } = await other.system.done('registerWebhook', { body: { url: receiver.url, description: 'one' } });
  const { code } = receiver.received.at(-1)!.body.data;
  await other.system.done('confirmWebhook', { params: { webhookId: id }, body: { code } });
  await sendCase(one.system, other.id);
  await counted(/^laufzettel_webhook_attempts_total\{outcome="DELIVERED"\} [1-9]/m);
  await counted(/^laufzettel_events_numbered_total [1-9]/m);
  receiver.behave(410);
  await sendCase(one.system, other.id);
  await counted(/^laufzettel_webhook_attempts_total\{outcome="GONE"\} [1-9]/m);
  await counted(/^laufzettel_webhooks_disabled_total\{why="GONE"\} 1$/m);
  t.pass();
});
