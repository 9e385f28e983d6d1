/** The database against the book: everything acknowledged is there once as it was acknowledged, and nothing else is. */
import { type Book, CATEGORIES, type Case } from './case.ts';
import type { CrashDatabase } from './database.ts';
import { type Finding, invented, lost, reconcile } from './findings.ts';

type Row = Record<string, string>;

export async function checkDatabase({ cases }: Book, database: CrashDatabase): Promise<Finding[]> {
  const read = async (text: string): Promise<string[]> => (await database.rows<Row>(text)).map((row) => row.line!);
  const there: Record<string, string[]> = {};
  for (const [name, text] of Object.entries(THERE)) there[name] = await read(text);
  const asked = cases.map(linesOf);
  const found = Object.keys(THERE).flatMap((name) =>
    reconcile(
      'database',
      asked.flatMap((lines) => lines[name] ?? []),
      there[name]!,
    ),
  );
  const halves = await Promise.all(HALF_DONE.map(([, text]) => read(text)));
  return [
    ...found,
    ...(await unreadThoughRead(cases, read)),
    ...halves.flatMap((lines, place) => lines.map((line) => invented('database', `${HALF_DONE[place]![0]}: ${line}`))),
  ];
}

/** What an audit record or a key is about. */
const ABOUT = `coalesce(subject ->> 'forwarding', subject ->> 'statement', subject ->> 'laufzettel', subject ->> 'client')`;
const ACTED = `action IN ('client.create', 'statement.record', 'laufzettel.create', 'forwarding.send', 'forwarding.step')`;
/** What preparing, reading and looking after webhooks leave behind; its own tests say what. */
const NOT_OF_CASES = `action NOT LIKE 'agency.%' AND action NOT LIKE 'agreement.%' AND action NOT LIKE 'system.%'
  AND action NOT LIKE 'webhook.%' AND action <> 'entries.read'`;

/** One line for each row, of every table that a case writes to. */
const THERE = {
  clients: `SELECT 'client ' || c.id || ' of ' || c.agency_id AS line FROM client c
    WHERE NOT EXISTS (SELECT FROM forwarding f WHERE f.to_client_id = c.id)`,
  handles: `SELECT 'handle of ' || f.id || ' at ' || c.agency_id || ' on ' || sender.id AS line FROM forwarding f
    JOIN client c ON c.id = f.to_client_id
    JOIN client sender ON sender.id = f.from_client_id AND sender.person_id = c.person_id`,
  statements: `SELECT 'statement ' || id || ' of ' || client_id || ': ' || decision || ' to ' || coalesce(recipient_id::text, '') || ' by '
    || recorded_by AS line FROM statement`,
  laufzettel: `SELECT 'laufzettel ' || id || ' of ' || client_id || ' by ' || created_by AS line FROM laufzettel`,
  entries: `SELECT 'entry ' || e.id || ' ' || e.category || ' of ' || e.client_id || ' by ' || e.origin_id || ' on '
    || coalesce(l.laufzettel_id::text, 'none') AS line
    FROM entry e JOIN entry_payload p ON p.entry_id = e.id JOIN entry_concern c ON c.entry_id = e.id AND c.client_id = e.client_id
    LEFT JOIN laufzettel_entry l ON l.entry_id = e.id`,
  forwardings: `SELECT 'forwarding ' || id || ' of ' || laufzettel_id || ' from ' || from_id || ' to ' || to_id || ': ' || status || ' '
    || version AS line FROM forwarding`,
  disclosures: `SELECT 'disclosure of ' || entry_id || ' by ' || forwarding_id || ':'
    || CASE WHEN closed_at IS NULL THEN ' open' ELSE ' closed' END || CASE WHEN fetched_at IS NULL THEN '' ELSE ', read' END AS line
    FROM disclosure`,
  audit: `SELECT 'audit ' || action || ' ' || outcome || ' ' || agency_id || ' ' || ${ABOUT} AS line FROM audit WHERE ${ACTED}`,
  closings: `SELECT 'audit of the closing of ' || d.forwarding_id || ' ' || d.entry_id AS line
    FROM audit a, jsonb_array_elements_text(a.subject -> 'disclosures') AS one JOIN disclosure d ON d.id = one::uuid
    WHERE a.action = 'disclosure.close'`,
  otherAudit: `SELECT 'audit ' || action || ' ' || id AS line FROM audit
    WHERE NOT (${ACTED}) AND ${NOT_OF_CASES} AND action <> 'disclosure.close'`,
  keys: `SELECT 'key ' || action || ' ' || outcome || ' ' || ${ABOUT} AS line FROM idempotency_key WHERE ${ACTED}`,
  otherKeys: `SELECT 'key ' || action AS line FROM idempotency_key WHERE NOT (${ACTED})`,
} as const;

/** What no crash may leave behind. Each row is a finding. */
const HALF_DONE = [
  [
    'a forwarding without what it discloses',
    `SELECT f.id::text AS line FROM forwarding f WHERE NOT EXISTS (SELECT FROM disclosure d WHERE d.forwarding_id = f.id)`,
  ],
  [
    'a forwarding that its recipient was not told of once',
    `SELECT f.id::text AS line FROM forwarding f WHERE (SELECT count(*) FROM event e WHERE e.agency_id = f.to_id
       AND e.type = 'forwarding.received' AND e.subject ->> 'forwardingId' = f.id::text) <> 1`,
  ],
  [
    'a key without the effect that it names',
    `SELECT k.action || ' ' || k.effect_at AS line FROM idempotency_key k WHERE NOT EXISTS (SELECT FROM audit a
       WHERE a.action = k.action AND a.outcome = k.outcome AND a.at = k.effect_at AND a.subject = k.subject)`,
  ],
  ['an event without a number', 'SELECT id::text AS line FROM event WHERE sequence IS NULL'],
  [
    'a feed that ends elsewhere than its events',
    `SELECT f.agency_id::text AS line FROM event_feed f
     WHERE f.last <> (SELECT count(*) FROM event e WHERE e.agency_id = f.agency_id)
       OR f.last <> (SELECT coalesce(max(e.sequence), 0) FROM event e WHERE e.agency_id = f.agency_id)`,
  ],
  ['a message that still waits', `SELECT m.webhook_id || ' ' || m.sequence AS line FROM webhook_message m`],
] as const;

/** What should be there, by the table it should stand in. */
function linesOf(one: Case): Record<string, string[]> {
  const { from, to, client, statements, laufzettel, entries, forwarding, status, version, steps } = one;
  const isRead = one.recipientClient !== null;
  const isClosed = ['BLOCKED', 'RECALLED', 'REJECTED'].includes(status);
  const acts = [
    `client.create DONE ${from.id} ${client}`,
    ...statements.map(({ id, decision }) => `statement.record ${decision} ${from.id} ${id}`),
    `laufzettel.create DONE ${from.id} ${laufzettel}`,
    forwarding === null
      ? `forwarding.send WITHHOLD ${from.id} ${laufzettel}`
      : `forwarding.send PERMIT ${from.id} ${forwarding}`,
    ...steps.map((step) => `forwarding.step ${step} ${isBySender(step) ? from.id : to.id} ${forwarding}`),
  ];
  const written = {
    clients: [`client ${client} of ${from.id}`],
    statements: statements.map(
      ({ id, decision }) => `statement ${id} of ${client}: ${decision} to ${to.id} by ${from.id}`,
    ),
    laufzettel: [`laufzettel ${laufzettel} of ${client} by ${from.id}`],
    entries: entries.map((id, place) => `entry ${id} ${CATEGORIES[place]} of ${client} by ${from.id} on ${laufzettel}`),
    audit: acts.map((act) => `audit ${act}`),
    keys: acts.map((act) => `key ${withoutAgency(act)}`),
  };
  if (forwarding === null) return written;
  return {
    ...written,
    handles: [`handle of ${forwarding} at ${to.id} on ${client}`],
    forwardings: [`forwarding ${forwarding} of ${laufzettel} from ${from.id} to ${to.id}: ${status} ${version}`],
    disclosures: entries.map(
      (id) => `disclosure of ${id} by ${forwarding}:${isClosed ? ' closed' : ' open'}${isRead ? ', read' : ''}`,
    ),
    closings: isClosed ? entries.map((id) => `audit of the closing of ${forwarding} ${id}`) : [],
  };
}

const isBySender = (step: string): boolean => ['CLOSED', 'RECALLED'].includes(step);

/** A key names the same as an audit record, but whose it is. */
function withoutAgency(act: string): string {
  const [action, outcome, , about] = act.split(' ');
  return `${action} ${outcome} ${about}`;
}

/** An answer that showed something was audited, once or, where it broke off and was asked for again, more often. */
async function unreadThoughRead(cases: Case[], read: (text: string) => Promise<string[]>): Promise<Finding[]> {
  const handles = await read(
    `SELECT f.id || ' ' || f.to_client_id AS line FROM forwarding f WHERE EXISTS (SELECT FROM audit a
       WHERE a.action = 'entries.read' AND a.agency_id = f.to_id AND a.subject -> 'entries' ?| ARRAY(
         SELECT d.entry_id::text FROM disclosure d WHERE d.forwarding_id = f.id))`,
  );
  const known = new Set(handles);
  return cases
    .filter(
      ({ forwarding, recipientClient }) => recipientClient !== null && !known.has(`${forwarding} ${recipientClient}`),
    )
    .map(({ forwarding }) => lost('database', `the audit of the reading of ${forwarding}`));
}
