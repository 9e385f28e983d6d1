/** The subscription `events`: what is told as it happens, to whom, and how a socket ends. */
import type { SubscribePayload } from 'graphql-ws';
import { systemAt } from '../support/both-doors.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { clientAt, EVENTS, listen, openRaw, type Told } from '../support/sockets.ts';
import { t } from '../support/t.ts';
import { admit, agree, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const REST = 'REST';
/** Two agencies with an agreement; the second one has been told of it, and of what the first one sent. */
async function pair() {
  const [one, other] = [await admit(exchange, REST), await admit(exchange, REST)];
  await agree([one, other]);
  return { one, other };
}
const numbers = (told: readonly { sequence: string }[]): number[] => told.map(({ sequence }) => Number(sequence));
const upTo = (last: number, from = 1): number[] => Array.from({ length: last - from + 1 }, (_, place) => from + place);

t.test('first everything after the number, then each new event as it comes, from whichever instance', async (t) => {
  const second = await exchange.anotherInstance();
  const [arge, caritas] = await Promise.all(
    [exchange.as('arge'), second.as('caritas')].map(async (one, place) =>
      systemAt(REST, [exchange.url, second.url][place]!, (await one).token),
    ),
  );
  await sendCase(arge!, AGENCY.caritas);
  for (const instance of [exchange, second]) {
    const client = clientAt(instance.url, (await instance.as('caritas')).token);
    t.teardown(() => client.dispose());
    const listener = listen(client);
    await listener.untilType('forwarding.received');
    const before = listener.told.length;
    const { forwardingId } = await sendCase(arge!, AGENCY.caritas);
    await listener.until(before + 1);
    t.match(listener.told.at(-1), { type: 'forwarding.received', subject: forwardingId });
    t.same(numbers(listener.told), upTo(listener.told.length), 'none is left out, none comes twice');
    const page = await caritas!.done('listEvents', { query: { limit: 200 } });
    t.same(
      listener.told,
      page.events.map(({ id, type, subject, sequence, data }: Told) => ({ id, type, subject, sequence, data })),
      'the same as is listed',
    );
    const later = listen(client, { query: EVENTS, variables: { after: String(before) } });
    await later.until(1);
    t.same(numbers(later.told), upTo(listener.told.length, before + 1), 'from a number on');
    listener.stop();
    t.match(await listener.ended, { complete: true });
  }
});

t.test('each agency is told what is its own', async (t) => {
  const [{ one, other }, stranger] = [await pair(), await pair()];
  const clients = [one, other, stranger.one].map(({ token }) => clientAt(exchange.url, token));
  t.teardown(() => Promise.all(clients.map((client) => client.dispose())));
  const [sender, recipient, third] = clients.map((client) => listen(client));
  const { forwardingId } = await sendCase(one.system, other.id);
  await recipient!.untilType('forwarding.received');
  await other.system.done('getForwarding', { params: { forwardingId } });
  t.match(await sender!.untilType('forwarding.delivered'), { subject: forwardingId });
  await third!.untilType('agreement.signed');
  t.notMatch(JSON.stringify(third!.told), new RegExp(`forwarding|${one.id}|${other.id}`));
});

t.test('what is refused is told as at REST, in the language of the upgrade', async (t) => {
  const { one } = await pair();
  const client = clientAt(exchange.url, one.token);
  t.teardown(() => client.dispose());
  const rows: [string, SubscribePayload, object][] = [
    [
      'a number ahead of the last one',
      { query: EVENTS, variables: { after: '999999' } },
      { code: 'bad-request', last: String, errors: [{ pointer: '/query/after' }] },
    ],
    [
      'what is no number',
      { query: EVENTS, variables: { after: 'soon' } },
      { code: 'bad-request', errors: [{ pointer: '/query/after' }] },
    ],
    [
      'a number in the document',
      { query: 'subscription { events(after: 7) { id } }' },
      { code: 'bad-request', errors: [{ pointer: '/query/after' }] },
    ],
    [
      'a variable of another type',
      { query: EVENTS, variables: { after: 7 } },
      { code: 'bad-request', errors: [{ pointer: '/query/after' }] },
    ],
    ['a query', { query: '{ ownAgency { id } }' }, { code: 'bad-request' }],
    ['a mutation', { query: 'mutation { createClient(input: {}) { id } }' }, { code: 'bad-request' }],
    ['what is not in the schema', { query: 'subscription { news { id } }' }, { code: 'bad-request', errors: [{}] }],
    ['two fields', { query: 'subscription { a: events { id } b: events { id } }' }, { code: 'bad-request' }],
    ['no field of ours', { query: 'subscription { __typename }' }, { code: 'bad-request' }],
    [
      'a field that may be left out',
      { query: 'subscription ($no: Boolean!) { events @skip(if: $no) { id } }', variables: { no: true } },
      { code: 'bad-request' },
    ],
    [
      'the same within a fragment',
      { query: 'subscription { ...It } fragment It on Subscription { ... @include(if: false) { events { id } } }' },
      { code: 'bad-request' },
    ],
    ['a long document', { query: `subscription { events { id ${'id '.repeat(10_000)} } }` }, { code: 'bad-request' }],
    ['many fields', { query: `subscription { events { ${'id '.repeat(501)} } }` }, { code: 'bad-request' }],
    [
      'many aliases',
      { query: `subscription { events { ${Array.from({ length: 101 }, (_, place) => `a${place}: id`).join(' ')} } }` },
      { code: 'bad-request' },
    ],
    ['what is no document', { query: 'subscription {' }, { code: 'bad-request' }],
  ];
  for (const [what, payload, extensions] of rows) {
    const { errors } = await listen(client, payload).ended;
    t.match(
      errors,
      [
        {
          message: String,
          extensions: { status: 400, instance: /^urn:uuid:/, type: String, title: String, ...extensions },
        },
      ],
      what,
    );
  }
  const listed = await one.system.refused('listEvents', { query: { after: '999999' } });
  const { errors } = await listen(client, { query: EVENTS, variables: { after: '999999' } }).ended;
  const { code, status, instance: _, ...extra } = errors![0].extensions;
  t.same(
    { code, status, extra: { ...extra, detail: errors![0].message } },
    { code: listed.code, status: listed.status, extra: listed.extra },
    'the very same',
  );

  const german = openRaw(exchange.url, { headers: { authorization: `Bearer ${one.token}`, 'accept-language': 'de' } });
  await german.opened;
  german.send({ type: 'connection_init' });
  await german.untilType('connection_ack');
  german.send({ type: 'subscribe', id: 'one', payload: { query: '{ ownAgency { id } }' } });
  t.match(await german.untilType('error'), { id: 'one', payload: [{ message: /nur Abonnements/ }] });
  german.send({ type: 'subscribe', id: 'one', payload: { query: EVENTS } });
  t.match(await german.untilType('next'), { id: 'one' }, 'and the socket goes on');
  german.close();
});

t.test('whoever may not listen is sent away', async (t) => {
  const { one } = await pair();
  const writer = await admit(exchange, REST, { scopes: ['laufzettel:write'] });
  const admin = await exchange.as('admin');
  t.match((await listen(clientAt(exchange.url, undefined)).ended).closed, { code: 4401, reason: 'token-missing' });
  t.match((await listen(clientAt(exchange.url, 'a.b.c')).ended).closed, { code: 4401, reason: 'token-invalid' });
  for (const { token } of [writer, admin]) {
    const socket = openRaw(exchange.url, { headers: { authorization: `Bearer ${token}` } });
    await socket.opened;
    socket.send({ type: 'connection_init' });
    await socket.untilType('connection_ack');
    socket.send({ type: 'subscribe', id: 'one', payload: { query: EVENTS } });
    t.match(await socket.untilType('error'), {
      payload: [{ extensions: { code: 'scope-missing', status: 403, requiredScopes: ['laufzettel:read'] } }],
    });
    t.match(await socket.closed, { code: 4403, reason: 'scope-missing' });
  }
  for (const authorization of ['Bearer a.b.c', 'Basic eDp5', 'Bearer ']) {
    const bad = openRaw(exchange.url, { headers: { authorization } });
    t.match(await bad.closed, { code: 4401 }, 'by the header, before it has said a word');
  }
  const early = openRaw(exchange.url);
  await early.opened;
  early.send({ type: 'subscribe', id: 'one', payload: { query: EVENTS } });
  t.match(await early.closed, { code: 4401 }, 'who subscribes before it has said who it is');
  const silent = openRaw(exchange.url);
  const twice = openRaw(exchange.url, { headers: { authorization: `Bearer ${one.token}` } });
  await twice.opened;
  twice.send({ type: 'connection_init' });
  twice.send({ type: 'connection_init' });
  t.match(await twice.closed, { code: 4429 });
  t.match(await openRaw(exchange.url, { protocol: null }).closed, { code: 4406 });
  t.match(await silent.closed, { code: 4408 }, 'who says nothing');
});

t.test('a message that cannot be read or is too large ends the socket', async (t) => {
  const { one } = await pair();
  for (const [message, code] of [
    ['{', 4400],
    ['[]', 4400],
    [{ type: 'subscribe', id: 'one' }, 4400],
    [{ type: 'nothing' }, 4400],
    [JSON.stringify({ type: 'ping', payload: { long: 'x'.repeat(64 * 1024) } }), 1009],
    [`${'['.repeat(30_000)}`, 4400],
  ] as const) {
    const socket = openRaw(exchange.url, { headers: { authorization: `Bearer ${one.token}` } });
    await socket.opened;
    socket.send({ type: 'connection_init' });
    await socket.untilType('connection_ack');
    socket.send(message);
    t.match(await socket.closed, { code }, JSON.stringify(message).slice(0, 40));
  }
});

t.test('a suspended agency is cut off at every instance, whatever its sockets do', async (t) => {
  const admin = systemAt(REST, exchange.url, (await exchange.as('admin')).token);
  const second = await exchange.anotherInstance();
  const { one, other } = await pair();
  const listener = listen(clientAt(second.url, (await second.as('rantzau')).token), {
    query: 'subscription { events { id } }',
  });
  const client = clientAt(exchange.url, one.token);
  const listening = listen(client);
  await listening.until(1);
  const idle = openRaw(exchange.url, { headers: { authorization: `Bearer ${one.token}` } });
  await idle.opened;
  idle.send({ type: 'connection_init' });
  await idle.untilType('connection_ack');
  const partner = listen(clientAt(exchange.url, other.token));
  const lasts = [await one.system.done('listEvents'), await other.system.done('listEvents')];
  const polls = [one, other].map(({ system }, place) =>
    system.call('listEvents', { query: { wait: 30, after: lasts[place].last } }),
  );
  await partner.until(1);
  await admin.done('suspendAgency', { params: { agencyId: one.id }, body: { confirm: true } });
  t.match(await listening.ended, { closed: { code: 4403, reason: 'agency-suspended' } });
  t.match(await idle.closed, { code: 4403, reason: 'agency-suspended' });
  t.match(await polls[0], { code: 'agency-suspended', status: 403 }, 'its long poll is refused at once');
  t.match(await polls[1], {
    ok: true,
    value: { events: [{ type: 'agency.suspended', subject: one.id, data: { agencyId: one.id } }] },
  });
  t.match(await partner.untilType('agency.suspended'), { subject: one.id, data: { agencyId: one.id } });
  t.match((await listen(clientAt(exchange.url, one.token)).ended).closed, { code: 4403 }, 'and it cannot come back');

  await admin.done('suspendAgency', { params: { agencyId: AGENCY.rantzau }, body: { confirm: true } });
  t.match(await listener.ended, { closed: { code: 4403, reason: 'agency-suspended' } }, 'at the other instance');

  await admin.done('suspendAgency', { params: { agencyId: one.id }, body: { confirm: true } });
  await admin.done('reinstateAgency', { params: { agencyId: one.id } });
  await admin.done('reinstateAgency', { params: { agencyId: one.id } });
  await partner.untilType('agency.reinstated');
  const told = (await one.system.done('listEvents', { query: { limit: 200 } })).events.map(({ type }: Told) => type);
  t.same(
    told.filter((type: string) => type.startsWith('agency.')),
    ['agency.suspended', 'agency.reinstated'],
    'it was told too, and of each once',
  );
});
