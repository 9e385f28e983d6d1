/** A code that a client carries from one agency to another, and what becomes of it. */
import encodeQR from 'qr';
import { AGENCY_SCOPES } from '../../src/embedded/demo-agencies.ts';
import { throughADoor } from '../support/both-doors.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { issue, link, persons, redeem, toldOfLinks } from './links.ts';
import { admit, agree, count, MALFORMED_IDS, NOTHING, openCase, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const newClient = async (by: { system: { done: (id: 'createClient', input: object) => Promise<{ id: string }> } }) =>
  (await by.system.done('createClient', { body: {} })).id;

/** Tables in which a text stands, plain or as its bytes. */
async function tablesWith(text: string): Promise<string[]> {
  const traces = [text, Buffer.from(text).toString('hex')];
  const found: string[] = [];
  for (const { tablename } of await exchange.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")) {
    const traced = 'SELECT FROM unnest($1::text[]) AS trace WHERE position(trace IN one::text) > 0';
    const rows = await exchange.sql(`SELECT FROM public.${tablename} AS one WHERE EXISTS (${traced})`, [traces]);
    if (rows.length > 0) found.push(tablename);
  }
  return found;
}

await throughADoor(t, exchange, 'a code unites the two handles, once', async (t, _as, door) => {
  const [issuer, redeemer] = [await admit(exchange, door), await admit(exchange, door)];
  const [theirs, own] = [await newClient(issuer), await newClient(redeemer)];
  const issued = await issuer.system.done('issueLinkCode', {
    params: { clientId: theirs },
    body: { agencyId: redeemer.id },
  });
  t.match(issued.code, /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
  t.equal(issued.qrSvg, encodeQR(issued.code, 'svg'), 'the picture holds the code alone');
  t.equal(issued.agencyId, redeemer.id);
  t.ok(Math.abs(new Date(issued.expiresAt).getTime() - Date.now() - 7 * 86_400_000) < 60_000, 'it expires in 7 days');

  const codes = () => issuer.system.done('listLinkCodes', { params: { clientId: theirs } });
  t.match((await codes()).items, [{ id: issued.id, clientId: theirs, agencyId: redeemer.id, status: 'OPEN' }]);
  t.notMatch(JSON.stringify(await codes()), issued.code);
  for (const text of [issued.code, issued.code.replaceAll('-', '')]) t.same(await tablesWith(text), []);

  const typed = ` ${issued.code.toLowerCase().replaceAll('-', '  ').replaceAll('0', 'o').replaceAll('1', 'l')} `;
  const linked = await redeemer.system.done('redeemLinkCode', { body: { code: typed, clientId: own } });
  t.same(linked.client, await redeemer.system.done('getClient', { params: { clientId: own } }));
  t.equal(await persons(exchange, theirs, own), 'aa');
  t.match((await codes()).items, [{ status: 'USED' }]);

  const links = (by: typeof issuer, clientId: string) => by.system.done('listLinks', { params: { clientId } });
  t.match((await links(issuer, theirs)).items, [{ id: linked.linkId, clientId: theirs, withAgency: redeemer.id }]);
  t.match((await links(redeemer, own)).items, [
    { id: linked.linkId, clientId: own, withAgency: issuer.id, endedAt: null },
  ]);
  t.same(await toldOfLinks(exchange, issuer), [
    { type: 'client.linked', subject: { clientId: theirs, linkId: linked.linkId } },
  ]);
  t.same(await toldOfLinks(exchange, redeemer), [], 'who did it itself is not told');
  const audited = await exchange.sql(
    `SELECT outcome, subject FROM audit WHERE agency_id = $1 AND action = 'client.link'`,
    [redeemer.id],
  );
  t.same(audited, [{ outcome: 'DONE', subject: { link: linked.linkId, client: own, linkCode: issued.id } }]);
  t.notMatch(exchange.log.join(''), issued.code);
});

await throughADoor(t, exchange, 'why a code is refused is told to nobody', async (t, _as, door) => {
  const [issuer, redeemer] = [await admit(exchange, door), await admit(exchange, door)];
  const [theirs, own] = [await newClient(issuer), await newClient(redeemer)];
  const used = await issue(issuer, theirs, redeemer);
  await redeem(redeemer, used.code, own);
  const replaced = await issue(issuer, theirs, redeemer);
  const revoked = await issue(issuer, theirs, redeemer);
  const params = { clientId: theirs, linkCodeId: revoked.id };
  t.match(await issuer.system.done('revokeLinkCode', { params }), { id: revoked.id, status: 'REVOKED' });
  t.match(await issuer.system.refused('revokeLinkCode', { params }), { code: 'conflict', status: 409 });
  const others = await issue(issuer, theirs, await admit(exchange, door));
  const expired = await issue(issuer, await newClient(issuer), redeemer);
  await exchange.sql('UPDATE link_code SET expires_at = api.clock_now() WHERE id = $1', [expired.id]);
  const suspended = await admit(exchange, door);
  const ofSuspended = await issue(suspended, await newClient(suspended), redeemer);
  await exchange.sql('UPDATE agency SET suspended_at = api.clock_now() WHERE id = $1', [suspended.id]);

  const answers = new Set<string>();
  for (const code of [
    '0000-0000-0000-0000',
    'no code at all',
    used.code,
    replaced.code,
    revoked.code,
    others.code,
    expired.code,
    ofSuspended.code,
  ]) {
    const refused = await redeemer.system.refused('redeemLinkCode', { body: { code, clientId: own } });
    t.match(refused, { code: 'rule-broken', status: 422 });
    answers.add(refused.bytes);
  }
  t.equal(answers.size, 1, 'all are the same to the byte');
  t.equal((await issuer.system.refused('redeemLinkCode', { body: { code: others.code } })).code, 'rule-broken');
  t.equal(await count(exchange, 'client_link', 'linked_by = $1', [redeemer.id]), 1);
  t.equal(await count(exchange, 'audit', `agency_id = $1 AND outcome = 'REFUSED'`, [redeemer.id]), 8);
  const statuses = (await issuer.system.done('listLinkCodes', { params: { clientId: theirs } })).items;
  t.same(
    statuses.map((one: { status: string }) => one.status),
    ['OPEN', 'REVOKED', 'REPLACED', 'USED'],
    'the newest first',
  );
});

await throughADoor(t, exchange, 'without a handle of its own the redeemer gets one', async (t, _as, door) => {
  const [issuer, redeemer] = [await admit(exchange, door), await admit(exchange, door)];
  const theirs = await newClient(issuer);
  const first = await link(issuer, theirs, redeemer);
  t.equal(await persons(exchange, theirs, first.clientId), 'aa');
  t.match(await redeemer.system.done('getClient', { params: { clientId: first.clientId } }), { fileReference: null });
  const second = await link(issuer, theirs, redeemer);
  t.equal(second.clientId, first.clientId, 'the one that it has is used');
  t.not(second.linkId, first.linkId);
  t.equal((await redeemer.system.done('listClients')).items.length, 1);
  await agree([issuer, redeemer]);
  const sent = await sendCase(issuer.system, redeemer.id);
  const received = (await redeemer.system.done('listInbox')).items[0].clientId;
  t.equal((await link(issuer, sent.clientId, redeemer)).clientId, received, 'also one that a forwarding brought');
  const entry = { params: { clientId: first.clientId }, body: { category: 'SPRACHE', payload: { erstsprache: 'tr' } } };
  t.match(await redeemer.system.done('addEntry', entry), { clientId: first.clientId }, 'with a key of its own');
});

await throughADoor(t, exchange, 'two that are one already may be linked again', async (t, _as, door) => {
  const [issuer, redeemer] = [await admit(exchange, door), await admit(exchange, door)];
  const [theirs, own] = [await newClient(issuer), await newClient(redeemer)];
  await link(issuer, theirs, redeemer, own);
  const again = await link(redeemer, own, issuer, theirs);
  t.equal(again.clientId, theirs);
  t.equal(await persons(exchange, theirs, own), 'aa');
  t.equal((await toldOfLinks(exchange, redeemer)).length, 1, 'told as of every link');
});

await throughADoor(t, exchange, 'a client has a few open codes, one for each agency', async (t, _as, door) => {
  const issuer = await admit(exchange, door);
  const clientId = await newClient(issuer);
  const others = [];
  for (let number = 0; number < 6; number++) others.push(await admit(exchange, door));
  for (const other of others.slice(0, 5)) await issue(issuer, clientId, other);
  const sixth = { params: { clientId }, body: { agencyId: others[5]!.id } };
  t.match(await issuer.system.refused('issueLinkCode', sixth), { code: 'rule-broken', status: 422 });
  const newer = await issue(issuer, clientId, others[0]!);
  const listed = (await issuer.system.done('listLinkCodes', { params: { clientId } })).items;
  t.equal(listed.filter((one: { status: string }) => one.status === 'OPEN').length, 5);
  const params = { clientId, linkCodeId: newer.id };
  await issuer.system.done('revokeLinkCode', { params });
  await issuer.system.done('issueLinkCode', sixth);
  for (const agencyId of [issuer.id, NOTHING]) {
    const refused = await issuer.system.refused('issueLinkCode', { params: { clientId }, body: { agencyId } });
    t.match(refused, { code: 'rule-broken', extra: { errors: [{ pointer: '/agencyId' }] } });
  }
  const page = await issuer.system.done('listLinkCodes', { params: { clientId }, query: { limit: 4 } });
  const rest = await issuer.system.done('listLinkCodes', {
    params: { clientId },
    query: { limit: 4, cursor: page.nextCursor },
  });
  t.equal(new Set([...page.items, ...rest.items].map((one) => one.id)).size, 7);
});

await throughADoor(t, exchange, 'what is not the caller’s is not there', async (t, _as, door) => {
  const [issuer, redeemer, stranger] = [
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
  ];
  const [theirs, own] = [await newClient(issuer), await newClient(redeemer)];
  const open = await issue(issuer, theirs, stranger);
  const { linkId } = await link(issuer, theirs, redeemer, own);
  const strangers = await newClient(stranger);
  const code = (await issue(issuer, theirs, stranger)).code;
  const calls = [
    ['issueLinkCode', { params: { clientId: theirs }, body: { agencyId: redeemer.id } }],
    ['listLinkCodes', { params: { clientId: theirs } }],
    ['listLinks', { params: { clientId: theirs } }],
    ['revokeLinkCode', { params: { clientId: strangers, linkCodeId: open.id } }],
    ['unlinkClient', { params: { clientId: strangers, linkId }, body: { confirm: true } }],
    ['unlinkClient', { params: { clientId: theirs, linkId }, body: { confirm: true } }],
    ['redeemLinkCode', { body: { code, clientId: theirs } }],
  ] as const;
  for (const [id, input] of calls) {
    const foreign = await stranger.system.refused(id, input);
    t.match(foreign, { code: 'not-found', status: 404 }, id);
    const unknown = JSON.parse(
      JSON.stringify(input).replaceAll(theirs, NOTHING).replaceAll(open.id, NOTHING).replaceAll(linkId, NOTHING),
    );
    t.equal((await stranger.system.refused(id, unknown)).bytes, foreign.bytes, id);
  }
  for (const malformed of MALFORMED_IDS) {
    const params = { clientId: own, linkId: malformed };
    t.equal((await redeemer.system.refused('unlinkClient', { params, body: {} })).code, 'not-found');
  }
  t.equal(await persons(exchange, theirs, own, strangers), 'aab', 'and nothing happened');
});

await throughADoor(t, exchange, 'what cannot be read is told by its place', async (t, _as, door) => {
  const issuer = await admit(exchange, door);
  const clientId = await newClient(issuer);
  for (const [id, input, pointer] of [
    ['redeemLinkCode', { body: { code: '' } }, '/code'],
    ['redeemLinkCode', { body: { code: 'x'.repeat(101) } }, '/code'],
    ['redeemLinkCode', { body: { code: 'x', clientId: 'none' } }, '/clientId'],
    ['issueLinkCode', { params: { clientId }, body: { agencyId: 'none' } }, '/agencyId'],
  ] as const) {
    t.match(await issuer.system.refused(id, input), { code: 'bad-request', extra: { errors: [{ pointer }] } });
  }
});

await throughADoor(t, exchange, 'scopes and suspension hold here too', async (t, _as, door) => {
  const owner = await admit(exchange, door);
  const { clientId } = await openCase(owner.system);
  const calls = [
    ['issueLinkCode', { params: { clientId }, body: { agencyId: NOTHING } }],
    ['revokeLinkCode', { params: { clientId, linkCodeId: NOTHING } }],
    ['redeemLinkCode', { body: { code: '0000-0000-0000-0000' } }],
    ['unlinkClient', { params: { clientId, linkId: NOTHING }, body: {} }],
    ['listLinkCodes', { params: { clientId } }],
    ['listLinks', { params: { clientId } }],
  ] as const;
  const scopes = AGENCY_SCOPES.filter((scope) => !scope.startsWith('consent:'));
  const without = await admit(exchange, door, { scopes, agencyId: owner.id });
  for (const [id, input] of calls) t.equal((await without.system.refused(id, input)).code, 'scope-missing', id);
  await exchange.sql('UPDATE agency SET suspended_at = api.clock_now() WHERE id = $1', [owner.id]);
  for (const [id, input] of calls) t.equal((await owner.system.refused(id, input)).code, 'agency-suspended', id);
});

await throughADoor(t, exchange, 'an erased handle is linked with nobody', async (t, _as, door) => {
  const [issuer, redeemer] = [await admit(exchange, door), await admit(exchange, door)];
  const erase = (clientId: string) =>
    exchange.sql('UPDATE client_key SET wrapped = NULL, destroyed_at = api.clock_now() WHERE client_id = $1', [
      clientId,
    ]);
  const [theirs, own] = [await newClient(issuer), await newClient(redeemer)];
  const { code } = await issue(issuer, theirs, redeemer);
  await erase(own);
  const body = { code, clientId: own };
  t.equal((await redeemer.system.refused('redeemLinkCode', { body })).code, 'not-found');
  const first = await redeem(redeemer, code);
  await erase(first.clientId);
  const second = await link(issuer, theirs, redeemer);
  t.not(second.clientId, first.clientId, 'it gets a new one');
  const last = await issue(issuer, theirs, redeemer);
  await erase(theirs);
  t.equal((await redeemer.system.refused('redeemLinkCode', { body: { code: last.code } })).code, 'rule-broken');
  const input = { params: { clientId: theirs }, body: { agencyId: redeemer.id } };
  t.equal((await issuer.system.refused('issueLinkCode', input)).code, 'not-found');
});

await throughADoor(t, exchange, 'who guesses has to be slow', async (t, _as, door) => {
  const guesser = await admit(exchange, door);
  const guess = { body: { code: '0000-0000-0000-0000' } };
  for (let number = 0; number < 10; number++) {
    t.equal((await guesser.system.refused('redeemLinkCode', guess)).code, 'rule-broken');
  }
  const refused = await guesser.system.refused('redeemLinkCode', guess);
  t.match(refused, { code: 'rate-limited', status: 429 });
  t.ok(refused.extra.retryAfterSeconds >= 1);
  const other = await admit(exchange, door);
  t.equal((await other.system.refused('redeemLinkCode', guess)).code, 'rule-broken', 'each agency by itself');
});

await throughADoor(t, exchange, 'twenty at once have one effect', async (t, _as, door) => {
  const [issuer, redeemer] = [await admit(exchange, door), await admit(exchange, door)];
  const [theirs, own] = [await newClient(issuer), await newClient(redeemer)];
  const input = { params: { clientId: theirs }, body: { agencyId: redeemer.id } };
  const issued = await Promise.all(Array.from({ length: 20 }, () => issuer.system.done('issueLinkCode', input)));
  const { items } = await issuer.system.done('listLinkCodes', { params: { clientId: theirs } });
  const open = items.filter((one: { status: string }) => one.status === 'OPEN');
  t.equal(open.length, 1, 'one code is open');
  const { code } = issued.find((one) => one.id === open[0].id);
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => redeemer.system.call('redeemLinkCode', { body: { code, clientId: own } })),
  );
  const refusals = outcomes.flatMap((one) => (one.ok ? [] : [one.code]));
  t.equal(outcomes.filter((one) => one.ok).length, 1, 'one is answered');
  t.same(new Set(refusals), new Set(['rule-broken', 'rate-limited']));
  t.equal(await count(exchange, 'client_link', 'linked_by = $1', [redeemer.id]), 1);
  t.equal(await persons(exchange, theirs, own), 'aa');
});
