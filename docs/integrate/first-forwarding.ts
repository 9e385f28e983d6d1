/**
 * The first forwarding, by a client generated from the contract:
 *
 *   npx openapi-typescript openapi.yaml --output docs/integrate/laufzettel.ts
 *   npx node docs/integrate/first-forwarding.ts
 *
 * EXCHANGE is the address of the exchange, KEY the file of your private key, CLIENT_ID the name it is registered under.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from './laufzettel.ts';
import { accessToken, EXCHANGE } from './sign-in.ts';

const DIAKONIE = '01980000-0000-7000-8000-000000000003';

const signIn: Middleware = {
  async onRequest({ request }) {
    request.headers.set('authorization', `Bearer ${await accessToken()}`);
    return request;
  },
};
const exchange = createClient<paths>({ baseUrl: EXCHANGE });
exchange.use(signIn);

/** The answer, or an error that says what the problem says. */
async function done<T>(call: Promise<{ data?: T; error?: components['schemas']['Problem'] }>): Promise<T> {
  const { data, error } = await call;
  if (error) throw new Error(`${error.code}: ${error.detail}`);
  return data as T;
}

// ----------------------------------------------------------------------------------------------- a client, a Laufzettel

const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

const client = await done(exchange.POST('/v1/clients', { body: {} }));
const laufzettel = await done(
  exchange.POST('/v1/laufzettel', {
    body: {
      clientId: client.id,
      kind: 'BERATUNGSANFRAGE',
      purpose: 'BERATUNG',
      entries: [
        { category: 'STAMMDATEN', payload: { familienname: 'Örnekoğlu', vorname: 'Elif' } },
        { category: 'KONTAKT', payload: { telefon: '+49 30 23125 042' } },
      ],
    },
  }),
);
const path = { laufzettelId: laufzettel.id };

// What would the client have to agree to? Ask before you ask them.
const preview = await done(
  exchange.POST('/v1/laufzettel/{laufzettelId}/preview', { params: { path }, body: { recipient: DIAKONIE } }),
);
console.log('withheld:', preview.withheld.map((one) => `${one.category} ${one.reasons}`).join(', '));

// They agreed, on paper; its text's hash and where you keep it is what the exchange wants to know.
await done(
  exchange.POST('/v1/clients/{clientId}/statements', {
    params: { path: { clientId: client.id } },
    body: {
      decision: 'GIVEN',
      recipient: DIAKONIE,
      purpose: 'BERATUNG',
      categories: ['STAMMDATEN', 'KONTAKT'],
      statedAt: day(0),
      statedBy: 'PERSON',
      ageBand: 'ADULT',
      validFrom: day(0),
      validUntil: day(180),
      form: 'WRITTEN',
      language: 'tr',
      textHash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      evidenceRef: 'Blatt 3',
    },
  }),
);

// A key of your own makes it safe to send the same request again when the answer got lost.
const headers = { 'Idempotency-Key': randomUUID() };
const send = () =>
  done(
    exchange.POST('/v1/laufzettel/{laufzettelId}/forwardings', {
      params: { path },
      body: { recipient: DIAKONIE },
      headers,
    }),
  );
const sent = await send();
const again = await send();
console.log('sent:', sent.forwarding.disclosed.map((one) => one.category).join(', '));
console.log('sent twice, forwarded once:', sent.forwarding.id === again.forwarding.id);

// ------------------------------------------------------------------------------------------- what the partner does with it

const forwardingId = sent.forwarding.id;
let { status } = sent.forwarding;
for (let tries = 0; status !== 'ANSWERED' && tries < 60; tries++) {
  await sleep(500);
  ({ status } = await done(exchange.GET('/v1/forwardings/{forwardingId}', { params: { path: { forwardingId } } })));
}
console.log('status:', status);

const { items } = await done(exchange.GET('/v1/inbox', { params: { query: { partner: DIAKONIE, limit: 1 } } }));
const answer = await done(
  exchange.GET('/v1/forwardings/{forwardingId}', { params: { path: { forwardingId: items[0]!.id } } }),
);
// What is in them goes into your case file; into output and logs go names alone, never content.
for (const entry of answer.entries) console.log('answer:', entry.category, Object.keys(entry.payload).join(', '));
