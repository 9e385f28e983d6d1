/** Wall 3 alone: what the service's role can be made to write, and what not even the owner can. */
import { randomUUID } from 'node:crypto';
import { no } from '../../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../../support/exchange.ts';
import { t } from '../../support/t.ts';
import { expecting, MASTER, newClient, newSlip, rowsOf } from '../scenes.ts';
import { connectAs, fill, type Outcome } from '../service-role.ts';

const as = (agency: string) => ({ agency, system: 'probe', caseworker: null });
/** An error, or the function's own word for no. */
const isRefused = (outcome: Outcome): boolean =>
  typeof outcome === 'string' || ['not-found', 'stale', 'conflict', false, null].includes(outcome[0]?.is as string);

t.test('the service writes as its actor, about what is the actor’s', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { client, slip, hop, proposal, request } = await fill(exchange);
  const service = await connectAs(exchange.database.serviceUrl);
  t.teardown(() => service.close());
  const [{ id: ownOfDiakonie }] = await exchange.sql('SELECT id FROM client WHERE agency_id = $1', [AGENCY.diakonie]);
  const [{ person }] = await exchange.sql('SELECT person_id AS person FROM client WHERE id = $1', [client]);

  async function refused(t: Tap, name: string, text: string, values: unknown[]): Promise<void> {
    t.ok(isRefused(await service.attempt(text, values)), name);
  }

  await t.test('nothing is said under another agency’s handle, nor in another’s name', async (t) => {
    const said = {
      id: randomUUID(),
      clientId: client,
      decision: 'WITHDRAWN',
      statedAt: 0,
      recordedAt: 0,
      recordedBy: AGENCY.tgsh,
      statedBy: 'PERSON',
      ageBand: 'ADULT',
    };
    const statement = 'SELECT api.record_statement($1, $2, NULL)';
    await refused(t, 'a statement', statement, [as(AGENCY.tgsh), said]);
    await refused(t, 'a release', 'SELECT api.record_release($1, $2, NULL)', [as(AGENCY.tgsh), said]);
    await refused(t, 'in another’s name', statement, [as(AGENCY.arge), { ...said, recordedBy: AGENCY.caritas }]);
  });

  await t.test('nothing is proposed under another agency’s handle, and nothing decided for another', async (t) => {
    const proposed = { id: randomUUID(), clientId: client, proposedAt: 0, lapsesAt: 0 };
    const propose = `SELECT api.propose_consent($1, $2, 'x', 9) AS is`;
    await refused(t, 'a proposal', propose, [as(AGENCY.tgsh), proposed]);
    const settle = 'SELECT api.settle_proposal($1, $2, $3, $4, NULL) AS is';
    for (const agency of [AGENCY.caritas, AGENCY.diakonie]) {
      for (const verdict of ['CONFIRMED', 'DECLINED']) {
        await refused(t, `${verdict} by another`, settle, [as(agency), proposal, verdict, client]);
      }
    }
    await refused(t, 'for a foreign handle', settle, [as(AGENCY.arge), proposal, 'CONFIRMED', ownOfDiakonie]);
    await refused(t, 'withdrawn by another', 'SELECT api.withdraw_proposal($1, $2) AS is', [as(AGENCY.arge), proposal]);
    const given = { id: randomUUID(), clientId: client, decision: 'WITHDRAWN', statedAt: 0, recordedAt: 0 };
    const said = { ...given, recordedBy: AGENCY.arge, statedBy: 'PERSON', ageBand: 'ADULT', proposalId: proposal };
    const record = 'SELECT api.record_statement($1, $2, NULL)';
    await refused(t, 'recorded from a proposal that is not confirmed', record, [as(AGENCY.arge), said]);
  });

  await t.test('nobody asks another agency’s client', async (t) => {
    const texts = [
      { id: randomUUID(), kind: 'CONSENT', textHash: 'ab'.repeat(32), lines: [{ recipient: AGENCY.arge }] },
    ];
    const asked = {
      clientId: client,
      language: 'de',
      statedBy: 'PERSON',
      ageBand: 'ADULT',
      createdAt: 0,
      validUntil: 1,
    };
    const make = 'SELECT api.make_consent_texts($1, $2, $3, 9) AS is';
    const ciphers = [Buffer.from('x')];
    await refused(t, 'a consent text', make, [as(AGENCY.diakonie), JSON.stringify({ ...asked, texts }), ciphers]);
  });

  await t.test('nothing is written under another agency’s handle', async (t) => {
    const entry = {
      id: randomUUID(),
      clientId: client,
      category: 'KONTAKT',
      secrecy: false,
      guardFrom: null,
      filedUnder: null,
      concerns: [ownOfDiakonie],
    };
    const values = [as(AGENCY.diakonie), JSON.stringify([entry]), [Buffer.from('x')]];
    await refused(t, 'an entry', 'SELECT api.add_entries($1, $2, $3, 0)', values);
  });

  await t.test('nobody corrects what another wrote, nor under another handle, nor as another category', async (t) => {
    const entry = {
      id: randomUUID(),
      clientId: client,
      category: 'STAMMDATEN',
      secrecy: false,
      guardFrom: null,
      filedUnder: null,
      concerns: [client],
    };
    const correction = { at: Date.now(), persons: [], replaces: slip.entryIds[0], entry, rows: [], subject: {} };
    const call = 'SELECT api.correct_entry($1, $2, $3) AS is';
    const correct = (agency: string, change: object) =>
      service.attempt(call, [as(agency), { ...correction, entry: { ...entry, ...change } }, Buffer.from('x')]);
    t.equal(await correct(AGENCY.caritas, {}), 'LZ404');
    t.equal(await correct(AGENCY.diakonie, { clientId: ownOfDiakonie, concerns: [ownOfDiakonie] }), 'LZ404');
    t.equal(await correct(AGENCY.arge, { category: 'KONTAKT' }), 'LZ404');
    t.equal(await correct(AGENCY.arge, { concerns: [ownOfDiakonie] }), 'LZ404');
    t.ok(Array.isArray(await correct(AGENCY.arge, {})), 'its author does');
    const asking = {
      id: randomUUID(),
      to: AGENCY.caritas,
      clientId: client,
      kind: 'TERMIN',
      purpose: 'BERATUNG',
      urgency: 'NORMAL',
      at: 1,
      expiresAt: 2,
      endsAt: 2,
    };
    t.equal(await service.attempt('SELECT api.create_request($1, $2)', [as(AGENCY.tgsh), asking]), 'LZ404');
  });

  await t.test('nobody forwards what it neither wrote nor holds', async (t) => {
    const tgsh = await exchange.as('tgsh');
    const theirs = await newClient(tgsh);
    const foreign = await newSlip(tgsh, theirs, [MASTER]);
    const [{ other }] = await exchange.sql('SELECT person_id AS other FROM client WHERE id = $1', [theirs]);
    const agencies = [AGENCY.arge, AGENCY.rantzau];
    const [{ versions }] = await exchange.sql(`SELECT internal.versions($1, '{}', $2) AS versions`, [
      [person, other],
      agencies,
    ]);
    // A wrapping by the master key in use; whose it is does not matter here.
    const [{ wrapped }] = await exchange.sql(
      `SELECT translate(encode(wrapped, 'base64'), E'\\n', '') AS wrapped FROM client_key WHERE client_id = $1`,
      [client],
    );
    const handle = randomUUID();
    const at = Date.now();
    const row = { id: randomUUID(), entry: slip.entryIds[0], goodUntil: at + 9e6, reliedOn: {} };
    const whole = {
      id: randomUUID(),
      laufzettelId: slip.id,
      to: AGENCY.rantzau,
      fromClientId: client,
      toClientId: handle,
      person,
      purpose: 'BERATUNG',
      at,
      expiresAt: at + 9e7,
      newHandles: [{ id: handle, person, wrapped }],
      rows: [row],
      moves: [],
      versions,
      subject: {},
    };
    const commit = async (change: object, actor: string = AGENCY.arge) => {
      const text = 'SELECT api.commit_forward($1, $2) AS is';
      const outcome = await service.attempt(text, [as(actor), { ...whole, ...change }]);
      return typeof outcome === 'string' ? outcome : outcome[0]!.is;
    };
    t.match(await commit({}), { header: { id: whole.id } }, 'its own, decided upon what stands');
    const without = (list: 'persons' | 'agencies', id: string) => {
      const { [id]: _left, ...kept } = versions[list];
      return { versions: { ...versions, [list]: kept } };
    };
    const rows: [string, object, string?][] = [
      ['an entry of another agency', { rows: [{ ...row, entry: foreign.entryIds[0] }] }],
      ['an entry that nobody wrote', { rows: [{ ...row, entry: randomUUID() }] }],
      ['a Laufzettel of another agency', { laufzettelId: foreign.id }],
      ['a Laufzettel about somebody else', { person: other }],
      ['under the handle of another agency', { fromClientId: theirs }],
      ['to the handle of another agency', { toClientId: theirs }],
      ['by another agency', {}, AGENCY.tgsh],
      ['without the version of whom it is about', without('persons', person)],
      ['without the version of its recipient', without('agencies', AGENCY.rantzau)],
    ];
    for (const [name, change, actor] of rows) t.equal(await commit(change, actor), 'LZ404', name);
    const moved = { versions: { ...versions, persons: { ...versions.persons, [person]: 0 } } };
    t.same(await commit(moved), { stale: true }, 'upon what has changed since');

    // Of an accepted forwarding, which puts no limit to it; and for good, as an attempt of the service would be taken back.
    await exchange.sql("UPDATE forwarding SET status = 'ACCEPTED' WHERE id = $1", [hop]);
    const ends = async () => {
      const text =
        'SELECT id, entry_id AS entry, good_until AS at FROM disclosure WHERE forwarding_id = $1 ORDER BY id';
      return (await exchange.sql(text, [hop])) as { id: string; entry: string; at: Date }[];
    };
    const before = await ends();
    t.ok(before.length > 1 && before.some((one) => one.entry === row.entry));
    const later = (at: Date) => at.getTime() + 9e7;
    const moves = before.map(({ id, at: end }) => ({ id, goodUntil: later(end) }));
    await exchange.sql('SELECT api.commit_forward($1, $2)', [as(AGENCY.arge), { ...whole, moves }]);
    t.same(
      (await ends()).map(({ at: end }) => end.getTime()),
      before.map(({ entry, at: end }) => (entry === row.entry ? later(end) : end.getTime())),
      'ends of what does not go are not moved by it',
    );
  });

  await t.test('what runs the exchange is refused to an agency', async (t) => {
    const agency = { id: randomUUID(), kind: 'ARGE', name: 'x', sponsor: 'x', publicBody: false, legalRegime: 'KDG' };
    const words = { services: [], targetGroups: [], topics: [], languages: [] };
    const system = { agencyId: AGENCY.arge, clientId: 'own', scopes: ['laufzettel:read'], jwks: { keys: [] } };
    const actor = as(AGENCY.caritas);
    await refused(t, 'create', 'SELECT api.create_agency($1, $2)', [actor, { ...agency, ...words }]);
    await refused(t, 'register', 'SELECT api.register_system($1, $2)', [actor, system]);
    await refused(t, 'suspend', `SELECT api.change_agency($1, $2, 'SUSPEND') AS is`, [actor, AGENCY.rantzau]);
  });

  // ── What stays as it is for everybody, the owner too ──

  /** SQLSTATE, or null when it was done. */
  const asOwner = (text: string, values: unknown[] = []): Promise<string | null> =>
    exchange.sql(text, values).then(
      () => null,
      (error) => (error as { code: string }).code,
    );

  await t.test('audit, statements, releases and answers to a closing only grow', async (t) => {
    for (const table of ['audit', 'statement', 'release', 'closure_answer']) {
      const [{ many }] = await exchange.sql(`SELECT count(*)::int AS many FROM ${table}`);
      t.ok(many > 0, `${table} holds something`);
      const key = table === 'closure_answer' ? 'disclosure_id' : 'id';
      for (const statement of [
        `UPDATE ${table} SET ${key} = ${key}`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table} CASCADE`,
      ]) {
        t.equal(await asOwner(statement), 'LZ901', statement);
      }
      const merge = `MERGE INTO ${table} old USING ${table} new ON old.${key} = new.${key} WHEN MATCHED THEN DELETE`;
      t.equal(await asOwner(merge), 'LZ901', merge);
      t.same(await exchange.sql(`SELECT count(*)::int AS many FROM ${table}`), [{ many }]);
    }
  });

  await t.test('a proposal is decided once, and stays as it was made', async (t) => {
    const where = `WHERE id = '${proposal}'`;
    for (const change of [
      `categories = '{KONTAKT}'`,
      `text_hash = 'x'`,
      `recipient_id = '${AGENCY.tgsh}'`,
      `lapses_at = lapses_at + interval '1 day'`,
    ]) {
      t.equal(await asOwner(`UPDATE consent_proposal SET ${change} ${where}`), 'LZ902', change);
    }
    t.equal(
      await asOwner(`UPDATE consent_proposal SET decision = 'DECLINED', decided_at = api.clock_now() ${where}`),
      null,
    );
    for (const change of [
      `decision = 'CONFIRMED'`,
      'decision = NULL, decided_at = NULL',
      `decided_at = decided_at + interval '1 ms'`,
    ]) {
      t.equal(await asOwner(`UPDATE consent_proposal SET ${change} ${where}`), 'LZ902', change);
    }
    t.equal(await asOwner(`DELETE FROM consent_proposal ${where}`), 'LZ901');
  });

  await t.test('what a client was asked to sign stays as it was printed', async (t) => {
    t.equal((await exchange.sql('SELECT FROM consent_text')).length, 1);
    for (const change of [
      `text_hash = repeat('0', 64)`,
      `lines = '[1]'`,
      `text_sealed = 'x'`,
      'client_id = client_id, kind = kind || kind',
    ]) {
      t.equal(await asOwner(`UPDATE consent_text SET ${change}`), 'LZ901', change);
    }
    t.equal(await asOwner('TRUNCATE consent_text'), 'LZ901');
  });

  await t.test('a closed disclosure is not reopened, moved, renamed or fetched again', async (t) => {
    const arge = await exchange.as('arge');
    expecting(201, await arge.post(`/v1/clients/${client}/statements`, no({ recipient: AGENCY.caritas })));
    const before = await rowsOf(exchange, hop);
    t.ok(before.length === 2 && before.every((row) => row.closed_at !== null && row.fetched_at !== null));
    for (const change of [
      'closed_at = NULL',
      `closed_at = closed_at + interval '1 ms'`,
      `good_until = good_until + interval '1 day'`,
      'fetched_at = NULL',
      `fetched_at = fetched_at + interval '1 ms'`,
      `to_id = '${AGENCY.tgsh}'`,
      `purpose = 'SCHULE'`,
      `relied_on = '{}'`,
      'id = uuidv7()',
    ]) {
      t.equal(await asOwner(`UPDATE disclosure SET ${change} WHERE forwarding_id = $1`, [hop]), 'LZ900', change);
    }
    t.same(await rowsOf(exchange, hop), before);
  });

  await t.test('a request is kept, and one that has ended stays as it is', async (t) => {
    const where = 'laufzettel_request WHERE id = $1';
    const [before] = await exchange.sql(`SELECT * FROM ${where}`, [request]);
    t.equal(before.status, 'WITHDRAWN', 'by the no before');
    for (const change of [`status = 'OPEN'`, 'version = 1', `ends_at = ends_at + interval '1 ms'`]) {
      t.equal(await asOwner(`UPDATE laufzettel_request SET ${change} WHERE id = $1`, [request]), 'LZ900', change);
    }
    t.equal(await asOwner(`DELETE FROM ${where}`, [request]), 'LZ901');
    t.same(await exchange.sql(`SELECT * FROM ${where}`, [request]), [before]);
  });

  await t.test('a closed disclosure is kept', async (t) => {
    const before = await rowsOf(exchange, hop);
    t.type(await asOwner('DELETE FROM disclosure WHERE forwarding_id = $1', [hop]), 'string');
    t.same(await rowsOf(exchange, hop), before);
  });
});

type Tap = { ok(value: unknown, name: string): unknown };
