-- Lists people ask for: forwardings and Laufzettel by what their headers show, clients with open matters, an entry's hops.
--
-- A filter is {name: value}; what it does not name does not narrow. It looks at nothing but what the reader's own header
-- shows, so that an answer, empty or not, tells nothing else. Statements with a filter are planned afresh for the values at
-- hand (EXECUTE ... USING does so): which index serves depends on them.

-- ------------------------------------------------------------------------------------------------------------ forwardings

-- What is under way is a small part of what there is, and asked for most. The same six as in api.list_open_clients.
CREATE INDEX forwarding_inbox_under_way ON forwarding (to_id, sent_at, id)
  WHERE status IN ('SENT', 'DELIVERED', 'ACCEPTED', 'IN_PROGRESS', 'ON_HOLD', 'ANSWERED');
CREATE INDEX forwarding_sent_under_way ON forwarding (from_id, sent_at, id)
  WHERE status IN ('SENT', 'DELIVERED', 'ACCEPTED', 'IN_PROGRESS', 'ON_HOLD', 'ANSWERED');
CREATE INDEX forwarding_inbox_changed ON forwarding (to_id, changed_at, id);
CREATE INDEX forwarding_sent_changed ON forwarding (from_id, changed_at, id);

-- The statuses that may be written down where one of these is shown: what time alone has expired is written down later.
-- Null: any. For the indexes, which know what is written down alone; internal.status_of decides.
CREATE FUNCTION internal.written_statuses(shown text[]) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN 'EXPIRED' = ANY (shown) THEN shown || '{SENT,DELIVERED}'::text[] ELSE shown END
$$;

-- Headers of what came to the reader, or went from it, as far as they pass the filter {status: [...], kind, partner, urgency,
-- dueBefore, dueAfter, changedSince, purpose}. Newest first; with changedSince in the order of their last change, so that
-- what changes while somebody pages through moves to the end and is met there.
DROP FUNCTION api.list_forwardings(uuid, boolean, bigint, uuid, int);
CREATE FUNCTION api.list_forwardings(reader uuid, received boolean, filter jsonb, after_at bigint, after_id uuid, most int)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  by_change boolean := filter ->> 'changedSince' IS NOT NULL;
  list jsonb;
BEGIN
  PERFORM internal.demand_active(reader);
  EXECUTE format($query$
    SELECT coalesce(jsonb_agg(internal.forwarding_header($1, f) ORDER BY f.%3$I %5$s, f.id %5$s), '[]') FROM (
      SELECT one.* FROM forwarding one JOIN laufzettel l ON l.id = one.laufzettel_id
      WHERE one.%1$I = $1
        AND ($2 IS NULL OR one.%2$I = $2)
        AND ($3 IS NULL OR one.status = ANY (internal.written_statuses($3)))
        AND ($3 IS NULL OR internal.status_of(one) = ANY ($3))
        AND ($4 IS NULL OR l.kind = $4)
        AND ($5 IS NULL OR l.urgency = $5)
        AND ($6 IS NULL OR l.due_date < $6)
        AND ($7 IS NULL OR l.due_date > $7)
        AND ($8 IS NULL OR one.changed_at >= $8)
        AND ($9 IS NULL OR one.purpose = $9)
        AND ($11 IS NULL OR (one.%3$I, one.id) %4$s ($10, $11))
      ORDER BY one.%3$I %5$s, one.id %5$s LIMIT $12) AS f $query$,
    CASE WHEN received THEN 'to_id' ELSE 'from_id' END,
    CASE WHEN received THEN 'from_id' ELSE 'to_id' END,
    CASE WHEN by_change THEN 'changed_at' ELSE 'sent_at' END,
    CASE WHEN by_change THEN '>' ELSE '<' END,
    CASE WHEN by_change THEN 'ASC' ELSE 'DESC' END)
  INTO list USING reader, (filter ->> 'partner')::uuid, internal.texts(filter -> 'status'), filter ->> 'kind',
    filter ->> 'urgency', (filter ->> 'dueBefore')::date, (filter ->> 'dueAfter')::date,
    internal.moment((filter ->> 'changedSince')::bigint), filter ->> 'purpose', internal.moment(after_at), after_id, most;
  RETURN list;
END $$;
GRANT EXECUTE ON FUNCTION api.list_forwardings(uuid, boolean, jsonb, bigint, uuid, int) TO laufzettel_service;

-- ------------------------------------------------------------------------------------------------------------- Laufzettel

-- Who may see a Laufzettel, in the order in which each is shown them: its creator, and whoever received it. Kept by the
-- triggers below, whatever statement writes. created_at: the Laufzettel's. changed_at: when the reader's view of it last
-- changed; to a recipient it is new when it comes.
CREATE TABLE laufzettel_reader (
  agency_id     uuid NOT NULL REFERENCES agency,
  laufzettel_id uuid NOT NULL REFERENCES laufzettel,
  created_at    timestamptz(3) NOT NULL,
  changed_at    timestamptz(3) NOT NULL,
  PRIMARY KEY (laufzettel_id, agency_id)
);
CREATE INDEX laufzettel_reader_created ON laufzettel_reader (agency_id, created_at, laufzettel_id);
CREATE INDEX laufzettel_reader_changed ON laufzettel_reader (agency_id, changed_at, laufzettel_id);
ALTER TABLE laufzettel_reader ENABLE ROW LEVEL SECURITY;

INSERT INTO laufzettel_reader (agency_id, laufzettel_id, created_at, changed_at)
SELECT l.created_by, l.id, l.created_at, l.created_at FROM laufzettel l;
INSERT INTO laufzettel_reader (agency_id, laufzettel_id, created_at, changed_at)
SELECT f.to_id, l.id, l.created_at, min(f.sent_at)
FROM forwarding f JOIN laufzettel l ON l.id = f.laufzettel_id GROUP BY f.to_id, l.id, l.created_at ON CONFLICT DO NOTHING;

CREATE FUNCTION internal.show_to_creator() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO laufzettel_reader (agency_id, laufzettel_id, created_at, changed_at)
  VALUES (NEW.created_by, NEW.id, NEW.created_at, NEW.created_at);
  RETURN NULL;
END $$;
CREATE TRIGGER laufzettel_created AFTER INSERT ON laufzettel
  FOR EACH ROW EXECUTE FUNCTION internal.show_to_creator();

CREATE FUNCTION internal.show_to_recipient() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO laufzettel_reader (agency_id, laufzettel_id, created_at, changed_at)
  SELECT NEW.to_id, l.id, l.created_at, NEW.sent_at FROM laufzettel l WHERE l.id = NEW.laufzettel_id
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER forwarding_shows_laufzettel AFTER INSERT ON forwarding
  FOR EACH ROW EXECUTE FUNCTION internal.show_to_recipient();

CREATE FUNCTION internal.show_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE laufzettel_reader r SET changed_at = api.clock_now() WHERE r.laufzettel_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER laufzettel_changed AFTER UPDATE OF status ON laufzettel
  FOR EACH ROW WHEN (NEW.status IS DISTINCT FROM OLD.status) EXECUTE FUNCTION internal.show_change();

CREATE INDEX laufzettel_client ON laufzettel (client_id);
CREATE INDEX laufzettel_open ON laufzettel (created_by) WHERE status = 'OPEN';

CREATE FUNCTION internal.laufzettel_shown(reader uuid, l laufzettel) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT internal.laufzettel_view(reader, l) || jsonb_build_object('changedAt', (
    SELECT internal.ms(r.changed_at) FROM laufzettel_reader r WHERE r.laufzettel_id = l.id AND r.agency_id = reader))
$$;

CREATE OR REPLACE FUNCTION api.get_laufzettel(reader uuid, slip uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT internal.laufzettel_shown(reader, l) FROM laufzettel l
          WHERE l.id = slip AND internal.may_see_laufzettel(reader, l));
END $$;

-- What the reader created or received, as far as it passes the filter {status: [...], kind, clientId, role, changedSince}. role:
-- CREATED by the reader, or RECEIVED, which another created. clientId: one of its handles; what is about the same person.
-- Newest first, with changedSince in the order of the last change; see api.list_forwardings.
DROP FUNCTION api.list_laufzettel(uuid, bigint, uuid, int);
CREATE FUNCTION api.list_laufzettel(reader uuid, filter jsonb, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  by_change boolean := filter ->> 'changedSince' IS NOT NULL;
  handles uuid[];
  list jsonb;
BEGIN
  PERFORM internal.demand_active(reader);
  IF filter ->> 'clientId' IS NOT NULL THEN
    handles := ARRAY(SELECT same.id FROM client asked JOIN client same ON same.person_id = asked.person_id
                     WHERE asked.id = (filter ->> 'clientId')::uuid AND asked.agency_id = reader);
  END IF;
  EXECUTE format($query$
    SELECT coalesce(jsonb_agg(internal.laufzettel_shown($1, l) ORDER BY page.at %3$s, l.id %3$s), '[]') FROM (
      SELECT r.laufzettel_id, r.%1$I AS at FROM laufzettel_reader r JOIN laufzettel one ON one.id = r.laufzettel_id
      WHERE r.agency_id = $1
        AND ($2 IS NULL OR one.status = ANY ($2))
        AND ($3 IS NULL OR one.kind = $3)
        AND ($4 IS NULL OR one.client_id = ANY ($4))
        AND ($5 IS DISTINCT FROM 'CREATED' OR one.created_by = $1)
        AND ($5 IS DISTINCT FROM 'RECEIVED' OR one.created_by <> $1)
        AND ($6 IS NULL OR r.changed_at >= $6)
        AND ($8 IS NULL OR (r.%1$I, r.laufzettel_id) %2$s ($7, $8))
      ORDER BY r.%1$I %3$s, r.laufzettel_id %3$s LIMIT $9) AS page
    JOIN laufzettel l ON l.id = page.laufzettel_id $query$,
    CASE WHEN by_change THEN 'changed_at' ELSE 'created_at' END,
    CASE WHEN by_change THEN '>' ELSE '<' END,
    CASE WHEN by_change THEN 'ASC' ELSE 'DESC' END)
  INTO list USING reader, internal.texts(filter -> 'status'), filter ->> 'kind', handles, filter ->> 'role',
    internal.moment((filter ->> 'changedSince')::bigint), internal.moment(after_at), after_id, most;
  RETURN list;
END $$;
GRANT EXECUTE ON FUNCTION api.list_laufzettel(uuid, jsonb, bigint, uuid, int) TO laufzettel_service;

-- ------------------------------------------------------------------------------------------- clients with open matters

-- The reader's handles under which something is open: a forwarding that it received and has still to answer, one that it
-- sent and that has not ended, a Laufzettel of its own. What is due first stands first; what is due on no day, last, in the
-- place of 9999-12-31.
CREATE FUNCTION api.list_open_clients(reader uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (
    WITH under_way AS (
      SELECT one.* FROM forwarding one
      WHERE reader IN (one.from_id, one.to_id)
        AND one.status IN ('SENT', 'DELIVERED', 'ACCEPTED', 'IN_PROGRESS', 'ON_HOLD', 'ANSWERED')
        AND internal.status_of(one) IN ('SENT', 'DELIVERED', 'ACCEPTED', 'IN_PROGRESS', 'ON_HOLD', 'ANSWERED')
    ), matter AS (
      SELECT f.to_client_id AS handle, 1 AS received, 0 AS sent, 0 AS opened, l.due_date
      FROM under_way f JOIN laufzettel l ON l.id = f.laufzettel_id WHERE f.to_id = reader AND f.status <> 'ANSWERED'
      UNION ALL
      SELECT f.from_client_id, 0, 1, 0, l.due_date
      FROM under_way f JOIN laufzettel l ON l.id = f.laufzettel_id WHERE f.from_id = reader
      UNION ALL
      SELECT l.client_id, 0, 0, 1, l.due_date FROM laufzettel l WHERE l.created_by = reader AND l.status = 'OPEN'
    ), open AS (
      SELECT m.handle, sum(m.received) AS received, sum(m.sent) AS sent, sum(m.opened) AS opened, min(m.due_date) AS next_due
      FROM matter m GROUP BY m.handle
    ), page AS (
      SELECT * FROM open o WHERE after_id IS NULL
        OR (coalesce(o.next_due, '9999-12-31'), o.handle) > ((internal.moment(after_at) AT TIME ZONE 'UTC')::date, after_id)
      ORDER BY coalesce(o.next_due, '9999-12-31'), o.handle LIMIT most
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object(
      'id', c.id, 'createdAt', internal.ms(c.created_at),
      'sealedFileReference', encode(c.file_reference_sealed, 'base64'), 'wrapped', encode(k.wrapped, 'base64'),
      'forwardingsReceived', page.received, 'forwardingsSent', page.sent, 'laufzettelOpen', page.opened,
      'nextDueDate', page.next_due) ORDER BY coalesce(page.next_due, '9999-12-31'), page.handle), '[]')
    FROM page JOIN client c ON c.id = page.handle AND c.agency_id = reader JOIN client_key k ON k.client_id = c.id);
END $$;
GRANT EXECUTE ON FUNCTION api.list_open_clients(uuid, bigint, uuid, int) TO laufzettel_service;

-- ---------------------------------------------------------------------------------------------------- the hops of an entry

-- From which agency to which one an entry went, oldest first. Its origin sees every hop; another agency those that it made,
-- and the one by which it got the entry, unless that closed before it was read: then it vanishes. Null: none of it.
CREATE FUNCTION api.list_entry_hops(reader uuid, entry uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  is_origin boolean;
BEGIN
  PERFORM internal.demand_active(reader);
  SELECT e.origin_id = reader INTO is_origin FROM public.entry e WHERE e.id = entry AND (e.origin_id = reader OR EXISTS (
    SELECT FROM disclosure d WHERE d.entry_id = e.id AND internal.sees_hop(reader, d)));
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT coalesce(jsonb_agg(to_jsonb(one) ORDER BY one."openedAt", one.id), '[]') FROM (
    SELECT d.id, d.from_id AS "from", d.to_id AS "to", d.purpose,
      CASE WHEN reader IN (d.from_id, d.to_id) THEN d.forwarding_id END AS "forwardingId",
      internal.ms(d.opened_at) AS "openedAt", internal.ms(d.fetched_at) AS "fetchedAt",
      -- What time has ended has ended then, written down already or not.
      internal.ms(CASE WHEN d.good_until <= api.clock_now() THEN least(d.closed_at, d.good_until) ELSE d.closed_at END) AS "closedAt"
    FROM disclosure d
    WHERE d.entry_id = entry AND (is_origin OR internal.sees_hop(reader, d))
      AND (after_id IS NULL OR (d.opened_at, d.id) > (internal.moment(after_at), after_id))
    ORDER BY d.opened_at, d.id LIMIT most) AS one);
END $$;
GRANT EXECUTE ON FUNCTION api.list_entry_hops(uuid, uuid, bigint, uuid, int) TO laufzettel_service;

-- Whether a hop is the reader's own: it made it, or received by it what it may still read or had read.
CREATE FUNCTION internal.sees_hop(reader uuid, d disclosure) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT d.from_id = reader OR (d.to_id = reader
    AND (d.fetched_at IS NOT NULL OR (d.closed_at IS NULL AND api.clock_now() < d.good_until)))
$$;

-- -------------------------------------------------------------------------------------------- the way out of a refusal

-- The reader's own handles on these persons, {person: handle or null}: what is needed is told in its own pseudonyms.
CREATE FUNCTION api.own_handles(reader uuid, persons uuid[]) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN internal.handles_of(reader, persons);
END $$;
GRANT EXECUTE ON FUNCTION api.own_handles(uuid, uuid[]) TO laufzettel_service;
