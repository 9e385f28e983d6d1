/**
 * The floor: what a machine has to do at the least for the four works, one statement each. The very tables of the service,
 * asked by a superuser for whom no trigger fires, no foreign key is looked up and no wall stands; payloads lie in clear
 * beside them. It reads and writes the rows that the service reads and writes, but for the facts that a decision needs:
 * the audit, the event, the reader's entry in lists, the person's version, the key of the request.
 */

/** Payloads in clear, for the floor alone. */
export const FLOOR_TABLES = `
  CREATE SCHEMA floor;
  CREATE TABLE floor.payload (entry_id uuid PRIMARY KEY, payload json NOT NULL);`;

const NOW = "date_trunc('milliseconds', clock_timestamp())";

export interface Statement {
  name: string;
  text: string;
}

/** $1 forwarding, $2 reader. */
export const READ: Statement = {
  name: 'read',
  text: `
    WITH got AS MATERIALIZED (
      SELECT d.entry_id, e.category, e.origin_id, d.opened_at, p.payload
      FROM disclosure d JOIN entry e ON e.id = d.entry_id JOIN floor.payload p ON p.entry_id = e.id
      WHERE d.forwarding_id = $1 AND d.to_id = $2 AND d.closed_at IS NULL
    ), noted AS (
      INSERT INTO audit (id, at, agency_id, system, action, outcome, subject)
      SELECT uuidv7(), ${NOW}, $2, 'floor', 'entries.read', 'PERMIT',
        jsonb_build_object('forwarding', $1::uuid, 'entries', (SELECT jsonb_agg(entry_id) FROM got))
    )
    SELECT f.id, f.laufzettel_id AS "laufzettelId", f.from_id AS "from", f.to_id AS "to", f.to_client_id AS "clientId", l.kind,
      f.purpose, l.urgency, l.due_date AS "dueDate", f.status, f.version, f.sent_at AS "sentAt", f.changed_at AS "changedAt",
      (SELECT json_agg(json_build_object('id', g.entry_id, 'category', g.category, 'origin', g.origin_id,
        'createdAt', g.opened_at, 'payload', g.payload)) FROM got g) AS entries
    FROM forwarding f JOIN laufzettel l ON l.id = f.laufzettel_id WHERE f.id = $1 AND f.to_id = $2`,
};

/** $1 reader. */
export const INBOX: Statement = {
  name: 'inbox',
  text: `
    SELECT f.id, f.laufzettel_id AS "laufzettelId", f.from_id AS "from", f.to_id AS "to", f.to_client_id AS "clientId", l.kind,
      f.purpose, l.urgency, l.due_date AS "dueDate", f.status, f.version, f.sent_at AS "sentAt", f.changed_at AS "changedAt"
    FROM forwarding f JOIN laufzettel l ON l.id = f.laufzettel_id
    WHERE f.to_id = $1 ORDER BY f.sent_at DESC, f.id DESC LIMIT 50`,
};

/** $1 creator, $2 its handle, $3 entries as JSON: [{category, payload}], $4 kind, $5 purpose, $6 key of the request. */
export const CREATE: Statement = {
  name: 'create',
  text: `
    WITH slip AS (
      INSERT INTO laufzettel (id, client_id, created_by, kind, purpose, urgency, created_at)
      VALUES (uuidv7(), $2, $1, $4, $5, 'NORMAL', ${NOW}) RETURNING *
    ), listed AS (
      INSERT INTO laufzettel_reader (agency_id, laufzettel_id, created_at, changed_at, hears_end)
      SELECT $1, id, created_at, created_at, true FROM slip
    ), given AS MATERIALIZED (
      SELECT uuidv7() AS id, one ->> 'category' AS category, one -> 'payload' AS payload, slip.id AS slip, slip.created_at
      FROM slip, json_array_elements($3::json) AS one
    ), entries AS (
      INSERT INTO entry (id, client_id, origin_id, category, secrecy, created_at)
      SELECT id, $2, $1, category, false, created_at FROM given
    ), concerned AS (
      INSERT INTO entry_concern (entry_id, client_id) SELECT id, $2 FROM given
    ), contents AS (
      INSERT INTO floor.payload (entry_id, payload) SELECT id, payload FROM given
    ), placed AS (
      INSERT INTO laufzettel_entry (laufzettel_id, entry_id, added_by) SELECT slip, id, $1 FROM given
    ), noted AS (
      INSERT INTO audit (id, at, agency_id, system, action, outcome, subject)
      SELECT uuidv7(), created_at, $1, 'floor', 'laufzettel.create', 'DONE', jsonb_build_object('laufzettel', id) FROM slip
    ), keyed AS (
      INSERT INTO idempotency_key (scope, key_hash, request_hash, attempt, started_at, action, outcome, subject, effect_at)
      SELECT $1::text, decode($6, 'hex'), decode($6, 'hex'), id, created_at, 'laufzettel.create', 'DONE',
        jsonb_build_object('laufzettel', id), created_at FROM slip
    )
    SELECT slip.id, slip.client_id AS "clientId", slip.kind, slip.purpose, slip.urgency, slip.status, slip.version,
      slip.created_at AS "createdAt", (SELECT json_agg(id) FROM given) AS "entryIds" FROM slip`,
};

/** $1 sender, $2 Laufzettel, $3 recipient, $4 key of the request. What a yes to the recipient names goes. */
export const FORWARD: Statement = {
  name: 'forward',
  text: `
    WITH slip AS MATERIALIZED (
      SELECT l.id, l.kind, l.purpose, l.urgency, l.due_date, l.client_id, c.person_id, t.id AS to_client_id, ${NOW} AS now
      FROM laufzettel l JOIN client c ON c.id = l.client_id
        JOIN client t ON t.person_id = c.person_id AND t.agency_id = $3
      WHERE l.id = $2 AND l.created_by = $1
    ), yes AS MATERIALIZED (
      SELECT s.id, s.categories, s.valid_until FROM slip JOIN statement s ON s.client_id = slip.client_id
      WHERE s.decision = 'GIVEN' AND s.recipient_id = $3 AND s.purpose = slip.purpose AND slip.now < s.valid_until
    ), hop AS (
      INSERT INTO forwarding (id, laufzettel_id, from_id, to_id, from_client_id, to_client_id, purpose, status, sent_at,
        changed_at, expires_at)
      SELECT uuidv7(), id, $1, $3, client_id, to_client_id, purpose, 'SENT', now, now, now + interval '14 days' FROM slip
      RETURNING *
    ), listed AS (
      INSERT INTO laufzettel_reader (agency_id, laufzettel_id, created_at, changed_at, hears_end)
      SELECT $3, id, now, now, true FROM slip ON CONFLICT DO NOTHING
    ), going AS MATERIALIZED (
      SELECT e.id, e.category FROM laufzettel_entry le JOIN entry e ON e.id = le.entry_id, yes
      WHERE le.laufzettel_id = $2 AND e.category = ANY (yes.categories)
    ), disclosed AS (
      INSERT INTO disclosure (id, forwarding_id, entry_id, person_id, from_id, to_id, purpose, opened_at, good_until, relied_on)
      SELECT uuidv7(), hop.id, going.id, slip.person_id, $1, $3, hop.purpose, hop.sent_at, least(yes.valid_until, hop.expires_at),
        jsonb_build_object('agreements', '[]'::jsonb, 'statements', jsonb_build_array(yes.id), 'releases', '[]'::jsonb, 'row', NULL)
      FROM hop, slip, yes, going
    ), counted AS (
      UPDATE person p SET version = p.version + 1 FROM slip WHERE p.id = slip.person_id
    ), noted AS (
      INSERT INTO audit (id, at, agency_id, system, action, outcome, subject)
      SELECT uuidv7(), hop.sent_at, $1, 'floor', 'forwarding.send', 'PERMIT',
        jsonb_build_object('laufzettel', $2::uuid, 'forwarding', hop.id, 'permitted', (SELECT jsonb_agg(id) FROM going)) FROM hop
    ), told AS (
      INSERT INTO event (id, agency_id, type, subject, at)
      SELECT uuidv7(), $3, 'forwarding.received', jsonb_build_object('forwardingId', hop.id), hop.sent_at FROM hop
    ), keyed AS (
      INSERT INTO idempotency_key (scope, key_hash, request_hash, attempt, started_at, action, outcome, subject, effect_at)
      SELECT $1::text, decode($4, 'hex'), decode($4, 'hex'), hop.id, hop.sent_at, 'forwarding.send', 'PERMIT',
        jsonb_build_object('forwarding', hop.id), hop.sent_at FROM hop
    )
    SELECT hop.id, hop.laufzettel_id AS "laufzettelId", $1::uuid AS "from", $3::uuid AS "to", hop.from_client_id AS "clientId",
      slip.kind, hop.purpose, slip.urgency, slip.due_date AS "dueDate", hop.status, hop.version, hop.sent_at AS "sentAt",
      hop.changed_at AS "changedAt",
      (SELECT json_agg(json_build_object('entryId', id, 'category', category)) FROM going) AS disclosed
    FROM hop, slip`,
};
