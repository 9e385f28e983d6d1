/** Wall 3 alone: what the functions of schema api give, whoever is named as their reader. */
import { Client } from 'pg';
import { AGENCY, AGREEMENT, startExchange } from '../../support/exchange.ts';
import { t } from '../../support/t.ts';
import { connectAs, fill, type Outcome } from '../service-role.ts';

const DENIED = '42501';
const SUSPENDED = 'LZ001';
const OUTSIDER = AGENCY.tgsh;

/** Every function of schema api: what it is for. A new one without a decision fails the first test. */
const FUNCTIONS: Record<string, 'reads' | 'acts' | 'for the admin' | 'for the exchange itself'> = {
  own_client: 'reads',
  list_statements: 'reads',
  list_releases: 'reads',
  get_proposal: 'reads',
  list_proposals: 'reads',
  get_consent_text: 'reads',
  list_consent_texts: 'reads',
  named_consent_texts: 'reads',
  get_laufzettel: 'reads',
  list_laufzettel: 'reads',
  read_entries: 'reads',
  load_forward: 'reads',
  read_forwarding: 'reads',
  list_forwardings: 'reads',
  get_forwarding_header: 'reads',
  list_disclosures: 'reads',
  list_owed_answers: 'reads',
  list_unacknowledged: 'reads',
  list_closures: 'reads',
  read_own_page: 'reads',
  list_open_clients: 'reads',
  list_entry_hops: 'reads',
  own_handles: 'reads',
  get_request: 'reads',
  list_requests: 'reads',
  list_waiting: 'reads',
  get_conference: 'reads',
  read_conference: 'reads',
  list_conferences: 'reads',
  list_rounds: 'reads',
  get_round: 'reads',
  read_plan: 'reads',
  plan_contents: 'reads',
  list_plans: 'reads',
  list_own_plan_proposals: 'reads',
  list_events: 'reads',
  list_webhooks: 'reads',
  get_webhook: 'reads',
  list_webhook_attempts: 'reads',
  get_webhook_attempt: 'reads',
  webhook_keys: 'reads',
  list_link_codes: 'reads',
  list_links: 'reads',
  export_agreements: 'reads',
  export_clients: 'reads',
  export_entries: 'reads',
  enter: 'reads',
  create_agreement: 'acts',
  create_webhook: 'acts',
  set_webhook_code: 'acts',
  change_webhook: 'acts',
  resend_webhook: 'acts',
  note_webhook_test: 'acts',
  change_agreement: 'acts',
  list_agreement_versions: 'acts',
  keys_of_agency: 'acts',
  sign_agreement: 'acts',
  amend_agreement: 'acts',
  withdraw_amendment: 'acts',
  try_amendment: 'acts',
  disclosures_among: 'reads',
  undrafted_agreements: 'for the exchange itself',
  draft_first_version: 'for the exchange itself',
  create_client: 'acts',
  lock_client: 'acts',
  record_statement: 'acts',
  record_release: 'acts',
  propose_consent: 'acts',
  make_consent_texts: 'acts',
  settle_proposal: 'acts',
  withdraw_proposal: 'acts',
  add_entries: 'acts',
  create_laufzettel: 'acts',
  mark_read: 'acts',
  mark_own_page: 'acts',
  note_readings: 'acts',
  note: 'acts',
  begin_export: 'acts',
  commit_forward: 'acts',
  lock_forwarding: 'acts',
  lock_erasure: 'acts',
  erase_client: 'acts',
  step_forwarding: 'acts',
  add_to_laufzettel: 'acts',
  lock_laufzettel: 'acts',
  end_laufzettel: 'acts',
  answer_closure: 'acts',
  apply_review: 'acts',
  look_up_idempotency: 'acts',
  lock_entry: 'acts',
  correct_entry: 'acts',
  lock_asking: 'acts',
  create_request: 'acts',
  lock_conferring: 'acts',
  plan_conference: 'acts',
  lock_conference: 'acts',
  step_conference: 'acts',
  add_conference_item: 'acts',
  remove_conference_item: 'acts',
  write_minutes: 'acts',
  create_conference_task: 'acts',
  open_plan: 'acts',
  propose_in_plan: 'acts',
  settle_plan_proposal: 'acts',
  step_request: 'acts',
  issue_link_code: 'acts',
  revoke_link_code: 'acts',
  link_by_code: 'acts',
  lock_link: 'acts',
  end_link: 'acts',
  list_systems: 'acts',
  change_system: 'acts',
  create_agency: 'for the admin',
  register_system: 'for the admin',
  change_agency: 'for the admin',
  list_troubled_webhooks: 'for the admin',
  list_unacknowledged_recipients: 'for the admin',
  clock_now: 'for the exchange itself',
  enter_admin: 'for the exchange itself',
  exchange_keys: 'for the exchange itself',
  keep_exchange_key: 'for the exchange itself',
  master_key_in_use: 'for the exchange itself',
  find_system: 'for the exchange itself',
  use_assertion: 'for the exchange itself',
  lock_persons_of_agreement: 'for the exchange itself',
  lock_persons_of_agency: 'for the exchange itself',
  lock_persons_of_ended: 'for the exchange itself',
  review_persons: 'for the exchange itself',
  sweep_idempotency: 'for the exchange itself',
  network: 'for the exchange itself',
  number_events: 'for the exchange itself',
  webhooks_due: 'for the exchange itself',
  take_webhook: 'for the exchange itself',
  record_webhook: 'for the exchange itself',
  forget_webhook_attempts: 'for the exchange itself',
  due_rhythms: 'for the exchange itself',
  publish_rounds: 'for the exchange itself',
  follow_rhythm: 'for the exchange itself',
  forget_rounds: 'for the exchange itself',
  forget_consent_texts: 'for the exchange itself',
  expire_requests: 'for the exchange itself',
  take_reminders: 'for the exchange itself',
  settle_reminders: 'for the exchange itself',
  tend_conferences: 'for the exchange itself',
  tell_unacknowledged: 'for the exchange itself',
  tell_lapsed_proposals: 'for the exchange itself',
  kept_keys: 'for the exchange itself',
};
/** All that schema internal grants, for the policies; each is about the named reader alone. */
const GRANTED_INTERNALS = ['is_admin()', 'is_party(agreement uuid)', 'reader()'];

const names = (sort: string): string[] => Object.keys(FUNCTIONS).filter((name) => FUNCTIONS[name] === sort);

t.test('a function gives its reader what is the reader’s, and nobody else anything', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const filled = await fill(exchange);
  const {
    client,
    theirs,
    slip,
    hop,
    second,
    proposal,
    request,
    link,
    webhook,
    attempt,
    round,
    consentText,
    conference,
    plan,
  } = filled;
  const [{ hash: consentTextHash }] = await exchange.sql('SELECT text_hash AS hash FROM consent_text LIMIT 1');
  const disclosures = (await exchange.sql('SELECT id FROM disclosure')).map(({ id }) => id);
  const service = await connectAs(exchange.database.serviceUrl);
  t.teardown(() => service.close());

  interface Found {
    schema: string;
    name: string;
    identity: string;
    definer: boolean;
    config: string[] | null;
    arguments: string[];
    types: string[];
    service: boolean;
    queue: boolean;
    everybody: boolean;
  }
  const functions: Found[] = await exchange.sql(
    `SELECT n.nspname AS schema, p.proname AS name, pg_get_function_identity_arguments(p.oid) AS identity,
       p.prosecdef AS definer, p.proconfig AS config, coalesce(p.proargnames, '{}')::text[] AS arguments,
       ARRAY(SELECT format_type(one, NULL) FROM unnest(p.proargtypes::oid[]) AS one) AS types,
       has_function_privilege('laufzettel_service', p.oid, 'EXECUTE') AS service,
       has_function_privilege('laufzettel_queue', p.oid, 'EXECUTE') AS queue,
       p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) WHERE grantee = 0) AS everybody
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2`,
  );
  const api = functions.filter((one) => one.schema === 'api');
  const internal = functions.filter((one) => one.schema === 'internal');

  await t.test('every function has a decision, and every decision a function', async (t) => {
    t.same(api.map((one) => one.name).sort(), Object.keys(FUNCTIONS).sort());
    t.same(
      functions.filter((one) => one.schema !== 'api' && one.schema !== 'internal'),
      [],
      'no other schema has functions',
    );
  });

  await t.test(
    'every function of schema api runs as its owner, with a search path that nobody can put himself into',
    async (t) => {
      for (const { name, definer, config } of api.filter((one) => one.name !== 'clock_now')) {
        t.equal(definer, true, name);
        const [path, ...others] = config!;
        t.equal(path, 'search_path=public, pg_temp', name);
        t.ok(
          others.every((setting) => setting.startsWith('enable_')),
          'and nothing else but what the planner may use',
        );
      }
      const [clock] = await exchange.sql(`SELECT prosrc AS source FROM pg_proc WHERE proname = 'clock_now'`);
      t.notMatch(clock.source, /FROM/i, 'the clock reads no table, so it needs nobody’s rights');
    },
  );

  await t.test('no function is everybody’s, nor the queue’s', async (t) => {
    for (const { schema, name, queue, everybody } of functions)
      t.same([queue, everybody], [false, false], `${schema}.${name}`);
  });

  await t.test(
    'of schema internal the service may call what the policies need, and learns nothing by it',
    async (t) => {
      const granted = internal.filter((one) => one.service).map((one) => `${one.name}(${one.identity})`);
      t.same(granted.sort(), GRANTED_INTERNALS);
      for (const { name, types } of internal.filter((one) => !one.service)) {
        const call = `SELECT internal.${name}(${types.map((type) => `NULL::${type}`).join()})`;
        t.equal(await service.attempt(call), DENIED, call);
      }
      t.same(await service.attempt('SELECT internal.reader() AS is'), [{ is: null }]);
      t.same(await service.attempt('SELECT internal.is_party($1) AS is', [filled.narrow]), [{ is: false }]);
      t.same(await service.attemptAs('caritas', 'SELECT internal.is_party($1) AS is', [filled.narrow]), [
        { is: false },
      ]);
    },
  );

  // ── What an agency that holds nothing of it gets for ids that exist ──

  const outsider = { agency: OUTSIDER, system: 'probe', caseworker: null };
  const nothing = (outcome: Outcome): boolean =>
    Array.isArray(outcome) &&
    (outcome.length === 0 || [null, '[]', '{}'].includes(texted(Object.values(outcome[0]!)[0])));
  const texted = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

  await t.test('a reader that names another’s ids reads nothing', async (t) => {
    const entry = slip.entryIds[0];
    const calls: [name: string, call: string, values: unknown[]][] = [
      ['own_client', '$1, $2', [OUTSIDER, client]],
      ['list_statements', '$1, $2, NULL, NULL, 9', [OUTSIDER, client]],
      ['list_releases', '$1, $2, NULL, NULL, 9', [OUTSIDER, client]],
      ['get_proposal', '$1, $2', [OUTSIDER, proposal]],
      // Whom it names as recipient is told nothing of it.
      ['get_proposal', '$1, $2', [AGENCY.diakonie, proposal]],
      ['list_proposals', '$1, true, NULL, NULL, 9', [OUTSIDER]],
      ['list_proposals', '$1, false, NULL, NULL, 9', [OUTSIDER]],
      ['get_consent_text', '$1, $2', [OUTSIDER, consentText]],
      ['list_consent_texts', '$1, $2, NULL, NULL, 9', [OUTSIDER, client]],
      ['list_consent_texts', '$1, NULL, NULL, NULL, 9', [OUTSIDER]],
      ['named_consent_texts', '$1, $2', [OUTSIDER, [consentTextHash]]],
      // Who is to receive by it is not told of it, though it knows the person.
      ['list_consent_texts', '$1, $2, NULL, NULL, 9', [AGENCY.caritas, theirs]],
      ['get_consent_text', '$1, $2', [AGENCY.caritas, consentText]],
      ['get_laufzettel', '$1, $2', [OUTSIDER, slip.id]],
      ['list_laufzettel', `$1, '{}', NULL, NULL, 9`, [OUTSIDER]],
      ['list_open_clients', '$1, NULL, NULL, 9', [OUTSIDER]],
      ['list_entry_hops', '$1, $2, NULL, NULL, 9', [OUTSIDER, entry]],
      ['read_entries', '$1, $2, NULL, NULL, NULL, 9', [OUTSIDER, client]],
      ['load_forward', '$1, $2, $3, NULL', [OUTSIDER, slip.id, AGENCY.caritas]],
      ['read_forwarding', '$1, $2', [OUTSIDER, hop]],
      ['list_forwardings', `$1, true, '{}', NULL, NULL, 9`, [OUTSIDER]],
      ['list_forwardings', `$1, false, '{}', NULL, NULL, 9`, [OUTSIDER]],
      ['get_forwarding_header', '$1, $2', [OUTSIDER, hop]],
      ['list_disclosures', '$1, $2, NULL, NULL, 9', [OUTSIDER, client]],
      ['list_owed_answers', '$1, NULL, NULL, 9', [OUTSIDER]],
      ['list_unacknowledged', '$1, NULL, NULL, 9', [OUTSIDER]],
      ['list_closures', '$1, $2, NULL, NULL, 9', [OUTSIDER, client]],
      ['read_own_page', '$1, $2, 9, 9', [OUTSIDER, client]],
      ['own_handles', `$1, '{}'`, [OUTSIDER]],
      ['get_request', '$1, $2', [OUTSIDER, request]],
      ['list_requests', '$1, true, NULL, NULL, NULL, 9', [OUTSIDER]],
      ['list_requests', '$1, false, NULL, NULL, NULL, 9', [OUTSIDER]],
      ['get_conference', '$1, $2', [OUTSIDER, conference]],
      ['read_conference', `$1, $2, '{STAMMDATEN}'`, [OUTSIDER, conference]],
      ['list_conferences', `$1, '{}', NULL, NULL, 9`, [OUTSIDER]],
      ['list_rounds', `$1, '{}', NULL, NULL, 9`, [OUTSIDER]],
      ['get_round', '$1, $2, 9', [OUTSIDER, round]],
      // Its partner has one of its own.
      ['get_round', '$1, $2, 9', [AGENCY.caritas, round]],
      ['read_plan', '$1, $2', [OUTSIDER, plan.id]],
      // Whom nothing of it was disclosed to.
      ['read_plan', '$1, $2', [AGENCY.diakonie, plan.id]],
      ['plan_contents', '$1, $2, $3', [OUTSIDER, plan.id, [plan.entry]]],
      ['plan_contents', '$1, $2, $3', [AGENCY.arge, plan.id, [entry]]],
      ['list_plans', `$1, '{}', NULL, NULL, 9`, [OUTSIDER]],
      ['list_own_plan_proposals', '$1, NULL, NULL, 9', [OUTSIDER]],
      // The outsider has an agreement to sign.
      ['list_waiting', '$1, NULL, NULL, 9', [AGENCY.rantzau]],
      ['disclosures_among', '$1, $2, 9', [OUTSIDER, disclosures]],
      ['list_webhooks', '$1, NULL, NULL, 9', [OUTSIDER]],
      ['get_webhook', '$1, $2', [OUTSIDER, webhook]],
      ['list_webhook_attempts', '$1, $2, NULL, NULL, 9', [OUTSIDER, webhook]],
      ['get_webhook_attempt', '$1, $2', [OUTSIDER, attempt]],
      ['webhook_keys', '$1, $2', [OUTSIDER, webhook]],
      ['export_clients', '$1, NULL, NULL, 9, 9', [OUTSIDER]],
      ['list_link_codes', '$1, $2, NULL, NULL, 9', [OUTSIDER, client]],
      ['list_links', '$1, $2, NULL, NULL, 9', [OUTSIDER, client]],
      // A handle of another agency is as foreign as an unknown one, also to who has its own on the same person.
      ['own_client', '$1, $2', [AGENCY.caritas, client]],
      ['list_statements', '$1, $2, NULL, NULL, 9', [AGENCY.arge, theirs]],
      ['read_entries', '$1, $2, NULL, NULL, NULL, 9', [AGENCY.caritas, client]],
      ['list_disclosures', '$1, $2, NULL, NULL, 9', [AGENCY.caritas, client]],
      // arge wrote the entries, but this hop is between two others.
      ['read_forwarding', '$1, $2', [AGENCY.arge, second]],
      ['get_forwarding_header', '$1, $2', [AGENCY.arge, second]],
    ];
    for (const [name, parameters, values] of calls) {
      const call = `SELECT api.${name}(${parameters})`;
      t.ok(nothing(await service.attempt(call, values)), `${call} ${values.join()}`);
    }
    const told = await service.attempt('SELECT api.list_events($1, 0, 9) AS page', [OUTSIDER]);
    const types = (told as { page: { events: string[][] } }[])[0]!.page.events.map(([, , type]) => type!);
    t.ok(
      types.every((type) => type.startsWith('agreement.')),
      'of events only those of its own agreement',
    );
    // Even handles that it names give nothing of what others wrote; and handles of its own nothing but what it wrote.
    for (const [reader, handle] of [
      [OUTSIDER, client],
      [AGENCY.caritas, client],
      [AGENCY.caritas, theirs],
    ]) {
      const found = await service.attempt('SELECT api.export_entries($1, $2, NULL, NULL, NULL, 9, 9) AS found', [
        reader,
        [handle],
      ]);
      t.same(found, [{ found: { entries: [], sealed: {}, handles: {}, last: null } }]);
    }
    const agreements = async (reader: string) =>
      JSON.stringify(await service.attempt('SELECT api.export_agreements($1, NULL, NULL, 9)', [reader]));
    t.match(await agreements(AGENCY.arge), filled.narrow);
    t.notMatch(await agreements(AGENCY.caritas), filled.narrow, 'an agreement of others');
    const apart = ['list_events', 'export_entries', 'export_agreements'];
    const tried = new Set([...calls.map(([name]) => name), ...apart]);
    t.same(
      names('reads').filter((name) => !tried.has(name)),
      ['enter'],
      'each reading function was tried',
    );

    const [{ persons }] = await exchange.sql('SELECT array_agg(id) AS persons FROM person');
    const asked = await service.attempt('SELECT api.own_handles($1, $2) AS handles', [OUTSIDER, persons]);
    const [{ handles }] = asked as [{ handles: Record<string, string | null> }];
    t.ok(Object.keys(handles).length > 0 && Object.values(handles).every((one) => one === null), 'no handle of others');

    const byId = 'SELECT api.read_entries($1, NULL, $2, NULL, NULL, 9) AS found';
    const outcome = await service.attempt(byId, [OUTSIDER, entry]);
    const { entries, sealed, rows, facts } = (outcome as { found: Record<string, unknown> }[])[0]!.found;
    t.same([entries, sealed, rows], [[], {}, []], 'an entry by its id');
    t.match(facts, { statements: [], releases: [], rows: [] });
  });

  const [{ issuer_client_id: linkedClient, code_id: usedCode }] = await exchange.sql(
    'SELECT issuer_client_id, code_id FROM client_link WHERE id = $1',
    [link],
  );

  await t.test('an actor issues, revokes and uses no code that is not its own', async (t) => {
    const p = { id: link, clientId: client, agencyId: AGENCY.caritas };
    const hash = `(SELECT '\\x00'::bytea)`;
    for (const [call, values, outcome] of [
      [`issue_link_code($1, $2, ${hash})`, [outsider, p], 'client-not-found'],
      ['revoke_link_code($1, $2, $3)', [outsider, linkedClient, usedCode], 'not-found'],
      [`link_by_code($1, ${hash}, $2)`, [outsider, { linkId: link, clientId: client }], 'client-not-found'],
      [`link_by_code($1, ${hash}, $2)`, [outsider, { linkId: link, clientId: null }], 'refused'],
    ] as [string, unknown[], string][]) {
      t.same(await service.attempt(`SELECT api.${call} AS is`, values), [{ is: { outcome } }], call);
    }
    const end = `SELECT api.end_link($1, $2, $3, '[]')`;
    t.equal(await service.attempt(end, [outsider, linkedClient, link]), 'LZ404');
    const forged = `SELECT api.end_link($1, $2, $3, $4)`;
    const handles = JSON.stringify([{ id: usedCode, wrapped: '', agency: AGENCY.tgsh, beside: linkedClient }]);
    const arge = { ...outsider, agency: AGENCY.arge };
    t.equal(await service.attempt(forged, [arge, linkedClient, link, handles]), 'LZ412', 'no handles but those needed');
  });

  await t.test('an actor that names another’s ids does nothing and learns nothing', async (t) => {
    for (const [call, values] of [
      ['lock_client($1, $2, $3)', [outsider, client, []]],
      ['lock_forwarding($1, $2)', [outsider, hop]],
      ['list_systems($1, $2)', [outsider, AGENCY.arge]],
      [`change_system($1, $2, 'arge-pinneberg', 'DISABLE', NULL)`, [outsider, AGENCY.arge]],
      ["settle_proposal($1, $2, 'DECLINED', NULL, NULL)", [outsider, proposal]],
      ['withdraw_proposal($1, $2)', [outsider, proposal]],
      ['lock_link($1, $2, $3)', [outsider, linkedClient, link]],
      ['lock_erasure($1, $2)', [outsider, client]],
      [`step_forwarding($1, $2, 2, 'ACCEPTED', NULL)`, [outsider, hop]],
      ['lock_laufzettel($1, $2)', [outsider, slip.id]],
      [`end_laufzettel($1, $2, 1, 'CANCELLED')`, [outsider, slip.id]],
      [`answer_closure($1, $2, 'ERASED', NULL, '{}')`, [outsider, filled.ended]],
      // Its giver is not its receiver.
      [`answer_closure($1, $2, 'ERASED', NULL, '{}')`, [{ ...outsider, agency: AGENCY.arge }, filled.ended]],
      ['lock_entry($1, $2, $3)', [outsider, slip.entryIds[0], []]],
      ['lock_asking($1, $2, $3)', [outsider, client, AGENCY.caritas]],
      [`step_request($1, $2, 1, 'DECLINED', 'OTHER')`, [outsider, request]],
      [`step_request($1, $2, 1, 'WITHDRAWN', NULL)`, [outsider, request]],
      // Each side has its own step.
      [`step_request($1, $2, 1, 'WITHDRAWN', NULL)`, [{ ...outsider, agency: AGENCY.caritas }, request]],
      [`step_request($1, $2, 1, 'DECLINED', 'OTHER')`, [{ ...outsider, agency: AGENCY.arge }, request]],
      [`step_request($1, $2, 1, 'FULFILLED', NULL)`, [{ ...outsider, agency: AGENCY.caritas }, request]],
    ] as [string, unknown[]][]) {
      t.ok(nothing(await service.attempt(`SELECT api.${call}`, values)), call);
    }
    t.same(
      await service.attempt(`SELECT api.change_agreement($1, $2, 'TERMINATE') AS is`, [
        { ...outsider, agency: AGENCY.caritas },
        filled.narrow,
      ]),
      [{ is: 'not-found' }],
    );
  });

  await t.test('nobody signs, amends or looks at an agreement of others, nor with a key of others', async (t) => {
    const caritas = { ...outsider, agency: AGENCY.caritas };
    const amendment = { agreementId: filled.narrow, number: 2, replaces: 1, terms: { parties: [], from: 0 } };
    for (const [call, values, is] of [
      ['sign_agreement($1, $2, 1, $3)', [caritas, filled.narrow, {}], 'not-found'],
      ['sign_agreement($1, $2, 1, $3)', [{ ...caritas, agency: null }, filled.narrow, {}], 'not-found'],
      ['amend_agreement($1, $2)', [caritas, amendment], 'not-found'],
      ['withdraw_amendment($1, $2)', [caritas, filled.narrow], 'not-found'],
      ["change_agreement($1, $2, 'LEAVE')", [caritas, filled.narrow], 'not-found'],
      ['try_amendment($1, $2)', [caritas, filled.narrow], false],
      ['list_agreement_versions($1, $2, 0, 9, true)', [caritas, filled.narrow], null],
    ] as [string, unknown[], unknown][]) {
      t.same(await service.attempt(`SELECT api.${call} AS is`, values), [{ is }], call);
    }
    // An older service that asks for a signature without one.
    const arge = { ...outsider, agency: AGENCY.arge };
    const sign = `SELECT api.change_agreement($1, $2, 'SIGN') AS is`;
    t.same(await service.attempt(sign, [arge, filled.narrow]), [{ is: 'conflict' }]);
    const [{ jwk }] = await exchange.sql('SELECT jwk FROM agreement_signature WHERE agency_id = $1', [AGENCY.caritas]);
    const foreign = { jws: 'x.x.x', kid: jwk.kid, jwk, thumbprint: jwk.kid };
    const signed = 'SELECT api.sign_agreement($1, $2, 1, $3) AS is';
    t.same(await service.attempt(signed, [arge, filled.narrow, foreign]), [{ is: 'key-gone' }]);
    const [{ own }] = await exchange.sql(`SELECT jwks #> '{keys,0}' AS own FROM system_client WHERE agency_id = $1`, [
      AGENCY.arge,
    ]);
    t.equal(
      await service.attempt(signed, [arge, filled.narrow, { ...foreign, jwk: own }]),
      'LZ903',
      'what is signed has to be the text',
    );
  });

  await t.test('no version comes into force before all have signed it, whatever is called', async (t) => {
    const arge = { ...outsider, agency: AGENCY.arge };
    const [{ terms }] = await exchange.sql('SELECT terms FROM agreement_version WHERE agreement_id = $1', [AGREEMENT]);
    const amendment = {
      agreementId: AGREEMENT,
      number: 2,
      replaces: 1,
      terms: { ...terms, title: 'Untergeschoben' },
      text: 'x',
      textHash: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881',
    };
    // What it does here is committed.
    const committing = new Client(exchange.database.serviceUrl);
    await committing.connect();
    t.teardown(() => committing.end());
    const does = async (call: string, values: unknown[]) =>
      (await committing.query(`SELECT api.${call} AS is`, values)).rows;
    t.same(await does('amend_agreement($1, $2)', [arge, amendment]), [{ is: 'ok' }]);
    await t.rejects(does('try_amendment($1, $2)', [arge, AGREEMENT]), { code: 'LZ902' });
    t.same(await exchange.sql(`SELECT FROM agreement WHERE title = 'Untergeschoben'`), []);
    t.same(await does('withdraw_amendment($1, $2)', [arge, AGREEMENT]), [{ is: 'ok' }]);
    for (const change of [
      `UPDATE agreement_version SET text = 'y', text_hash = encode(sha256('y'), 'hex')`,
      'UPDATE agreement_version SET withdrawn_at = NULL WHERE number = 2',
      'DELETE FROM agreement_version',
      'UPDATE agreement_signature SET signed_at = signed_at',
    ])
      await t.rejects(exchange.sql(change), { code: 'LZ901' }, `not even its owner: ${change}`);
  });

  await t.test('nothing is done with a conference that is another’s', async (t) => {
    const arge = { ...outsider, agency: AGENCY.arge };
    const step = (action: string) => ({
      id: conference,
      expectedVersion: 3,
      action,
      status: action === 'END' ? 'ENDED' : 'PLANNED',
      answer: 'ACCEPTED',
      at: Date.now(),
      beginsAt: Date.now(),
      place: 'ONLINE',
    });
    for (const [call, values] of [
      [`lock_conference($1, $2, '{STAMMDATEN}', NULL, '{}', true)`, [outsider, conference]],
      ['step_conference($1, $2)', [outsider, step('END')]],
      // Each side has its own step.
      ['step_conference($1, $2)', [arge, step('ACCEPT')]],
      ['step_conference($1, $2)', [{ ...outsider, agency: AGENCY.caritas }, step('MOVE')]],
    ] as [string, unknown[]][]) {
      t.ok(nothing(await service.attempt(`SELECT api.${call}`, values)), call);
    }
    const [item] = await exchange.sql('SELECT id FROM conference_item WHERE conference_id = $1', [conference]);
    const entry = { id: link, clientId: client, category: 'TERMIN', secrecy: false, concerns: [client] };
    const task = { id: link, clientId: client };
    for (const [call, values] of [
      [`lock_conference($1, $2, '{STAMMDATEN}', NULL, $3, true)`, [arge, conference, [theirs]]],
      ['add_conference_item($1, $2, $3, $4, 0)', [outsider, conference, link, slip.id]],
      ['remove_conference_item($1, $2, $3, true, 0)', [outsider, conference, item.id]],
      [`write_minutes($1, $2, $3, $4, '', 0)`, [outsider, conference, slip.id, entry]],
      // Its own conference, and a Laufzettel that is not on the agenda.
      [`write_minutes($1, $2, $3, $4, '', 0)`, [arge, conference, slip.id, entry]],
      [`create_conference_task($1, $2, $3, $4, '{}', 0)`, [outsider, conference, slip.id, task]],
      [`create_conference_task($1, $2, $3, $4, '{}', 0)`, [arge, conference, slip.id, task]],
    ] as [string, unknown[]][]) {
      t.equal(await service.attempt(`SELECT api.${call}`, values), 'LZ404', call);
    }
  });

  await t.test('nothing is added to a Laufzettel that is another’s, or under another’s handle', async (t) => {
    const added = { laufzettelId: slip.id, clientId: client, entries: [], entryIds: slip.entryIds };
    const add = async (agency: string) =>
      service.attempt(`SELECT api.add_to_laufzettel($1, $2, '{}', 0) AS is`, [{ ...outsider, agency }, added]);
    t.same(await add(OUTSIDER), [{ is: 'not-found' }]);
    t.same(await add(AGENCY.caritas), [{ is: 'client-not-found' }]);
  });

  await t.test('nobody destroys another’s key', async (t) => {
    t.equal(await service.attempt('SELECT api.erase_client($1, $2, 0, $3)', [outsider, client, {}]), 'LZ404');
    t.equal((await exchange.sql('SELECT count(*)::int AS many FROM client_key WHERE wrapped IS NULL'))[0].many, 0);
  });

  await t.test('marking a foreign forwarding as read tells nothing of it', async (t) => {
    const outcome = await service.attempt(`SELECT api.mark_read($1, '{}', $2, '{}', 0) AS is`, [outsider, hop]);
    const told = typeof outcome === 'string' ? {} : (outcome[0]!.is as object | null);
    t.same(
      Object.values(told ?? {}).filter((value) => value !== null),
      [],
    );
  });

  await t.test('nobody’s reading is noted by others, and of a foreign forwarding nothing is told', async (t) => {
    const noted = await exchange.sql('SELECT count(*)::int AS many FROM audit');
    const readings = [{ actor: { ...outsider, agency: null }, forwarding: hop, subject: {}, at: 0 }];
    t.same(await service.attempt('SELECT api.note_readings($1) AS is', [JSON.stringify(readings)]), [
      { is: [{ suspended: true }] },
    ]);
    t.same(await exchange.sql('SELECT count(*)::int AS many FROM audit'), noted);
    const own = [{ actor: outsider, forwarding: hop, subject: {}, at: 0 }];
    t.same(await service.attempt('SELECT api.note_readings($1) AS is', [JSON.stringify(own)]), [
      { is: [{ status: null, version: null, changedAt: null }] },
    ]);
  });

  await t.test('what the exchange asks for itself gives no content and no key of a client', async (t) => {
    const [{ persons }] = await exchange.sql('SELECT array_agg(id) AS persons FROM person');
    const outcome = JSON.stringify(await service.attempt('SELECT api.review_persons($1)', [persons]));
    t.match(outcome, slip.entryIds[0]!, 'it was about our entries');
    t.notMatch(outcome, /sealed|wrapped|payload|evidenceRef":"/);
  });

  await t.test('whoever is suspended is refused by every function that names it', async (t) => {
    await exchange.sql('UPDATE agency SET suspended_at = api.clock_now() WHERE id = $1', [OUTSIDER]);
    for (const { name, arguments: parameters, types } of api) {
      if (!['reader', 'actor'].includes(parameters[0] ?? '') || FUNCTIONS[name] === 'for the admin') continue;
      const named = parameters[0] === 'actor' ? JSON.stringify(outsider) : OUTSIDER;
      const call = `SELECT api.${name}(${types.map((type, index) => (index === 0 ? `$1::${type}` : `NULL::${type}`)).join()})`;
      t.equal(await service.attempt(call, [named]), SUSPENDED, call);
    }
  });
});
