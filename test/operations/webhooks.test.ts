/** Webhooks: proved to be one's own, told of every event, looked after by their agency. */

import { Webhook } from 'standardwebhooks';
import type { Test } from 'tap';
import { type System, throughADoor } from '../support/both-doors.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { type Receiver, startReceiver } from '../support/webhook-receiver.ts';
import { admit, agree, NOTHING, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const DESCRIPTION = 'Fachverfahren';

async function confirmed(t: Test, by: System, more: object = {}) {
  const receiver = await startReceiver();
  t.teardown(() => receiver.close());
  const webhook = await by.done('registerWebhook', { body: { url: receiver.url, description: DESCRIPTION, ...more } });
  const about = { params: { webhookId: webhook.id } };
  await by.done('confirmWebhook', { ...about, body: { code: await codeIn(receiver) } });
  return { receiver, webhook, about };
}

const codeIn = async (receiver: Receiver): Promise<string> => {
  await receiver.find(({ body }) => body.type === 'webhook.verification');
  return receiver.received.findLast(({ body }) => body.type === 'webhook.verification')!.body.data.code;
};

await throughADoor(
  t,
  exchange,
  'an address is told of what happens once it is proved to be one’s own',
  async (t, _as, door) => {
    const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
    await agree([one, other]);
    const receiver = await startReceiver();
    t.teardown(() => receiver.close());
    const body = { url: receiver.url, description: DESCRIPTION };
    const webhook = await other.system.done('registerWebhook', { body });
    t.match(webhook, { ...body, ordered: false, status: 'PENDING', disabledWhy: null, failures: 0, formerUntil: null });
    t.match(webhook.secret, /^whsec_[A-Za-z0-9+/=]{44}$/);
    t.match(webhook.publicKey, /^whpk_/);
    const about = { params: { webhookId: webhook.id } };
    const { secret: _shownOnce, ...shown } = webhook;
    t.same(await other.system.done('getWebhook', about), shown, 'the secret is not shown again');

    const code = await codeIn(receiver);
    const wrong = await other.system.refused('confirmWebhook', { ...about, body: { code: 'no such code' } });
    t.match(wrong, { code: 'rule-broken', extra: { errors: [{ pointer: '/code' }] } });
    const confirmed = await other.system.done('confirmWebhook', { ...about, body: { code } });
    t.equal(confirmed.status, 'ACTIVE');
    t.match(await other.system.refused('confirmWebhook', { ...about, body: { code } }), { code: 'conflict' });

    const { forwardingId } = await sendCase(one.system, other.id);
    const told = await receiver.find((got) => got.body.type === 'forwarding.received');
    t.match(told.body, { subject: forwardingId, sequencetype: 'Integer', datacontenttype: 'application/json' });
    t.match(told.headers, { 'content-type': 'application/cloudevents+json; charset=utf-8' });
    t.same(new Webhook(webhook.secret).verify(told.text, told.headers), told.body, 'as an outsider verifies it');
    const { events } = await other.system.done('listEvents', { query: { limit: 200 } });
    t.same(
      events.find(({ subject }: { subject: string }) => subject === forwardingId),
      told.body,
      'what the feed says',
    );
    const first = receiver.received.find(({ body }) => body.sequence !== undefined);
    t.ok(Number(first!.body.sequence) > 0, 'and nothing from before it was registered is pushed');
  },
);

await throughADoor(t, exchange, 'nobody else’s webhook can be seen or changed', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  const { about } = await confirmed(t, one.system);
  for (const given of [about, { params: { webhookId: NOTHING } }]) {
    const by = other.system;
    for (const id of ['getWebhook', 'testWebhook', 'listWebhookAttempts', 'disableWebhook', 'enableWebhook'] as const)
      t.equal((await by.refused(id, given)).code, 'not-found', id);
    t.equal((await by.refused('rotateWebhookSecret', { ...given, body: {} })).code, 'not-found');
    t.equal((await by.refused('confirmWebhook', { ...given, body: { code: 'x' } })).code, 'not-found');
    t.equal((await by.refused('resendToWebhook', { ...given, body: { sequence: '1' } })).code, 'not-found');
  }
  t.same((await other.system.done('listWebhooks')).items, []);
});

await throughADoor(t, exchange, 'whoever may not read events has none pushed', async (t, _as, door) => {
  const { system } = await admit(exchange, door, { scopes: ['agency:admin'] });
  const body = { url: 'http://127.0.0.1:9/', description: DESCRIPTION };
  const refused = await system.refused('registerWebhook', { body });
  t.match(refused, { code: 'scope-missing', extra: { requiredScopes: ['laufzettel:read'] } });
  t.same((await system.done('listWebhooks')).items, []);
});

await throughADoor(t, exchange, 'addresses that not everybody can reach are refused', async (t, _as, door) => {
  const { system } = await admit(exchange, door);
  const urls = [
    'http://10.0.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest',
    'https://[::1]/',
    'ftp://127.0.0.1/',
  ];
  for (const url of [...urls, 'https://localhost.invalid/', 'no address', 'https://user:pass@127.0.0.1/']) {
    const refused = await system.refused('registerWebhook', { body: { url, description: DESCRIPTION } });
    t.match(refused, { code: 'rule-broken', extra: { errors: [{ pointer: '/url' }] } }, url);
  }
  t.same((await system.done('listWebhooks')).items, [], 'and nothing is kept of them');
});

await throughADoor(t, exchange, 'two secrets sign while one follows on the other', async (t, _as, door) => {
  const { system } = await admit(exchange, door);
  const { receiver, webhook, about } = await confirmed(t, system);
  const rotated = await system.done('rotateWebhookSecret', { ...about, body: { overlapHours: 1 } });
  t.not(rotated.secret, webhook.secret);
  t.ok(Date.parse(rotated.formerUntil) > Date.now());
  await system.done('testWebhook', about);
  const both = receiver.received.at(-1)!;
  t.equal(both.body.type, 'webhook.test');
  t.doesNotThrow(() => new Webhook(webhook.secret).verify(both.text, both.headers), 'by the former one');
  t.doesNotThrow(() => new Webhook(rotated.secret).verify(both.text, both.headers), 'by the new one');
  await exchange.advanceClock(3_600_001);
  t.teardown(() => exchange.advanceClock(0));
  await system.done('testWebhook', about);
  const last = receiver.received.at(-1)!;
  t.throws(
    () => new Webhook(webhook.secret).verify(last.text, last.headers),
    'an hour later by the former one no more',
  );
  t.doesNotThrow(() => new Webhook(rotated.secret).verify(last.text, last.headers));
  t.equal((await system.done('getWebhook', about)).formerUntil, null);
});

await throughADoor(
  t,
  exchange,
  'what was sent, and what came of it, can be seen and sent again',
  async (t, _as, door) => {
    const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
    await agree([one, other]);
    const { receiver, about } = await confirmed(t, other.system);
    const { forwardingId } = await sendCase(one.system, other.id);
    const isIt = ({ body }: { body: { subject: string } }): boolean => body.subject === forwardingId;
    const { body, headers } = await receiver.find(isIt);
    const attempts = async () => (await other.system.done('listWebhookAttempts', about)).items;
    const noted = async (): Promise<{ eventId: string }> =>
      (await attempts()).find(({ sequence }: { sequence: string }) => sequence === body.sequence) ?? (await noted());
    const attempt = await noted();
    t.match(attempt, { eventId: body.id, type: body.type, attempt: 1, outcome: 'DELIVERED', httpStatus: 204 });
    t.equal(attempt.eventId, headers['webhook-id']);

    const until = async (many: number) => {
      while (receiver.received.filter(isIt).length < many)
        await receiver.find(() => receiver.received.filter(isIt).length >= many);
    };
    await other.system.done('resendToWebhook', { ...about, body: { sequence: body.sequence } });
    await until(2);
    await other.system.done('resendToWebhook', { ...about, body: { since: body.time } });
    await until(3);
    t.equal(new Set(receiver.received.filter(isIt).map((got) => got.headers['webhook-id'])).size, 1, 'by the same id');
    const unknown = await other.system.refused('resendToWebhook', { ...about, body: { sequence: '999999' } });
    t.equal(unknown.code, 'rule-broken');
    for (const bad of [{}, { sequence: '1', since: body.time }])
      t.equal((await other.system.refused('resendToWebhook', { ...about, body: bad })).code, 'bad-request');
  },
);

await throughADoor(
  t,
  exchange,
  'one that is disabled is sent nothing, and everything once it is enabled',
  async (t, _as, door) => {
    const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
    await agree([one, other]);
    const { receiver, about } = await confirmed(t, other.system);
    t.match(await other.system.done('disableWebhook', about), { status: 'DISABLED', disabledWhy: 'OWN' });
    t.equal((await other.system.refused('disableWebhook', about)).code, 'conflict');
    t.equal((await other.system.refused('testWebhook', about)).code, 'conflict');
    const before = receiver.received.length;
    const { forwardingId } = await sendCase(one.system, other.id);
    await other.system.done('listEvents', { query: { wait: 1, after: (await other.system.done('listEvents')).last } });
    t.equal(receiver.received.length, before, 'nothing came');
    t.match(await other.system.done('enableWebhook', about), { status: 'ACTIVE', disabledWhy: null });
    t.equal((await other.system.refused('enableWebhook', about)).code, 'conflict');
    await receiver.find(({ body }) => body.subject === forwardingId);
  },
);

await throughADoor(t, exchange, 'enabling proves nothing about an address', async (t, _as, door) => {
  const { system } = await admit(exchange, door);
  const receiver = await startReceiver();
  t.teardown(() => receiver.close());
  const { id } = await system.done('registerWebhook', { body: { url: receiver.url, description: DESCRIPTION } });
  const about = { params: { webhookId: id } };
  await system.done('disableWebhook', about);
  t.equal((await system.done('enableWebhook', about)).status, 'PENDING');
  await exchange.advanceClock(3_600_001);
  const late = await system.refused('confirmWebhook', { ...about, body: { code: await codeIn(receiver) } });
  t.equal(late.code, 'rule-broken', 'a code is good for an hour');
  t.match(await system.done('testWebhook', about), { type: 'webhook.verification', outcome: 'DELIVERED' });
  await exchange.advanceClock(0);
  t.equal((await system.done('confirmWebhook', { ...about, body: { code: await codeIn(receiver) } })).status, 'ACTIVE');
});

await throughADoor(
  t,
  exchange,
  'an agency has at most ten, and the admin sees those in trouble',
  async (t, as, door) => {
    const { id, system } = await admit(exchange, door);
    const receiver = await startReceiver(410);
    t.teardown(() => receiver.close());
    const body = { url: receiver.url, description: DESCRIPTION };
    for (let many = 0; many < 10; many += 1) await system.done('registerWebhook', { body });
    t.equal((await system.refused('registerWebhook', { body })).code, 'conflict');
    t.equal((await system.done('listWebhooks', { query: { limit: 3 } })).items.length, 3);
    const admin = await as('admin');
    t.same(
      (await admin.done('listTroubledWebhooks')).items.filter(({ agencyId }: { agencyId: string }) => agencyId === id),
      [],
      'an unconfirmed one is in no trouble',
    );
    t.equal((await system.refused('listTroubledWebhooks')).code, 'scope-missing');
  },
);
