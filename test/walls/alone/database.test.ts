/** Wall 3 alone: which tables and columns the service's role reaches, when nothing of our code stands before them. */
import { AGENCY, startExchange } from '../../support/exchange.ts';
import { t } from '../../support/t.ts';
import type { Agency } from '../scenes.ts';
import { connectAs, fill, type Rows } from '../service-role.ts';

/** What a named reader gets of a table, as the owner would select it; $1 is the reader. CLOSED: an error for everybody. OPEN: tells of no agency. */
const CLOSED = 'CLOSED';
const OPEN = 'OPEN';
const DECISIONS: Record<string, string> = {
  'public.agency': 'SELECT id FROM agency',
  'public.agreement':
    'SELECT id FROM agreement WHERE id IN (SELECT agreement_id FROM agreement_party WHERE agency_id = $1)',
  'public.agreement_party':
    'SELECT agreement_id, agency_id FROM agreement_party WHERE agreement_id IN (SELECT agreement_id FROM agreement_party WHERE agency_id = $1)',
  'public.agreement_version':
    'SELECT agreement_id, number FROM agreement_version WHERE agreement_id IN (SELECT agreement_id FROM agreement_party WHERE agency_id = $1)',
  'public.agreement_signature':
    'SELECT agreement_id, number, agency_id FROM agreement_signature WHERE agreement_id IN (SELECT agreement_id FROM agreement_party WHERE agency_id = $1)',
  'public.client': 'SELECT id FROM client WHERE agency_id = $1',
  'public.client_link': CLOSED,
  'public.client_lineage': CLOSED,
  'public.link_code': CLOSED,
  'public.client_key':
    'SELECT client_id FROM client_key WHERE client_id IN (SELECT id FROM client WHERE agency_id = $1)',
  'public.system_client': CLOSED,
  'public.assertion_used': CLOSED,
  'public.exchange_key': CLOSED,
  'public.network_state': CLOSED,
  'public.person': CLOSED,
  'public.statement': CLOSED,
  'public.release': CLOSED,
  'public.reminder': CLOSED,
  'public.consent_proposal': CLOSED,
  'public.consent_text': CLOSED,
  'public.entry': CLOSED,
  'public.entry_concern': CLOSED,
  'public.entry_payload': CLOSED,
  'public.laufzettel': CLOSED,
  'public.laufzettel_entry': CLOSED,
  'public.laufzettel_reader': CLOSED,
  'public.forwarding': CLOSED,
  'public.laufzettel_request': CLOSED,
  'public.disclosure': CLOSED,
  'public.closure_answer': CLOSED,
  'public.acknowledgement': CLOSED,
  'public.forwarding_acceptance': CLOSED,
  'public.conference': CLOSED,
  'public.conference_item': CLOSED,
  'public.conference_minutes': CLOSED,
  'public.conference_task': CLOSED,
  'public.round': CLOSED,
  'public.round_item': CLOSED,
  'public.plan': CLOSED,
  'public.plan_proposal': CLOSED,
  'public.plan_entry': CLOSED,
  'public.round_schedule': CLOSED,
  'public.audit': CLOSED,
  'public.event': CLOSED,
  'public.event_feed': CLOSED,
  'public.webhook': CLOSED,
  'public.webhook_message': CLOSED,
  'public.webhook_attempt': CLOSED,
  'public.idempotency_key': CLOSED,
  // Which migrations have run; the service looks at its start.
  'public._prisma_migrations': OPEN,
};
/** What the service may see at all of a table that is not closed. */
const COLUMNS: Record<string, string> = {
  'public.agreement_version': 'agreement_id, number, in_force_at, withdrawn_at',
  'public.agreement_signature': 'agreement_id, number, agency_id',
  'public.client': 'id, agency_id, file_reference_sealed, file_reference_index, created_at',
  'public._prisma_migrations': 'migration_name, checksum, started_at, finished_at, rolled_back_at',
};
const DENIED = '42501';
const READERS: Agency[] = ['arge', 'caritas', 'diakonie', 'tgsh', 'rantzau'];
const OURS = `n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_t%'`;

const texts = (rows: Rows): string[] => rows.map((row) => Object.values(row).join()).sort();

t.test('the service reaches its reader’s rows and nothing else', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { narrow } = await fill(exchange);
  const service = await connectAs(exchange.database.serviceUrl);
  const queue = await connectAs(exchange.database.queueUrl);
  t.teardown(() => Promise.all([service.close(), queue.close()]));
  const relations: { name: string; kind: string }[] = await exchange.sql(
    `SELECT n.nspname || '.' || c.relname AS name, c.relkind AS kind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE ${OURS} AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i') ORDER BY 1`,
  );
  // What belongs to a column of a table (an identity) has no decision of its own, and is not to be reached either.
  for (const call of [`nextval('event_place_seq')`, `setval('event_place_seq', 1)`, `currval('event_place_seq')`])
    t.equal(await service.attempt(`SELECT ${call}`), DENIED, call);
  const tables = relations.map((one) => one.name);
  const closed = tables.filter((table) => DECISIONS[table] === CLOSED);
  const readable = tables.filter((table) => DECISIONS[table] !== CLOSED && DECISIONS[table] !== OPEN);

  await t.test('every table has a decision, and every decision a table', async (t) => {
    t.same(tables, Object.keys(DECISIONS).sort());
    t.ok(relations.every((one) => one.kind === 'r'));
  });

  await t.test('every table has row security', async (t) => {
    const rows = await exchange.sql(
      `SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE ${OURS} AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity`,
    );
    t.same(
      rows.map((row) => row.name).filter((name) => name !== 'public._prisma_migrations'),
      [],
    );
  });

  await t.test('every table that a wall closes held something when it was tried', async (t) => {
    // An empty table would pass every test below.
    for (const table of tables) t.ok((await exchange.sql(`SELECT FROM ${table} LIMIT 1`)).length > 0, table);
  });

  await t.test('who names no reader gets an error or no row', async (t) => {
    for (const table of closed) t.equal(await service.attempt(`SELECT * FROM ${table}`), DENIED, table);
    for (const table of readable) {
      t.same(await service.attempt(`SELECT ${COLUMNS[table] ?? '*'} FROM ${table}`), [], table);
    }
  });

  await t.test('who names a reader gets that reader’s rows', async (t) => {
    for (const reader of READERS) {
      for (const table of readable) {
        const wanted = DECISIONS[table]!;
        const expected = await exchange.sql(wanted, wanted.includes('$1') ? [AGENCY[reader]] : []);
        const columns = wanted.slice('SELECT '.length, wanted.indexOf(' FROM'));
        const outcome = await service.attemptAs(reader, `SELECT ${columns} FROM ${table}`);
        t.same(texts(outcome as Rows), texts(expected), `${table} for ${reader}`);
      }
      for (const table of closed) {
        t.equal(await service.attemptAs(reader, `SELECT 1 FROM ${table}`), DENIED, `${table} for ${reader}`);
      }
    }
  });

  await t.test('the admin sees agencies and agreements, and nobody’s clients or keys', async (t) => {
    const ids = async (table: string) => texts((await service.attemptAs('admin', `SELECT * FROM ${table}`)) as Rows);
    t.equal((await ids('agency')).length, READERS.length);
    t.equal((await ids('agreement')).length, 2);
    t.same(await service.attemptAs('admin', `SELECT ${COLUMNS['public.client']} FROM client`), []);
    t.same(await service.attemptAs('admin', 'SELECT * FROM client_key'), []);
  });

  await t.test('an agreement is seen by its parties', async (t) => {
    const seen = async (reader: Agency) =>
      ((await service.attemptAs(reader, 'SELECT id FROM agreement WHERE id = $1', [narrow])) as Rows).length;
    t.same([await seen('arge'), await seen('tgsh'), await seen('caritas')], [1, 1, 0]);
  });

  await t.test('a person id cannot be selected, filtered, joined, grouped or sorted by', async (t) => {
    for (const query of [
      'SELECT person_id FROM client',
      'SELECT * FROM client',
      'SELECT client FROM client',
      'SELECT to_jsonb(client) FROM client',
      'SELECT id FROM client WHERE person_id IS NOT NULL',
      'SELECT count(*) FROM client GROUP BY person_id',
      'SELECT id FROM client ORDER BY person_id',
      'SELECT a.id FROM client a JOIN client b USING (person_id)',
      'SELECT count(DISTINCT person_id) FROM client',
    ]) {
      t.equal(await service.attemptAs('arge', query), DENIED, query);
    }
    const columns = await exchange.sql(
      `SELECT c.relname || '.' || a.attname AS name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OURS} AND a.attname LIKE '%person%'
       AND has_column_privilege('laufzettel_service', c.oid, a.attnum, 'SELECT')`,
    );
    t.same(columns, [], 'no column that names a person is granted');
  });

  await t.test('nothing can be written, locked or referred to', async (t) => {
    for (const table of tables) {
      const [{ column }] = await exchange.sql(
        'SELECT attname AS column FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum LIMIT 1',
        [table],
      );
      for (const statement of [
        `INSERT INTO ${table} DEFAULT VALUES`,
        `UPDATE ${table} SET ${column} = ${column}`,
        `DELETE FROM ${table}`,
        `TRUNCATE ${table}`,
        `SELECT ${column} FROM ${table} FOR UPDATE`,
        `LOCK TABLE ${table} IN EXCLUSIVE MODE`,
        `CREATE TRIGGER own BEFORE INSERT ON ${table} EXECUTE FUNCTION internal.append_only()`,
      ]) {
        t.equal(await service.attemptAs('arge', statement), DENIED, statement);
      }
      for (const right of ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN']) {
        const [{ has }] = await exchange.sql('SELECT has_table_privilege($1, $2, $3) AS has', [
          'laufzettel_service',
          table,
          right,
        ]);
        t.equal(has, false, `${right} on ${table}`);
      }
    }
  });

  await t.test('the queue’s role reaches no table of ours', async (t) => {
    for (const table of tables) t.equal(await queue.attempt(`SELECT 1 FROM ${table}`), DENIED, table);
  });

  await t.test('the role makes nothing, becomes nobody and looks into nothing of the server’s', async (t) => {
    for (const statement of [
      'CREATE TABLE public.own (id int)',
      'CREATE TABLE api.own (id int)',
      'CREATE TEMP TABLE own (id int)',
      'CREATE SCHEMA own',
      'CREATE FUNCTION public.own() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      'CREATE FUNCTION api.own() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      'CREATE OR REPLACE FUNCTION api.clock_now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT now() $$',
      'CREATE ROLE own',
      'CREATE EXTENSION dblink',
      'SET ROLE laufzettel_migrator',
      'SET ROLE postgres',
      'SET SESSION AUTHORIZATION laufzettel_migrator',
      'SET session_replication_role = replica',
      'ALTER TABLE client DISABLE ROW LEVEL SECURITY',
      'ALTER POLICY client_own ON client USING (true)',
      'GRANT SELECT ON entry TO laufzettel_service',
      'SELECT rolpassword FROM pg_authid',
      "SELECT pg_read_file('PG_VERSION')",
      "COPY (SELECT 1) TO PROGRAM 'cat'",
      "SELECT lo_import('/etc/hostname')",
    ]) {
      t.equal(await service.attempt(statement), DENIED, statement);
    }
    t.same(await service.attempt('SET row_security = off'), [], 'can be said, and helps nothing:');
    const roles = await exchange.sql(
      `SELECT rolname FROM pg_roles WHERE rolname IN ('laufzettel_service', 'laufzettel_queue')
       AND (rolsuper OR rolbypassrls OR rolreplication OR rolcreatedb OR rolcreaterole OR rolinherit
         OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = pg_roles.oid))`,
    );
    t.same(roles, []);
  });

  await t.test('the role makes no large objects either', async (t) => {
    for (const call of ['lo_creat(-1)', 'lo_create(0)', "lo_from_bytea(0, 'x')"]) {
      t.equal(await service.attempt(`SELECT ${call}`), DENIED, call);
    }
  });

  await t.test('with row security off a query fails instead of seeing more', async (t) => {
    const all = `SELECT set_config('row_security', 'off', true); SELECT id FROM agency`;
    t.equal(await service.attempt(all), DENIED);
  });

  await t.test('what tables hold does not show in the planner’s statistics', async (t) => {
    await exchange.sql('ANALYZE');
    const seen = await service.attempt(
      `SELECT DISTINCT tablename FROM pg_stats WHERE schemaname IN ('public', 'internal')`,
    );
    t.same(seen, [{ tablename: '_prisma_migrations' }]);
  });
});
