-- Events are numbered for each agency without gaps, and read after a cursor.
--
-- The business transaction writes the row and nothing else: a counter that it would have to lock for each agency, or a NOTIFY, would
-- cost more than all the rest of it. Rows become visible in any order of their making, so they are numbered afterwards, by
-- whoever comes first, in batches. Two changes that wait for each other (of one Laufzettel, say) are numbered in their
-- order: the later one writes its row when the earlier one is visible already.

-- The order of writing, by a sequence and not by a clock, which may be set back.
ALTER TABLE event ADD COLUMN place bigint GENERATED ALWAYS AS IDENTITY;
DROP INDEX event_unnumbered;
CREATE INDEX event_unnumbered ON event (place) WHERE sequence IS NULL;
-- Each row is written twice within a moment; what that leaves behind is cleared away soon, lest looking for new ones slow down.
ALTER TABLE event SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);

-- The last number that each agency's feed has.
CREATE TABLE event_feed (
  agency_id uuid PRIMARY KEY REFERENCES agency,
  last bigint NOT NULL CHECK (last > 0)
) WITH (fillfactor = 50);
ALTER TABLE event_feed ENABLE ROW LEVEL SECURITY;
-- Nobody has numbered any so far; if somebody had, his numbers stand.
INSERT INTO event_feed SELECT e.agency_id, max(e.sequence) FROM event e WHERE e.sequence IS NOT NULL GROUP BY e.agency_id;

-- Numbers what is new, at most 500 at once, and wakes whoever listens to laufzettel_events: "agency last", one for each.
-- Gives [{agency, last, many}]; [] when there is nothing, or somebody else is just about it. No index but those on place and id
-- will do, however few rows there are when this is planned.
CREATE FUNCTION api.number_events() RETURNS json LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE numbered json;
BEGIN
  IF NOT EXISTS (SELECT FROM event e WHERE e.sequence IS NULL) OR NOT pg_try_advisory_xact_lock(6204917303) THEN
    RETURN '[]';
  END IF;
  WITH due AS MATERIALIZED (
    SELECT e.id, e.agency_id, e.place FROM event e WHERE e.sequence IS NULL ORDER BY e.place LIMIT 500
  ), feeds AS (
    INSERT INTO event_feed AS f (agency_id, last) SELECT due.agency_id, count(*) FROM due GROUP BY due.agency_id
    ON CONFLICT (agency_id) DO UPDATE SET last = f.last + excluded.last
    RETURNING f.agency_id, f.last, f.last - coalesce(old.last, 0) AS many
  ), places AS (
    SELECT due.id, feeds.last - count(*) OVER whole + row_number() OVER (whole ORDER BY due.place) AS sequence
    FROM due JOIN feeds ON feeds.agency_id = due.agency_id WINDOW whole AS (PARTITION BY due.agency_id)
  ), written AS (
    UPDATE event e SET sequence = places.sequence FROM places WHERE e.id = places.id RETURNING e.id
  )
  SELECT coalesce(json_agg(json_build_object('agency', feeds.agency_id, 'last', feeds.last, 'many', feeds.many)), '[]') INTO numbered
  FROM feeds WHERE (SELECT count(*) FROM written) > 0;
  PERFORM pg_notify('laufzettel_events', (one ->> 'agency') || ' ' || (one ->> 'last')) FROM json_array_elements(numbered) AS one;
  RETURN numbered;
END $$;

-- {last, events: [[sequence, id, type, at, subject, Laufzettel or null]]}, those after that number.
CREATE FUNCTION api.list_events(reader uuid, after bigint, most int) RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN json_build_object(
    'last', coalesce((SELECT f.last FROM event_feed f WHERE f.agency_id = reader), 0),
    'events', (
      SELECT coalesce(json_agg(json_build_array(one.sequence, one.id, one.type, internal.ms(one.at), one.subject,
        coalesce(one.subject ->> 'laufzettelId', f.laufzettel_id::text)) ORDER BY one.sequence), '[]')
      FROM (SELECT e.* FROM event e WHERE e.agency_id = reader AND e.sequence > after ORDER BY e.sequence LIMIT most) AS one
        LEFT JOIN forwarding f ON f.id = (one.subject ->> 'forwardingId')::uuid));
END $$;

GRANT EXECUTE ON FUNCTION api.number_events(), api.list_events(uuid, bigint, int) TO laufzettel_service;
