/**
 * What a request left behind. A refused one leaves the contents of every table as they were, but for the traces that are
 * named here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import type { Exchange } from '../support/exchange.ts';

/** Rows that do not count, each with the reason; every other row of every table does. */
const TRACES: Readonly<Record<string, string>> = {
  // A refused forwarding, request or link is audited, and every preview (consent.md); what was done is another outcome.
  audit: `outcome IN ('WITHHOLD', 'REFUSED') OR action IN ('forwarding.preview', 'agreement.preview')`,
  // What was refused is refused again by its key; kept for 24 h.
  idempotency_key: 'true',
  // A presented assertion is used up, whatever comes of it.
  assertion_used: 'true',
};

/** A table without rows is there too, so that a dropped one is noticed. */
export type Contents = Readonly<Record<string, string>>;

/** A digest of the contents of each table, from one snapshot. */
export async function contentsOf({ sql }: Pick<Exchange, 'sql'>): Promise<Contents> {
  const tables = await sql(`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`);
  const digests = tables.map(({ name }) => {
    const counts = TRACES[name] === undefined ? '' : `WHERE NOT (${TRACES[name]})`;
    return `SELECT '${name}' AS name, coalesce(md5(string_agg(row::text, E'\\n' ORDER BY row::text)), '') AS digest
            FROM public.${name} AS row ${counts}`;
  });
  const found = await sql(digests.join(' UNION ALL '));
  return Object.fromEntries(found.map(({ name, digest }) => [name, digest]));
}

/** Runs what must have no effect, and says which tables it changed all the same. */
export async function leavesNoTrace(t: Test, exchange: Exchange, attempt: () => Promise<void>): Promise<void> {
  // What was told before gets its numbers first.
  while ((await exchange.sql('SELECT FROM event WHERE sequence IS NULL LIMIT 1')).length > 0) await sleep(10);
  const before = await contentsOf(exchange);
  await attempt();
  const after = await contentsOf(exchange);
  const changed = Object.keys(before).filter((table) => before[table] !== after[table]);
  t.same(changed, [], 'no table has changed');
}
