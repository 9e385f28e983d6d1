/** What the database keeps of one story, for the checks: facts, and the audit by the pseudonyms of the calls. */
import type { Pool } from 'pg';
import type { Audited } from './check-history.ts';
import type { Facts, Said } from './check-rows.ts';
import type { Story } from './story.ts';

const ms = (at: Date | null): number | null => (at === null ? null : at.getTime());

// biome-ignore lint/suspicious/noExplicitAny: rows are what the query asked for
const rows = async (owner: Pool, text: string, values: unknown[]): Promise<any[]> =>
  (await owner.query({ name: text.slice(0, 60), text, values })).rows;

/** @param since the database's clock when the story began. */
export async function auditsOf(owner: Pool, story: Story, since: Date): Promise<Audited[]> {
  const found = await rows(
    owner,
    `SELECT caseworker AS call, action, outcome, subject FROM audit
     WHERE agency_id = ANY ($1) AND at >= $2 AND action IN ('forwarding.send', 'entries.read')
       AND (action = 'entries.read' OR subject ->> 'laufzettel' = $3)`,
    [Object.values(story.lane.agencies), since, story.slip],
  );
  const mine = new Set(story.recorder.calls.map((call) => call.id));
  return found
    .filter((one) => one.action === 'forwarding.send' || mine.has(one.call))
    .map((one) => ({
      call: one.call,
      action: one.action,
      outcome: one.outcome,
      entries: one.subject.entries ?? [],
      hop: one.subject.forwarding ?? null,
    }));
}

/** Whether the audit has a record of a reading; asked while its answer is fresh. */
export async function isAudited(owner: Pool, agencies: readonly string[], call: string, since: Date): Promise<boolean> {
  const text = `SELECT FROM audit WHERE agency_id = ANY ($1) AND at >= $3 AND caseworker = $2 AND action = 'entries.read'`;
  return (await rows(owner, text, [agencies, call, since])).length === 1;
}

export async function factsOf(owner: Pool, story: Story, since: Date): Promise<Facts> {
  const agencies = Object.values(story.lane.agencies);
  const [said, agreements, suspensions, entries, disclosures, hops] = await Promise.all([
    saidAbout(owner, story),
    rows(
      owner,
      `SELECT array_agg(p.agency_id) AS parties, max(p.signed_at) AS "from", a.terminated_at AS until, a.xmin::text AS tx
       FROM agreement a JOIN agreement_party p ON p.agreement_id = a.id
       WHERE a.id IN (SELECT agreement_id FROM agreement_party WHERE agency_id = $1)
         AND coalesce(a.terminated_at, 'infinity') >= $2 AND a.valid_until IS NULL
       GROUP BY a.id HAVING bool_and(p.signed_at IS NOT NULL)`,
      [story.lane.agencies.A, since],
    ),
    suspensionsOf(owner, agencies, since),
    rows(
      owner,
      `SELECT e.id, e.category, e.origin_id AS origin, newer.created_at AS replaced, newer.xmin::text AS replaced_tx,
         k.destroyed_at AS erased, k.xmin::text AS erased_tx
       FROM entry e JOIN client_key k ON k.client_id = e.client_id LEFT JOIN entry newer ON newer.replaces = e.id
       WHERE e.client_id = $1`,
      [story.handles.A],
    ),
    rows(
      owner,
      `SELECT d.id, d.entry_id AS entry, d.forwarding_id AS hop, d.from_id AS "from", d.to_id AS "to", d.opened_at AS opened,
         d.closed_at AS closed,
         (SELECT a.xmin::text FROM audit a WHERE a.at >= $2 AND a.action = 'disclosure.close' AND a.subject -> 'disclosures' ? d.id::text
          LIMIT 1) AS closed_tx
       FROM disclosure d JOIN forwarding f ON f.id = d.forwarding_id WHERE f.laufzettel_id = $1`,
      [story.slip, since],
    ),
    rows(
      owner,
      `SELECT f.id, min(a.at) AS ended, min(a.xmin::text) AS ended_tx FROM forwarding f LEFT JOIN audit a ON a.agency_id IN (f.from_id, f.to_id) AND a.at >= $2
         AND a.action = 'forwarding.step' AND a.outcome IN ('REJECTED', 'RECALLED') AND a.subject ->> 'forwarding' = f.id::text
       WHERE f.laufzettel_id = $1 GROUP BY f.id`,
      [story.slip, since],
    ),
  ]);
  return {
    said,
    suspensions,
    agreements: agreements.map((one) => ({
      tx: one.tx,
      parties: one.parties,
      from: ms(one.from)!,
      until: ms(one.until),
    })),
    entries: entries.map(({ replaced, erased, ...one }) => ({
      ...one,
      replacedAt: ms(replaced),
      erasedAt: ms(erased),
    })),
    rows: disclosures.map(({ closed_tx, ...one }) => ({
      ...one,
      closedTx: closed_tx,
      opened: ms(one.opened)!,
      closed: ms(one.closed),
    })),
    hops: hops.map((one) => ({ id: one.id, endedAt: ms(one.ended), endedTx: one.ended_tx })),
  };
}

/** What the person said at every handle; at another person's before a link from the link on. */
async function saidAbout(owner: Pool, story: Story): Promise<Said[]> {
  const found = await rows(
    owner,
    `SELECT s.client_id AS client, s.decision, s.discloser_id, s.recipient_id, s.categories, s.stated_at, s.recorded_at, s.valid_from, s.valid_until,
       l.linked_at, l.ended_at, s.xmin::text AS tx,
       (SELECT a.xmin::text FROM audit a WHERE a.agency_id = l.linked_by AND a.at = l.linked_at AND a.action = 'client.link'
          AND a.subject ->> 'link' = l.id::text) AS link_tx
     FROM statement s JOIN client c ON c.id = s.client_id
       LEFT JOIN client_link l ON l.redeemer_client_id = c.id AND l.issuer_client_id = $1
     WHERE c.id = ANY ($2)`,
    [story.handles.A, [...Object.values(story.handles), ...(story.link === null ? [] : [story.link.handle])]],
  );
  return found
    .filter((one) => one.client !== story.link?.handle || one.linked_at !== null)
    .map((one) => ({
      tx: one.tx,
      linkTx: one.link_tx,
      given: one.decision === 'GIVEN',
      discloser: one.discloser_id,
      recipient: one.recipient_id,
      categories: one.categories?.length > 0 ? one.categories : null,
      statedAt: ms(one.stated_at)!,
      recordedAt: ms(one.recorded_at)!,
      countsFrom: Math.max(ms(one.recorded_at)!, ms(one.linked_at) ?? 0),
      countsUntil: ms(one.ended_at),
      validFrom: ms(one.valid_from) ?? 0,
      validUntil: ms(one.valid_until) ?? 0,
    }));
}

/** The table says who is suspended now; the audit says when. */
async function suspensionsOf(owner: Pool, agencies: readonly string[], since: Date): Promise<Facts['suspensions']> {
  const found = await rows(
    owner,
    `SELECT action, at, subject ->> 'agency' AS agency, xmin::text AS tx FROM audit
     WHERE agency_id IS NULL AND at >= $2 AND action IN ('agency.suspend', 'agency.reinstate') AND subject ->> 'agency' = ANY ($1)
     ORDER BY at, id`,
    [agencies, since],
  );
  const all: { tx: string; agency: string; from: number; until: number | null }[] = [];
  for (const { action, at, agency, tx } of found) {
    const open = all.find((one) => one.agency === agency && one.until === null);
    if (action === 'agency.suspend') {
      if (open === undefined) all.push({ tx, agency, from: at.getTime(), until: null });
    } else if (open !== undefined) open.until = at.getTime();
  }
  return all;
}
