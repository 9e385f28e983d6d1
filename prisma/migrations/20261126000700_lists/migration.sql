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

-- The status that both sides are shown. Filters and counts ask here, so that they never differ from the header.
CREATE FUNCTION internal.shown_status(f forwarding) RETURNS text LANGUAGE sql STABLE AS $$ SELECT f.status $$;

-- The statuses that may be written down where one of these is shown: what time alone has expired is written down later.
-- Null: any. For the indexes, which know what is written down alone; internal.shown_status decides.
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
        AND ($3 IS NULL OR internal.shown_status(one) = ANY ($3))
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

-- When it was opened, or its status last changed; whatever statement changes it.
ALTER TABLE laufzettel ADD COLUMN changed_at timestamptz(3);
UPDATE laufzettel SET changed_at = created_at;
ALTER TABLE laufzettel ALTER COLUMN changed_at SET NOT NULL;
CREATE FUNCTION internal.mark_laufzettel_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed_at := CASE TG_OP WHEN 'INSERT' THEN NEW.created_at ELSE api.clock_now() END;
  RETURN NEW;
END $$;
CREATE TRIGGER laufzettel_opened BEFORE INSERT ON laufzettel
  FOR EACH ROW EXECUTE FUNCTION internal.mark_laufzettel_change();
CREATE TRIGGER laufzettel_changed BEFORE UPDATE OF status ON laufzettel
  FOR EACH ROW WHEN (NEW.status IS DISTINCT FROM OLD.status) EXECUTE FUNCTION internal.mark_laufzettel_change();

CREATE INDEX laufzettel_client ON laufzettel (client_id, created_at, id);
CREATE INDEX laufzettel_open ON laufzettel (created_by, created_at, id) WHERE status = 'OPEN';
CREATE INDEX forwarding_to_laufzettel ON forwarding (to_id, laufzettel_id, sent_at);

-- When what the reader is shown of it last changed: for who received it not before it came.
CREATE FUNCTION internal.laufzettel_changed_at(reader uuid, l laufzettel) RETURNS timestamptz LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN l.created_by = reader THEN l.changed_at ELSE greatest(l.changed_at, (
    SELECT min(f.sent_at) FROM forwarding f WHERE f.to_id = reader AND f.laufzettel_id = l.id)) END
$$;

CREATE FUNCTION internal.laufzettel_shown(reader uuid, l laufzettel) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT internal.laufzettel_view(reader, l)
    || jsonb_build_object('changedAt', internal.ms(internal.laufzettel_changed_at(reader, l)))
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
  list jsonb;
BEGIN
  PERFORM internal.demand_active(reader);
  EXECUTE format($query$
    SELECT coalesce(jsonb_agg(internal.laufzettel_shown($1, l) ORDER BY page.%1$I %3$s, page.id %3$s), '[]') FROM (
      SELECT one.id, one.created_at, one.shown_change FROM (
        SELECT own.*, own.changed_at AS shown_change FROM laufzettel own
        WHERE own.created_by = $1 AND $5 IS DISTINCT FROM 'RECEIVED'
        UNION ALL
        SELECT got.*, greatest(got.changed_at, came.at) FROM laufzettel got JOIN (
          SELECT f.laufzettel_id, min(f.sent_at) AS at FROM forwarding f WHERE f.to_id = $1 GROUP BY f.laufzettel_id
        ) AS came ON came.laufzettel_id = got.id
        WHERE got.created_by <> $1 AND $5 IS DISTINCT FROM 'CREATED') AS one
      WHERE ($2 IS NULL OR one.status = ANY ($2))
        AND ($3 IS NULL OR one.kind = $3)
        AND ($4 IS NULL OR one.client_id IN (
          SELECT same.id FROM client asked JOIN client same ON same.person_id = asked.person_id
          WHERE asked.id = $4 AND asked.agency_id = $1))
        AND ($6 IS NULL OR one.shown_change >= $6)
        AND ($8 IS NULL OR (one.%1$I, one.id) %2$s ($7, $8))
      ORDER BY one.%1$I %3$s, one.id %3$s LIMIT $9) AS page
    JOIN laufzettel l ON l.id = page.id $query$,
    CASE WHEN by_change THEN 'shown_change' ELSE 'created_at' END,
    CASE WHEN by_change THEN '>' ELSE '<' END,
    CASE WHEN by_change THEN 'ASC' ELSE 'DESC' END)
  INTO list USING reader, internal.texts(filter -> 'status'), filter ->> 'kind', (filter ->> 'clientId')::uuid,
    filter ->> 'role', internal.moment((filter ->> 'changedSince')::bigint), internal.moment(after_at), after_id, most;
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
        AND internal.shown_status(one) IN ('SENT', 'DELIVERED', 'ACCEPTED', 'IN_PROGRESS', 'ON_HOLD', 'ANSWERED')
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
