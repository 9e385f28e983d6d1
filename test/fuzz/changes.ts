/**
 * Which transactions changed what, told by triggers that the fuzz adds to its own copy of the database: every change of
 * state has to be somebody's, whose request of that moment succeeded; and nothing of those who take no part changes at all.
 */
import type { Exchange } from '../support/exchange.ts';

/** What a request that is refused may leave (test/misuse/trace.ts names the same, as rows). */
const TRACES = new Set(['idempotency_key', 'assertion_used']);
/** Outcomes in the audit of what was refused. */
const REFUSALS = new Set(['WITHHOLD', 'REFUSED']);

export interface Transaction {
  tables: string[];
  /** `system action outcome` of each record that it wrote into the audit. */
  audit: { system: string; action: string; outcome: string }[];
}

export async function watchChanges({ sql }: Exchange): Promise<void> {
  // The sum of what came less what went: 0 where a transaction took back what it had done.
  await sql('CREATE UNLOGGED TABLE fuzz.change (tx xid8, tbl text, net numeric, audit jsonb)');
  await sql('CREATE UNIQUE INDEX ON fuzz.change (tx, tbl) WHERE audit IS NULL');
  await sql(`CREATE FUNCTION fuzz.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = fuzz AS $$
    DECLARE moved numeric := 0;
    BEGIN
      IF TG_TABLE_NAME = 'audit' THEN
        INSERT INTO fuzz.change VALUES (pg_current_xact_id(), 'audit', 0,
          jsonb_build_object('system', NEW.system, 'action', NEW.action, 'outcome', NEW.outcome));
        RETURN NULL;
      END IF;
      IF TG_OP <> 'DELETE' THEN moved := moved + hashtextextended(NEW::text, 0); END IF;
      IF TG_OP <> 'INSERT' THEN moved := moved - hashtextextended(OLD::text, 0); END IF;
      INSERT INTO fuzz.change AS known VALUES (pg_current_xact_id(), TG_TABLE_NAME, moved)
        ON CONFLICT (tx, tbl) WHERE audit IS NULL DO UPDATE SET net = known.net + moved;
      RETURN NULL;
    END $$`);
  for (const { name } of await tables({ sql })) {
    await sql(
      `CREATE TRIGGER zz_fuzz AFTER INSERT OR UPDATE OR DELETE ON public.${name} FOR EACH ROW EXECUTE FUNCTION fuzz.note()`,
    );
  }
}

const tables = ({ sql }: Pick<Exchange, 'sql'>): Promise<{ name: string }[]> =>
  sql(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^_' ORDER BY 1`);

/** What has been committed since the last call, without what a refusal may leave. */
export async function takeChanges({ sql }: Exchange): Promise<Transaction[]> {
  const rows: { tx: string; tbl: string; audit: Transaction['audit'][number] | null }[] = await sql(
    'WITH taken AS (DELETE FROM fuzz.change RETURNING *) SELECT tx::text, tbl, audit FROM taken WHERE audit IS NOT NULL OR net <> 0',
  );
  const byTx = Map.groupBy(rows, ({ tx }) => tx);
  const all = [...byTx.values()].map((some) => ({
    tables: some.filter(({ audit }) => audit === null).map(({ tbl }) => tbl),
    audit: some.flatMap(({ audit }) => (audit === null ? [] : [audit])),
  }));
  return all
    .map((one) => ({ ...one, tables: one.tables.filter((table) => !TRACES.has(table)) }))
    .filter(
      ({ tables: changed, audit }) =>
        changed.length > 0 ||
        audit.some(({ outcome, action }) => !REFUSALS.has(outcome) && action !== 'forwarding.preview'),
    );
}

/** Keeps all rows that there are, to compare with. To be called first. */
export async function keepRows(exchange: Exchange): Promise<void> {
  await exchange.sql('CREATE SCHEMA fuzz');
  for (const { name } of await tables(exchange))
    await exchange.sql(`CREATE UNLOGGED TABLE fuzz.was_${name} AS SELECT row::text AS row FROM public.${name} AS row`);
}

/** Where an agency may be named by another without having agreed: the directory is open to all. */
const MAY_NAME: Readonly<Record<string, string>> = {
  statement: 'a person said something about sharing with it',
  release: 'a person released somebody towards it',
  consent_proposal: 'somebody proposed what a person said about sharing with it',
  agreement_party: 'somebody drafted an agreement with it, which it has not signed',
  event: 'it is told that the draft is there',
  link_code: 'somebody issued a code to it, which the person may bring along',
  audit: 'what others did, under their own name',
  idempotency_key: 'the ids that an answer is rendered from when it is asked for again',
  laufzettel: 'a slip is planned to go to it',
};

/**
 * Faults: a row that named one of these ids before and is not there as it was, or a new one that names a thing of theirs,
 * or their agency where nobody may name it.
 */
export async function changesOf(
  exchange: Exchange,
  things: readonly string[],
  agencies: readonly string[],
): Promise<string[]> {
  const faults: string[] = [];
  const any = (ids: readonly string[]): string => ids.join('|');
  for (const { name } of await tables(exchange)) {
    const [{ gone, new_things, new_agencies }] = await exchange.sql(
      `WITH now AS MATERIALIZED (SELECT row::text AS row FROM public.${name} AS row),
         mine AS MATERIALIZED (SELECT row FROM now WHERE row ~ $1)
       SELECT (SELECT count(*)::int FROM fuzz.was_${name} AS was WHERE was.row ~ $1 AND was.row NOT IN (SELECT row FROM mine)) AS gone,
         (SELECT count(*)::int FROM mine WHERE row ~ $2 AND row NOT IN (SELECT row FROM fuzz.was_${name})) AS new_things,
         (SELECT count(*)::int FROM mine WHERE row ~ $3 AND row NOT IN (SELECT row FROM fuzz.was_${name})) AS new_agencies`,
      [any([...things, ...agencies]), any(things), any(agencies)],
    );
    if (gone > 0) faults.push(`${gone} rows of ${name} that belong to others are gone or changed`);
    // The audit says what somebody asked for, and an id that was asked for is no thing that was found.
    if (new_things > 0 && name !== 'audit') faults.push(`${new_things} new rows of ${name} name things of others`);
    if (new_agencies > 0 && MAY_NAME[name] === undefined)
      faults.push(`${new_agencies} new rows of ${name} name agencies that take no part`);
  }
  return faults;
}
