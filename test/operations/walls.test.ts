/** For every operation of the table: who may call it at all, and that unknown, foreign and malformed ids look the same. */
import { EXAMPLE_IDS } from '../../src/contract/example-ids.ts';
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS, type OperationId } from '../../src/contract/operations.ts';
import { AGENCY_SCOPES } from '../../src/embedded/demo-agencies.ts';
import { type Input, type System, systemAt, throughBothDoors } from '../support/both-doors.ts';
import { proposalOf } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { insertRound } from '../support/rounds-job.ts';
import { t } from '../support/t.ts';
import { admit, agree, ask, MALFORMED_IDS, NOTHING, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const ALL: readonly (Operation & { id: OperationId })[] = OPERATIONS;
const isForAdmin = ({ scopes }: Operation): boolean => scopes.includes('exchange:admin');
const isForAgencies = ({ scopes }: Operation): boolean => scopes.some((scope) => scope !== 'exchange:admin');

/** The operation's example; what it names does not exist unless the ids say so. */
function inputOf({ example, params = {} as never, body }: Operation, ids: Record<string, string> = {}): Input {
  const names = Object.keys((params as { shape?: object }).shape ?? {});
  return {
    params: Object.fromEntries(names.map((name) => [name, ids[name] ?? (name === 'number' ? 1 : NOTHING)])) as never,
    query: example.query ?? {},
    ...(body === undefined ? {} : { body: withIds(example.body, ids) }),
  };
}

/** A client in a body is an id to be denied like one in the path. */
function withIds(body: unknown, { clientId }: Record<string, string>): unknown {
  return JSON.parse(JSON.stringify(body).replaceAll(EXAMPLE_IDS.client, clientId ?? NOTHING));
}

await throughBothDoors(
  t,
  exchange,
  'without a token, or with none of ours, nothing is answered',
  async (t, _as, door) => {
    const [nobody, stranger] = [undefined, 'eyJhbGciOiJub25lIn0.e30.'].map((token) =>
      systemAt(door, exchange.url, token),
    );
    for (const operation of ALL) {
      t.match(
        await nobody!.call(operation.id, inputOf(operation)),
        { ok: false, code: 'token-missing', status: 401 },
        operation.id,
      );
      t.match(await stranger!.call(operation.id, inputOf(operation)), {
        ok: false,
        code: 'token-invalid',
        status: 401,
      });
    }
  },
);

await throughBothDoors(t, exchange, 'a system without the scope is refused', async (t, _as, door) => {
  const systems = new Map<string, System>();
  const { id: agencyId } = await admit(exchange, door);
  for (const operation of ALL) {
    const others = AGENCY_SCOPES.filter((scope) => !operation.scopes.includes(scope));
    // The code lists are for every scope.
    if (others.length === 0) continue;
    const name = others.join(' ');
    if (!systems.has(name)) systems.set(name, (await admit(exchange, door, { agencyId, scopes: others })).system);
    const refused = await systems.get(name)!.call(operation.id, inputOf(operation));
    const extra = { requiredScopes: operation.scopes };
    t.match(refused, { ok: false, code: 'scope-missing', status: 403, extra }, `${operation.id} with ${name}`);
  }
});

await throughBothDoors(t, exchange, 'one scope of those that an operation names is enough', async (t, _as, door) => {
  const { id: agencyId } = await admit(exchange, door);
  for (const scope of AGENCY_SCOPES) {
    const { system } = await admit(exchange, door, { agencyId, scopes: [scope] });
    for (const operation of ALL.filter((one) => one.scopes.includes(scope) && one.also === undefined)) {
      const outcome = await system.call(operation.id, inputOf(operation));
      t.not(outcome.ok ? 'ok' : outcome.code, 'scope-missing', `${operation.id} with ${scope}`);
    }
  }
});

await throughBothDoors(
  t,
  exchange,
  "the admin's token is no agency's, and an agency's not the admin's",
  async (t, as) => {
    const [admin, arge] = [await as('admin'), await as('arge')];
    for (const operation of ALL) {
      if (!isForAdmin(operation)) {
        const refused = await admin.call(operation.id, inputOf(operation));
        t.match(refused, { ok: false, code: 'scope-missing', status: 403 }, `${operation.id} by the admin`);
      }
      if (!isForAgencies(operation)) {
        const refused = await arge.call(operation.id, inputOf(operation));
        t.match(refused, { ok: false, code: 'scope-missing', status: 403 }, `${operation.id} by an agency`);
      }
    }
    t.equal(
      (await arge.done('getAgency', { params: { agencyId: AGENCY.caritas } })).status,
      'ACTIVE',
      'nothing was done',
    );
  },
);

await throughBothDoors(t, exchange, 'unknown, foreign and malformed ids look the same', async (t, as, door) => {
  const [one, other, third] = [await admit(exchange, door), await admit(exchange, door), await admit(exchange, door)];
  const agreementId = await agree([one, other]);
  const { clientId, entryIds, laufzettelId, forwardingId } = await sendCase(one.system, other.id);
  const theirs = (await other.system.done('getForwarding', { params: { forwardingId } })).clientId;
  const proposed = proposalOf({ type: 'STATEMENT', discloser: one.id, recipient: other.id, categories: ['SPRACHE'] });
  const { id: proposalId } = await other.system.done('proposeConsent', {
    params: { clientId: theirs },
    body: proposed,
  });
  const { id: requestId } = await ask(one.system, clientId, other.id);
  const [disclosure] = await exchange.sql('SELECT id FROM disclosure WHERE forwarding_id = $1', [forwardingId]);
  const foreign = {
    agreementId,
    clientId,
    entryId: entryIds[0]!,
    laufzettelId,
    forwardingId,
    proposalId,
    requestId,
    disclosureId: disclosure.id,
  };
  const named = ALL.filter(
    ({ params, id }) => params !== undefined || ['createLaufzettel', 'createRequest'].includes(id),
  );
  t.ok(named.length >= 20);
  for (const operation of named) {
    const system = isForAgencies(operation) ? third.system : await as('admin');
    const unknown = await system.refused(operation.id, inputOf(operation));
    t.match(unknown, { code: 'not-found', status: 404 }, `${operation.id}: unknown`);
    const names = Object.keys(operation.params?.shape ?? { clientId: null });
    if (!names.includes('agencyId')) {
      const hidden = await system.refused(operation.id, inputOf(operation, foreign));
      t.equal(hidden.bytes, unknown.bytes, `${operation.id}: foreign`);
    }
    if (operation.params === undefined) continue;
    for (const id of MALFORMED_IDS) {
      const malformed = await system.refused(operation.id, inputOf(operation, { [names[0]!]: id }));
      t.match(malformed, { code: 'not-found', status: 404 }, `${operation.id}: ${id}`);
    }
  }
});

await throughBothDoors(t, exchange, 'an id may be written in capitals (RFC 9562 section 4)', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  const agreementId = await agree([one, other]);
  const { clientId, entryIds, laufzettelId } = await sendCase(one.system, other.id);
  const proposed = proposalOf({ type: 'STATEMENT', discloser: other.id, recipient: one.id, categories: ['SPRACHE'] });
  const { id: proposalId } = await one.system.done('proposeConsent', { params: { clientId }, body: proposed });
  const { id: requestId } = await ask(one.system, clientId, other.id);
  const roundId = await insertRound(exchange, { agreement: agreementId, reader: one.id, partner: other.id });
  const { id: webhookId } = await one.system.done('registerWebhook', {
    body: { url: 'http://127.0.0.1:9/', description: 'Fachverfahren' },
  });
  const ids = {
    roundId,
    webhookId,
    clientId,
    agreementId,
    laufzettelId,
    entryId: entryIds[0]!,
    agencyId: one.id,
    proposalId,
    requestId,
  };
  const capitals = Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, id.toUpperCase()]));
  for (const operation of ALL.filter(
    ({ method, scopes }) => method === 'GET' && scopes.some((scope) => AGENCY_SCOPES.includes(scope)),
  )) {
    // What is not made here is named by the same ids.
    const names = Object.keys(operation.params?.shape ?? {});
    if (!names.every((name) => name in ids || name === 'number')) continue;
    const plain = await one.system.done(operation.id, inputOf(operation, ids));
    // No two cursors are alike, nor two moments.
    const { asOf: _asOf, ...whole } = plain;
    const same = 'items' in plain ? { items: plain.items } : whole;
    t.match(await one.system.call(operation.id, inputOf(operation, capitals)), { ok: true, value: same }, operation.id);
  }
  const entry = { category: 'SPRACHE', payload: { erstsprache: 'tr' } };
  const params = { clientId: capitals.clientId };
  t.match(await one.system.call('addEntry', { params, body: entry }), { ok: true, value: { clientId } });
  const said = { decision: 'WITHDRAWN', statedAt: '2026-01-01', statedBy: 'PERSON', ageBand: 'ADULT' };
  t.match(await one.system.call('recordStatement', { params, body: said }), { ok: true, value: { clientId } });
  const slip = { kind: 'TERMIN', purpose: 'TERMIN', clientId: capitals.clientId, entries: [entry] };
  t.match(await one.system.call('createLaufzettel', { body: slip }), { ok: true, value: { clientId } });
  const elsewhere = { params: { laufzettelId: capitals.laufzettelId }, body: { recipient: one.id.toUpperCase() } };
  t.match(await one.system.call('previewForwarding', elsewhere), { code: 'rule-broken' }, 'it is still itself');
});
