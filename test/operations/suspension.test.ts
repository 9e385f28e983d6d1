/** A suspended agency is refused by every operation at once, and what was disclosed to, from or by it closes for good. */
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS, type OperationId } from '../../src/contract/operations.ts';
import { AGENCY_SCOPES } from '../../src/embedded/demo-agencies.ts';
import { throughBothDoors } from '../support/both-doors.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { admit, agree, forward, NOTHING, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const OF_AGENCIES = (OPERATIONS as readonly Operation[]).filter((operation) =>
  operation.scopes.some((scope) => AGENCY_SCOPES.includes(scope)),
);

await throughBothDoors(t, exchange, 'where nothing is open, suspending is to be confirmed too', async (t, as, door) => {
  const admin = await as('admin');
  const agency = await admit(exchange, door);
  const params = { agencyId: agency.id };
  const confirmed = { params, body: { confirm: true } };
  const asked = await admin.refused('suspendAgency', { params, body: {} });
  t.match(asked, { code: 'confirmation-required', status: 409, extra: { confirmWith: { confirm: true } } });
  t.match(await (await as('arge')).done('getAgency', { params }), { status: 'ACTIVE' }, 'nothing has happened yet');

  const [busy, partner] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([busy, partner]);
  await sendCase(busy.system, partner.id);
  const askedOfBusy = await admin.refused('suspendAgency', { params: { agencyId: busy.id }, body: {} });
  t.same(askedOfBusy, asked, 'the question does not tell whether something is open');

  t.match(await admin.done('suspendAgency', confirmed), { id: agency.id, status: 'SUSPENDED' });
  t.match(await admin.done('suspendAgency', confirmed), { status: 'SUSPENDED' }, 'twice is once');
  t.same(await admin.refused('suspendAgency', { params, body: {} }), asked, 'and asked again');
  t.match(await (await as('arge')).done('getAgency', { params }), { status: 'SUSPENDED' }, 'everybody sees it');
  t.match(await admin.done('reinstateAgency', { params }), { status: 'ACTIVE' });
  t.match(await agency.system.done('getOwnAgency'), { status: 'ACTIVE' });
  for (const id of ['suspendAgency', 'reinstateAgency'] as const) {
    t.equal((await admin.refused(id, { params: { agencyId: NOTHING } })).code, 'not-found');
  }
});

await throughBothDoors(t, exchange, 'every operation refuses it, whatever its token says', async (t, as, door) => {
  const admin = await as('admin');
  const agency = await admit(exchange, door);
  const partner = await admit(exchange, door);
  await agree([agency, partner]);
  const { clientId, laufzettelId, entryIds, forwardingId } = await sendCase(agency.system, partner.id);
  const cursors = new Map<string, string>();
  for (let more = 0; more < 2; more++) await agency.system.done('createClient', { body: {} });
  cursors.set('listClients', (await agency.system.done('listClients', { query: { limit: 1 } })).nextCursor);

  const params = {
    clientId,
    laufzettelId,
    forwardingId,
    entryId: entryIds[0],
    agencyId: agency.id,
    agreementId: NOTHING,
    proposalId: NOTHING,
    disclosureId: NOTHING,
    requestId: NOTHING,
    linkCodeId: NOTHING,
    linkId: NOTHING,
    roundId: NOTHING,
    webhookId: NOTHING,
    consentTextId: NOTHING,
    planId: NOTHING,
    planProposalId: NOTHING,
    conferenceId: NOTHING,
    number: 1,
  };
  await admin.done('suspendAgency', { params: { agencyId: agency.id }, body: { confirm: true } });
  for (const { id, example, params: named } of OF_AGENCIES) {
    const names = Object.keys(named?.shape ?? {}) as (keyof typeof params)[];
    const input = {
      params: Object.fromEntries(names.map((name) => [name, params[name]])),
      query: { ...example.query, ...(cursors.has(id) ? { cursor: cursors.get(id) } : {}) },
      body:
        id === 'createAgreement'
          ? { ...(example.body as object), parties: [agency.id, partner.id] }
          : id === 'createLaufzettel' || id === 'createRequest'
            ? { ...(example.body as object), clientId }
            : example.body,
    };
    t.match(await agency.system.call(id as OperationId, input), { code: 'agency-suspended', status: 403 }, id);
  }
});

await throughBothDoors(
  t,
  exchange,
  'what it gave, got and wrote closes, once the admin has confirmed it',
  async (t, as, door) => {
    const admin = await as('admin');
    const [before, suspended, after] = [
      await admit(exchange, door),
      await admit(exchange, door),
      await admit(exchange, door),
    ];
    await agree([before, suspended, after]);
    const got = await sendCase(before.system, suspended.id);
    const gave = await sendCase(suspended.system, after.id);
    const apart = await sendCase(before.system, after.id);
    for (const [system, forwardingId] of [
      [suspended.system, got.forwardingId],
      [after.system, gave.forwardingId],
    ] as const) {
      t.match(await system.done('getForwarding', { params: { forwardingId } }), { entries: [{}] });
    }

    const params = { agencyId: suspended.id };
    const asked = await admin.refused('suspendAgency', { params, body: { confirm: false } });
    t.match(asked, { code: 'confirmation-required', status: 409, extra: { confirmWith: { confirm: true } } });
    t.match(asked.extra.personsConcerned, /fewer than 5/, 'a number of persons is never told below five');
    t.equal((await admin.refused('suspendAgency', { params })).code, 'confirmation-required', 'without a body too');
    t.match(await admin.done('getAgency', { params }), { status: 'ACTIVE' });
    t.match(
      await after.system.done('getForwarding', { params: { forwardingId: gave.forwardingId } }),
      { entries: [{}] },
      'nothing has happened yet',
    );

    await admin.done('suspendAgency', { params, body: { confirm: true } });
    const seen = await after.system.done('getForwarding', { params: { forwardingId: gave.forwardingId } });
    t.match(seen, { status: 'BLOCKED', entries: [], closedEntries: [{ entryId: gave.entryIds[0] }] });
    t.match(await before.system.done('getForwarding', { params: { forwardingId: got.forwardingId } }), {
      status: 'BLOCKED',
      disclosed: [{ closedAt: String }],
    });
    t.match(
      await after.system.done('getForwarding', { params: { forwardingId: apart.forwardingId } }),
      { entries: [{}] },
      'what others share goes on',
    );
    const again = await forward(before.system, got, suspended.id);
    t.match(again, { code: 'consent-missing', extra: { withheld: [{ reasons: ['AGREEMENT'] }] } });

    await admin.done('reinstateAgency', { params });
    const reinstated = await suspended.system.done('getForwarding', { params: { forwardingId: got.forwardingId } });
    t.match(
      reinstated,
      { status: 'BLOCKED', entries: [], closedEntries: [{}] },
      'what the suspension closed stays closed',
    );
    t.match(await forward(before.system, got, suspended.id), { ok: true }, 'a new forwarding is possible');
  },
);
