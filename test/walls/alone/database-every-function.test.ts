/**
 * Wall 3 alone: the service's role calls every function of schema api that there is, with every kind of id that is another
 * agency's in every place where an id fits, named as an agency that holds nothing of it. No list of functions stands here, so
 * that one made tomorrow is tried as well; what each of them answers to that is in database-functions.test.ts.
 */
import { AGENCY, type Exchange, startExchange } from '../../support/exchange.ts';
import { t } from '../../support/t.ts';
import { connectAs, fill, type Outcome } from '../service-role.ts';

const OUTSIDER = AGENCY.tgsh;
const ACTOR = JSON.stringify({ agency: OUTSIDER, system: 'probe', caseworker: null });
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Functions that name no agency, and what of the database the service learns by each, whoever takes it over. */
const WITHOUT_A_READER: Record<string, string> = {
  clock_now: 'the time',
  enter_admin: 'nothing: agencies and agreements can be selected afterwards',
  master_key_in_use: 'a fingerprint',
  undrafted_agreements: 'agreements and the names of their parties, which it may select as well',
  draft_first_version: 'whether that agreement had no text',
  exchange_keys: 'keys of the exchange, wrapped by the master key',
  keep_exchange_key: 'nothing',
  find_system: 'public keys of a system that it names',
  use_assertion: 'whether an assertion was used before',
  kept_keys: 'which of the handles it names have a key',
  lock_persons_of_agreement: 'persons, by their ids',
  lock_persons_of_agency: 'persons, by their ids',
  lock_persons_of_ended: 'persons, by their ids',
  network: 'agencies and agreements, which it may select as well',
  note_readings: 'how a forwarding stands that it names together with its recipient',
  review_persons: 'facts about persons that it names, as ids, codes and instants; no content',
  expire_requests: 'how many',
  take_reminders: 'what is due, and what was said that ends, as ids, codes and instants; no content',
  settle_reminders: 'nothing',
  sweep_idempotency: 'how many',
  number_events: 'which agencies have new events',
  webhooks_due: 'ids of webhooks',
  take_webhook: 'where a webhook that it names leads to, its sealed keys, and what it is to be sent',
  record_webhook: 'why the webhook that it names was disabled',
  forget_webhook_attempts: 'how many',
  due_rhythms: 'which rhythms of agreements ask for a round, and since when',
  publish_rounds: 'how many',
  follow_rhythm: 'nothing',
  forget_rounds: 'how many',
  forget_consent_texts: 'how many',
  tend_conferences: 'how many',
  tell_unacknowledged: 'how many',
  tell_lapsed_proposals: 'how many',
};

interface ApiFunction {
  name: string;
  parameters: string[];
  types: string[];
}

const tablesWith = async (exchange: Exchange, condition: string): Promise<{ table: string; column: string }[]> =>
  exchange.sql(
    `SELECT table_name AS table, column_name AS column FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%' AND ${condition} ORDER BY 1, 2`,
  );

/** Ids of every table, without what is the outsider's or everybody's. */
async function idsOfOthers(exchange: Exchange): Promise<Map<string, string[]>> {
  const owned = new Set((await tablesWith(exchange, `column_name = 'agency_id'`)).map(({ table }) => table));
  const ids = new Map<string, string[]>();
  for (const { table } of await tablesWith(exchange, `column_name = 'id' AND data_type = 'uuid'`)) {
    if (table === 'agency' || table === 'agreement') continue;
    const others = owned.has(table) ? `WHERE agency_id <> '${OUTSIDER}'` : '';
    const rows = await exchange.sql(`SELECT id FROM ${table} ${others}`);
    ids.set(
      table,
      rows.map((row) => row.id),
    );
  }
  return ids;
}

/** Everything that is stored as bytes, but for the exchange's own keys, as an answer may hold it. */
async function bytesOf(exchange: Exchange): Promise<string[]> {
  const found: string[] = [];
  for (const { table, column } of await tablesWith(exchange, `data_type = 'bytea'`)) {
    if (table === 'exchange_key') continue;
    const rows = await exchange.sql(`SELECT ${column} AS bytes FROM ${table} WHERE ${column} IS NOT NULL`);
    for (const { bytes } of rows as { bytes: Buffer }[]) found.push(bytes.toString('base64'), bytes.toString('hex'));
  }
  // Short ones would be found by accident.
  return found.filter((text) => text.length > 20);
}

/** All that an answer holds, bytes as base64 and as hexadecimal digits. (encode() breaks base64 into lines.) */
function toldBy(outcome: Outcome): string {
  if (typeof outcome === 'string') return outcome;
  const bytes: string[] = [];
  const text = JSON.stringify(outcome, function (key, value) {
    const original = (this as Record<string, unknown>)[key];
    if (Buffer.isBuffer(original)) bytes.push(original.toString('base64'), original.toString('hex'));
    return value;
  });
  return `${text} ${bytes.join(' ')}`.replaceAll('\\n', '').replaceAll('\\\\x', '');
}

/** A value of that type that is about this id, wherever it may be read from. */
function argumentFor(type: string, id: string, others: Readonly<Record<string, unknown>>): unknown {
  switch (type) {
    case 'uuid':
      return id;
    case 'uuid[]':
      return [id];
    case 'jsonb':
      return JSON.stringify({ ...others, id });
    case 'bytea':
      return Buffer.from('x');
    case 'bytea[]':
      return [Buffer.from('x')];
    case 'text[]':
      return [];
    case 'boolean':
      return true;
    case 'integer':
    case 'bigint':
      return 9;
    case 'text':
      return 'x';
    case 'timestamp with time zone':
      return null;
    default:
      throw new Error(`a parameter of type ${type}: say here what to pass for it`);
  }
}

t.test('whoever names any id of others to any function gets no other id of theirs, and no ciphertext', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { client, slip, hop } = await fill(exchange);
  const service = await connectAs(exchange.database.serviceUrl);
  t.teardown(() => service.close());
  const functions: ApiFunction[] = await exchange.sql(
    `SELECT p.proname AS name, coalesce(p.proargnames, '{}')::text[] AS parameters,
       ARRAY(SELECT format_type(one, NULL) FROM unnest(p.proargtypes::oid[]) AS one) AS types
     FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'api' ORDER BY 1`,
  );
  const ids = await idsOfOthers(exchange);
  const bytes = await bytesOf(exchange);
  t.ok(ids.size >= 14 && [...ids.values()].every((some) => some.length > 0), 'there are ids of every kind');
  t.ok(bytes.length > 20, 'and ciphertexts');
  const foreign = new Set([...ids.values()].flat());
  const about = { clientId: client, laufzettelId: slip.id, forwardingId: hop, entryIds: slip.entryIds, entries: [] };

  const call = async ({ name, parameters, types }: ApiFunction, reader: string, actor: string, id: string) => {
    const given = types.map((type, index) => {
      if (index === 0 && parameters[0] === 'reader') return reader;
      if (index === 0 && parameters[0] === 'actor') return actor;
      return argumentFor(type, id, about);
    });
    const text = `SELECT api.${name}(${types.map((type, index) => `$${index + 1}::${type}`).join()}) AS is`;
    return { told: toldBy(await service.attempt(text, given)), passed: JSON.stringify(given) };
  };

  await t.test('every function that names no agency is known to do so', async (t) => {
    const unnamed = functions.filter(({ parameters }) => !['reader', 'actor'].includes(parameters[0] ?? ''));
    t.same(unnamed.map(({ name }) => name).sort(), Object.keys(WITHOUT_A_READER).sort());
  });

  let answered = 0;
  for (const one of functions) {
    await t.test(`api.${one.name}`, async (t) => {
      for (const [table, some] of ids) {
        const { told, passed } = await call(one, OUTSIDER, ACTOR, some[0]!);
        if (told.startsWith('[')) answered += 1;
        t.same(
          bytes.filter((text) => told.includes(text)),
          [],
          `no ciphertext for an id of ${table}`,
        );
        if (one.name in WITHOUT_A_READER) continue;
        const others = [...told.matchAll(UUID)].map(([id]) => id).filter((id) => foreign.has(id));
        t.same(
          others.filter((id) => !passed.includes(id)),
          [],
          `no other id for an id of ${table}`,
        );
      }
    });
  }
  t.ok(answered > functions.length, 'many of the calls were well-formed enough to be answered');

  await t.test('and the search finds what an owner is answered', async (t) => {
    const found = { ids: false, bytes: false };
    const actor = JSON.stringify({ agency: AGENCY.arge, system: 'probe', caseworker: null });
    for (const one of functions) {
      for (const id of [client, slip.id, hop, slip.entryIds[0]!]) {
        const { told, passed } = await call(one, AGENCY.arge, actor, id);
        found.bytes ||= bytes.some((text) => told.includes(text));
        found.ids ||= [...told.matchAll(UUID)].some(([other]) => foreign.has(other) && !passed.includes(other));
      }
    }
    t.same(found, { ids: true, bytes: true });
  });
});
