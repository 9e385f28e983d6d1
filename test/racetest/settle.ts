/** Checks a story when it is over, and counts it. */
import type { Pool } from 'pg';
import { checkForwardings, checkHistory } from './check-history.ts';
import { checkRows } from './check-rows.ts';
import { type Call, printed, succeeded, type Violation } from './history.ts';
import { auditsOf, factsOf } from './load.ts';
import type { Services } from './services.ts';
import type { Story } from './story.ts';

export interface RaceReport {
  rounds: number;
  calls: number;
  reads: number;
  /** Readings that showed something: a race in which nobody reads shows nothing. */
  shown: number;
  disclosures: number;
  refusals: number;
  /** Endings that were answered, by name. */
  endings: Record<string, number>;
  /** Forwardings and readings that were under way while an ending was. */
  contested: number;
  /** Forwardings that were sent while an ending was under way, and how each came out. */
  won: number;
  lost: number;
  overloaded: number;
  hungUp: number;
  violations: Violation[];
  /** The histories of the stories with violations, a few of them. */
  slices: string[];
}

export const emptyReport = (): RaceReport => ({
  rounds: 0,
  calls: 0,
  reads: 0,
  shown: 0,
  disclosures: 0,
  refusals: 0,
  endings: {},
  contested: 0,
  won: 0,
  lost: 0,
  overloaded: 0,
  hungUp: 0,
  violations: [],
  slices: [],
});

/** @param since the database's clock when the story began. */
export async function settle(owner: Pool, report: RaceReport, story: Story, since: Date): Promise<void> {
  const { calls } = story.recorder;
  const [audits, facts] = await Promise.all([auditsOf(owner, story, since), factsOf(owner, story, since)]);
  const rows = facts.rows.map((row) => row.id);
  const violations = [
    ...checkHistory(calls, audits),
    ...checkRows(facts),
    ...(await toldTwice(owner, rows, since)),
    ...checkForwardings(
      calls,
      facts.hops.map((hop) => hop.id),
      audits,
    ),
  ];
  count(report, calls, rows.length);
  if (violations.length === 0) return;
  report.violations.push(...violations);
  const marked = new Set(violations.flatMap((one) => one.calls));
  const why = violations.map((one) => `  ${one.rule}: ${one.says}`).join('\n');
  report.slices.push(
    `Story ${story.id}\n${why}\n${printed(
      calls.filter((call) => isTold(call, marked)),
      marked,
    )}`,
  );
}

/** Of a story that went wrong: what happened, and not every reading that showed nothing. */
const isTold = (call: Call, marked: ReadonlySet<string>): boolean =>
  marked.has(call.id) || ['forward', 'end', 'step'].includes(call.act) || call.shows.length > 0;

/** Each closing is one audit record, and one event to each who hears of it. */
async function toldTwice(owner: Pool, rows: readonly string[], since: Date): Promise<Violation[]> {
  const { rows: audited } = await owner.query(
    `SELECT d.id, d.closed_at IS NOT NULL AS closed, count(a.id)::int AS many FROM disclosure d
       LEFT JOIN audit a ON a.at >= $2 AND a.action = 'disclosure.close' AND a.subject -> 'disclosures' ? d.id::text
     WHERE d.id = ANY ($1) GROUP BY d.id`,
    [rows, since],
  );
  const { rows: told } = await owner.query(
    `SELECT subject ->> 'disclosureId' AS id FROM event WHERE at >= $2 AND type = 'disclosure.closed'
       AND subject ->> 'disclosureId' = ANY ($1) GROUP BY 1, agency_id HAVING count(*) > 1`,
    [rows, since],
  );
  return [
    ...audited
      .filter((row) => row.many !== (row.closed ? 1 : 0))
      .map((row) => ({ rule: 'a closing not audited exactly once', says: `row ${row.id}: ${row.many}`, calls: [] })),
    ...told.map((row) => ({ rule: 'a closing told twice', says: `row ${row.id}`, calls: [] })),
  ];
}

export async function deadlocks({ owner, databaseName }: Services): Promise<Violation[]> {
  const text = 'SELECT deadlocks::int AS many FROM pg_stat_database WHERE datname = $1';
  const { rows } = await owner.query(text, [databaseName]);
  return rows[0].many === 0 ? [] : [{ rule: 'a deadlock', says: String(rows[0].many), calls: [] }];
}

function count(report: RaceReport, calls: readonly Call[], disclosures: number): void {
  const of = (passes: (call: Call) => boolean): number => calls.filter(passes).length;
  const ends = calls.filter((call) => call.act === 'end' && succeeded(call));
  const meetsAnEnd = (call: Call): boolean =>
    ends.some((end) => call.sentAt < end.answeredAt && end.sentAt < call.answeredAt);
  report.rounds += 1;
  report.calls += calls.length;
  report.reads += of((call) => call.act === 'read');
  report.shown += of((call) => call.shows.length > 0);
  report.disclosures += disclosures;
  report.refusals += of((call) => call.act === 'forward' && call.code === 'consent-missing' && !call.replayed);
  report.contested += of((call) => ['read', 'forward'].includes(call.act) && meetsAnEnd(call));
  report.won += of((call) => call.act === 'forward' && succeeded(call) && meetsAnEnd(call));
  report.lost += of((call) => call.act === 'forward' && call.code === 'consent-missing' && meetsAnEnd(call));
  report.overloaded += of((call) => call.code === 'overloaded');
  report.hungUp += of((call) => call.status === 0);
  for (const { what } of ends) report.endings[what] = (report.endings[what] ?? 0) + 1;
}
