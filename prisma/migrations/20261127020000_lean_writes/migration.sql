-- Creating and forwarding for less of the processor, and with their answer at once: what a change looks like afterwards comes with it, out
-- of the same transaction. Pages of forwardings leave in columns, as facts do.

-- ------------------------------------------------------------------------------------------ references, and expressions

-- Each is looked up for every row of a forwarding or a new Laufzettel, and says nothing that another reference of the same row does not
-- say: a disclosure's two ends are those of its forwarding, its person is that of the forwarding's handles; an entry's author
-- is the agency of its handle; who adds an entry is whoever acts. None of these rows is ever deleted.
ALTER TABLE disclosure DROP CONSTRAINT disclosure_person_id_fkey, DROP CONSTRAINT disclosure_from_id_fkey,
  DROP CONSTRAINT disclosure_to_id_fkey;
ALTER TABLE laufzettel_entry DROP CONSTRAINT laufzettel_entry_added_by_fkey;
ALTER TABLE entry DROP CONSTRAINT entry_origin_id_fkey;

-- Milliseconds are exact in a double for centuries, and to_timestamp rounds to microseconds; one expression, so it is taken into the
-- statement that calls it.
CREATE OR REPLACE FUNCTION internal.moment(ms bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT to_timestamp(ms::double precision / 1000) $$;

-- ------------------------------------------------------------------------------------------------------------ entries

-- As before for a row, once for all rows of a statement.
CREATE FUNCTION internal.handles_are_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM client_key k WHERE k.client_id IN (SELECT w.client_id FROM written w) ORDER BY k.client_id FOR SHARE;
  IF EXISTS (SELECT FROM client_key k WHERE k.client_id IN (SELECT w.client_id FROM written w) AND k.wrapped IS NULL) THEN
    RAISE EXCEPTION 'the handle was erased' USING ERRCODE = 'LZ404';
  END IF;
  RETURN NULL;
END $$;

DROP TRIGGER entry_of_kept ON entry;
CREATE TRIGGER entry_of_kept AFTER INSERT ON entry REFERENCING NEW TABLE AS written
FOR EACH STATEMENT EXECUTE FUNCTION internal.handles_are_kept();

-- As before, with one list of handles to look up.
CREATE OR REPLACE FUNCTION internal.insert_entries(reader uuid, entries jsonb, sealed bytea[], at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  ids uuid[];
  handles uuid[];
  concerning uuid[];
  concerned uuid[];
BEGIN
  SELECT array_agg(e.id), array_agg(e."clientId") INTO ids, handles
  FROM jsonb_to_recordset(entries) AS e (id uuid, "clientId" uuid);
  SELECT array_agg(e.id), array_agg(handle::uuid) INTO concerning, concerned
  FROM jsonb_to_recordset(entries) AS e (id uuid, concerns jsonb), jsonb_array_elements_text(e.concerns) AS handle;
  IF EXISTS (
    SELECT FROM (SELECT DISTINCT one FROM unnest(handles || concerned) AS one) AS named
    WHERE NOT EXISTS (SELECT FROM client c JOIN client_key k ON k.client_id = c.id
                      WHERE c.id = named.one AND c.agency_id = reader AND k.wrapped IS NOT NULL)
  ) THEN
    RAISE EXCEPTION 'a handle is not the actor''s' USING ERRCODE = 'LZ404';
  END IF;
  INSERT INTO entry (id, client_id, origin_id, category, secrecy, guard_from, filed_under, created_at)
  SELECT e.id, e."clientId", reader, e.category, e.secrecy, internal.moment(e."guardFrom"), e."filedUnder", at
  FROM jsonb_to_recordset(entries) AS e (id uuid, "clientId" uuid, category text, secrecy boolean, "guardFrom" bigint,
    "filedUnder" text[]);
  INSERT INTO entry_concern (entry_id, client_id)
  SELECT DISTINCT one.entry, one.handle FROM unnest(concerning, concerned) AS one (entry, handle);
  INSERT INTO entry_payload (entry_id, sealed) SELECT one.entry, one.content FROM unnest(ids, sealed) AS one (entry, content);
END $$;

-- internal.may_refer of each of these entries, and all of them exist.
CREATE FUNCTION internal.may_refer_all(reader uuid, entries uuid[]) RETURNS boolean LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
BEGIN
  RETURN (
    SELECT count(*) = (SELECT count(DISTINCT one) FROM unnest(entries) AS one)
    FROM entry e JOIN client_key k ON k.client_id = e.client_id
    WHERE e.id = ANY (entries) AND ((e.origin_id = reader AND k.wrapped IS NOT NULL) OR EXISTS (
      SELECT FROM disclosure d WHERE d.entry_id = e.id AND d.to_id = reader
        AND (d.fetched_at IS NOT NULL OR (d.closed_at IS NULL AND now < d.good_until)))));
END $$;

-- ------------------------------------------------------------------------------------------------- creating a Laufzettel

DROP FUNCTION api.create_laufzettel(jsonb, jsonb, bytea[], bigint);

-- As before; {outcome}, and when that is ok {outcome, shown}.
CREATE FUNCTION api.create_laufzettel(actor jsonb, p jsonb, sealed bytea[], at_ms bigint)
 RETURNS json
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $$
DECLARE
  reader uuid := internal.acting(actor);
  at timestamptz := internal.moment(at_ms);
  slip uuid := (p ->> 'id')::uuid;
  l laufzettel;
  existing uuid[] := internal.uuids(p -> 'entryIds');
  route uuid[] := internal.uuids(p -> 'route');
BEGIN
  IF NOT EXISTS (SELECT FROM client c WHERE c.id = (p ->> 'clientId')::uuid AND c.agency_id = reader) THEN
    RETURN json_build_object('outcome', 'client-not-found');
  END IF;
  IF cardinality(existing) > 0 THEN
    IF EXISTS (SELECT FROM unnest(existing) AS one WHERE NOT EXISTS (
        SELECT FROM entry e WHERE e.id = one AND internal.may_refer(reader, e.id, e.origin_id))) THEN
      RETURN json_build_object('outcome', 'entry-not-found');
    END IF;
    IF EXISTS (SELECT FROM unnest(existing) AS one WHERE NOT EXISTS (
        SELECT FROM entry_concern ec JOIN client c ON c.id = ec.client_id JOIN client own ON own.person_id = c.person_id
        WHERE ec.entry_id = one AND own.id = (p ->> 'clientId')::uuid)) THEN
      RETURN json_build_object('outcome', 'entry-of-another');
    END IF;
    IF internal.names_replaced(reader, existing) THEN
      RETURN json_build_object('outcome', 'entry-replaced');
    END IF;
  END IF;
  IF EXISTS (SELECT FROM unnest(route) AS one WHERE NOT EXISTS (SELECT FROM agency a WHERE a.id = one)) THEN
    RETURN json_build_object('outcome', 'agency-not-found');
  END IF;
  IF p ->> 'agreementId' IS NOT NULL AND NOT EXISTS (SELECT FROM agreement_party a
      WHERE a.agreement_id = (p ->> 'agreementId')::uuid AND a.agency_id = reader) THEN
    RETURN json_build_object('outcome', 'agreement-not-found');
  END IF;
  INSERT INTO laufzettel (id, client_id, created_by, kind, purpose, urgency, due_date, agreement_id, route, created_at)
  VALUES (slip, (p ->> 'clientId')::uuid, reader, p ->> 'kind', p ->> 'purpose', p ->> 'urgency',
    (p ->> 'dueDate')::date, (p ->> 'agreementId')::uuid, route, at) RETURNING * INTO l;
  PERFORM internal.insert_entries(reader, p -> 'entries', sealed, at);
  INSERT INTO laufzettel_entry (laufzettel_id, entry_id, added_by)
  SELECT slip, one, reader FROM unnest(existing) AS one
  UNION SELECT slip, (e ->> 'id')::uuid, reader FROM jsonb_array_elements(p -> 'entries') AS e;
  PERFORM internal.note(actor, 'laufzettel.create', 'DONE', jsonb_build_object('laufzettel', slip), at);
  RETURN json_build_object('outcome', 'ok', 'shown', internal.laufzettel_shown(reader, l));
END $$;
GRANT EXECUTE ON FUNCTION api.create_laufzettel(jsonb, jsonb, bytea[], bigint) TO laufzettel_service;

-- -------------------------------------------------------------------------------------------------------- forwarding it

DROP FUNCTION api.commit_forward(jsonb, jsonb);

-- As before; {stale: true}, or what its sender sees of the forwarding.
CREATE FUNCTION api.commit_forward(actor jsonb, p jsonb)
 RETURNS json
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $$
DECLARE
  reader uuid := internal.acting(actor);
  recipient uuid := (p ->> 'to')::uuid;
  at timestamptz := internal.moment((p ->> 'at')::bigint);
  hop uuid := (p ->> 'id')::uuid;
  versions jsonb := p -> 'versions';
  slip uuid := (p ->> 'laufzettelId')::uuid;
  answered uuid := (p #>> '{answers,id}')::uuid;
  expires timestamptz := internal.moment((p ->> 'expiresAt')::bigint);
  agencies uuid[];
  agreements uuid[];
  persons uuid[];
  going uuid[] := ARRAY(SELECT (r ->> 'entry')::uuid FROM jsonb_array_elements(p -> 'rows') AS r);
  locked jsonb;
  sheet laufzettel;
  sent forwarding;
  shown json;
BEGIN
  SELECT array_agg(key::uuid) INTO agencies FROM jsonb_object_keys(versions -> 'agencies') AS key;
  SELECT coalesce(array_agg(key::uuid), '{}') INTO agreements FROM jsonb_object_keys(versions -> 'agreements') AS key;
  SELECT array_agg(key::uuid) INTO persons FROM jsonb_object_keys(versions -> 'persons') AS key;
  -- What the statement that loaded it had made sure of, demanded again of the one that writes.
  IF NOT EXISTS (SELECT FROM laufzettel l JOIN client c ON c.id = l.client_id
                 WHERE l.id = slip AND internal.may_see_laufzettel(reader, l)
                   AND c.person_id = (p ->> 'person')::uuid)
      OR NOT EXISTS (SELECT FROM client c WHERE c.id = (p ->> 'fromClientId')::uuid AND c.agency_id = reader)
      OR NOT internal.may_refer_all(reader, going)
      OR NOT internal.concerned(going) || (p ->> 'person')::uuid <@ coalesce(persons, '{}')
      OR NOT ARRAY[reader, recipient] <@ coalesce(agencies, '{}') THEN
    RAISE EXCEPTION 'not what was decided upon' USING ERRCODE = 'LZ404';
  END IF;
  -- Locked in the order of all who lock them, each with the version that it has then.
  SELECT jsonb_build_object('agencies', coalesce(jsonb_object_agg(one.id, one.version), '{}')) INTO locked
  FROM (SELECT a.id, a.version FROM agency a WHERE a.id = ANY (agencies) ORDER BY a.id FOR SHARE) AS one;
  SELECT locked || jsonb_build_object('agreements', coalesce(jsonb_object_agg(one.id, one.version), '{}')) INTO locked
  FROM (SELECT a.id, a.version FROM agreement a WHERE a.id = ANY (agreements) ORDER BY a.id FOR SHARE) AS one;
  SELECT locked || jsonb_build_object('persons', coalesce(jsonb_object_agg(one.id, one.version), '{}')) INTO locked
  FROM (SELECT p.id, p.version FROM person p WHERE p.id = ANY (persons) ORDER BY p.id FOR NO KEY UPDATE) AS one;
  -- A reading may have made the recipient's handle meanwhile, and moves no version.
  IF locked IS DISTINCT FROM versions
      OR EXISTS (SELECT FROM jsonb_array_elements(p -> 'newHandles') AS h
                 WHERE internal.handle_of(recipient, (h ->> 'person')::uuid) IS NOT NULL) THEN
    RETURN json_build_object('stale', true);
  END IF;
  -- It may have been completed or cancelled meanwhile; from here on it waits for us.
  SELECT one.* INTO sheet FROM laufzettel one
  WHERE one.id = slip AND (one.status = 'OPEN' OR NOT internal.hears_end(reader, slip)) FOR SHARE;
  IF NOT FOUND THEN
    RETURN json_build_object('stale', true);
  END IF;
  IF answered IS NOT NULL THEN
    PERFORM FROM forwarding f WHERE f.id = answered FOR NO KEY UPDATE;
    UPDATE forwarding f SET status = 'ANSWERED', version = f.version + 1, changed_at = at
    WHERE f.id = answered AND f.laufzettel_id = slip AND f.from_id = recipient AND f.to_id = reader
      AND f.version = (p #>> '{answers,expectedVersion}')::int AND f.status IN ('IN_PROGRESS', 'ON_HOLD')
      AND internal.is_live(answered, at);
    IF NOT FOUND THEN
      RETURN json_build_object('stale', true);
    END IF;
  END IF;
  IF p -> 'newHandles' <> '[]' THEN
    INSERT INTO client (id, agency_id, person_id, created_at)
    SELECT (h ->> 'id')::uuid, recipient, (h ->> 'person')::uuid, at FROM jsonb_array_elements(p -> 'newHandles') AS h;
    INSERT INTO client_key (client_id, wrapped)
    SELECT (h ->> 'id')::uuid, decode(h ->> 'wrapped', 'base64') FROM jsonb_array_elements(p -> 'newHandles') AS h;
  END IF;
  IF NOT EXISTS (SELECT FROM client c WHERE c.id = (p ->> 'toClientId')::uuid AND c.agency_id = recipient) THEN
    RAISE EXCEPTION 'a handle is not the recipient''s' USING ERRCODE = 'LZ404';
  END IF;
  INSERT INTO laufzettel_entry (laufzettel_id, entry_id, added_by)
  SELECT slip, one, reader FROM unnest(going) AS one ON CONFLICT DO NOTHING;
  INSERT INTO forwarding (id, laufzettel_id, from_id, to_id, from_client_id, to_client_id, purpose, status, sent_at, changed_at,
    expires_at, answers)
  VALUES (hop, slip, reader, recipient, (p ->> 'fromClientId')::uuid, (p ->> 'toClientId')::uuid,
    p ->> 'purpose', 'SENT', at, at, expires, answered)
  RETURNING * INTO sent;
  WITH made AS (
    INSERT INTO disclosure (id, forwarding_id, entry_id, person_id, from_id, to_id, purpose, opened_at, good_until, relied_on)
    SELECT (r ->> 'id')::uuid, hop, (r ->> 'entry')::uuid, (p ->> 'person')::uuid, reader, recipient, p ->> 'purpose', at,
      least(internal.moment((r ->> 'goodUntil')::bigint), expires), r -> 'reliedOn'
    FROM jsonb_array_elements(p -> 'rows') AS r
    RETURNING *)
  SELECT json_agg(json_build_array(d.id, d.entry_id, d.person_id, e.category, e.origin_id, internal.ms(e.created_at),
    internal.ms(d.opened_at), internal.ms(d.closed_at), internal.ms(d.good_until), d.fetched_at IS NOT NULL))
  INTO shown FROM made d JOIN entry e ON e.id = d.entry_id;
  -- A new way by which an entry is held ends nothing sooner, and begins nothing that has ended.
  IF p -> 'moves' <> '[]' THEN
    UPDATE disclosure d
    SET good_until = greatest(d.good_until,
      least(internal.moment((m ->> 'goodUntil')::bigint), coalesce(internal.expiry_cap(d.forwarding_id), 'infinity')))
    FROM jsonb_array_elements(p -> 'moves') AS m
    WHERE d.id = (m ->> 'id')::uuid AND d.closed_at IS NULL AND api.clock_now() < d.good_until
      AND d.entry_id = ANY (going);
  END IF;
  UPDATE person SET version = version + 1 WHERE id = ANY (persons);
  PERFORM internal.note(actor, 'forwarding.send', 'PERMIT', p -> 'subject', at);
  IF answered IS NOT NULL THEN
    PERFORM internal.note(actor, 'forwarding.step', 'ANSWERED', jsonb_build_object('forwarding', answered), at);
    PERFORM internal.tell(actor, recipient, 'forwarding.answered', jsonb_build_object('forwardingId', answered), at);
  END IF;
  PERFORM internal.tell(actor, recipient, 'forwarding.received', jsonb_build_object('forwardingId', hop), at);
  PERFORM internal.tell(actor, e.origin_id, 'entry.forwarded', jsonb_build_object('entryId', e.id,
      'disclosureId', r -> 'id'), at)
    FROM jsonb_array_elements(p -> 'rows') AS r JOIN entry e ON e.id = (r ->> 'entry')::uuid WHERE e.origin_id NOT IN (recipient, reader);
  IF p ->> 'requestId' IS NOT NULL THEN
    PERFORM internal.fulfil_request(actor, (p ->> 'requestId')::uuid, hop, at);
  END IF;
  RETURN json_build_object('at', internal.ms(at), 'received', false,
    'header', internal.forwarding_header(reader, sent, sheet, at), 'shown', shown, 'answers', NULL);
END $$;
GRANT EXECUTE ON FUNCTION api.commit_forward(jsonb, jsonb) TO laufzettel_service;

-- ------------------------------------------------------------------------------------------------------------- lists

DROP FUNCTION api.list_forwardings(uuid, boolean, jsonb, bigint, uuid, int);

-- As before, but one list for each member of a header: an array is written at once, an object value by value. null: there are none.
CREATE FUNCTION api.list_forwardings(reader uuid, received boolean, filter jsonb, after_at bigint, after_id uuid, most int)
RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  by_change boolean := filter ->> 'changedSince' IS NOT NULL;
  now timestamptz;
  before_at timestamptz;
  before_id uuid;
  list json;
BEGIN
  PERFORM internal.demand_active(reader);
  now := api.clock_now();
  IF filter = '{}' THEN
    before_at := coalesce(internal.moment(after_at), 'infinity');
    before_id := coalesce(after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
    IF received THEN
      RETURN (
        SELECT json_build_array(array_agg(h.id), array_agg(h.slip), array_agg(h.from_id), array_agg(h.to_id), array_agg(h.handle),
          array_agg(h.kind), array_agg(h.purpose), array_agg(h.urgency), array_agg(h.due), array_agg(h.status),
          array_agg(h.reject_code), array_agg(h.answers), array_agg(h.version), array_agg(h.sent), array_agg(h.changed))
        FROM (
          SELECT f.id, f.laufzettel_id AS slip, f.from_id, f.to_id, f.to_client_id AS handle, l.kind, f.purpose, l.urgency,
            l.due_date AS due, internal.status_of(f, now) AS status, f.reject_code, f.answers,
            internal.version_of(f, now) AS version, internal.ms(f.sent_at) AS sent, internal.ms(f.changed_at) AS changed
          FROM (SELECT one.* FROM forwarding one WHERE one.to_id = reader AND (one.sent_at, one.id) < (before_at, before_id)
                ORDER BY one.sent_at DESC, one.id DESC LIMIT most) AS f JOIN laufzettel l ON l.id = f.laufzettel_id
          ORDER BY f.sent_at DESC, f.id DESC) AS h HAVING count(*) > 0);
    END IF;
    RETURN (
      SELECT json_build_array(array_agg(h.id), array_agg(h.slip), array_agg(h.from_id), array_agg(h.to_id), array_agg(h.handle),
        array_agg(h.kind), array_agg(h.purpose), array_agg(h.urgency), array_agg(h.due), array_agg(h.status),
        array_agg(h.reject_code), array_agg(h.answers), array_agg(h.version), array_agg(h.sent), array_agg(h.changed))
      FROM (
        SELECT f.id, f.laufzettel_id AS slip, f.from_id, f.to_id, f.from_client_id AS handle, l.kind, f.purpose, l.urgency,
          l.due_date AS due, internal.status_of(f, now) AS status, f.reject_code, f.answers,
          internal.version_of(f, now) AS version, internal.ms(f.sent_at) AS sent, internal.ms(f.changed_at) AS changed
        FROM (SELECT one.* FROM forwarding one WHERE one.from_id = reader AND (one.sent_at, one.id) < (before_at, before_id)
              ORDER BY one.sent_at DESC, one.id DESC LIMIT most) AS f JOIN laufzettel l ON l.id = f.laufzettel_id
        ORDER BY f.sent_at DESC, f.id DESC) AS h HAVING count(*) > 0);
  END IF;
  EXECUTE format($query$
    SELECT json_build_array(array_agg(h.id), array_agg(h.slip), array_agg(h.from_id), array_agg(h.to_id), array_agg(h.handle),
      array_agg(h.kind), array_agg(h.purpose), array_agg(h.urgency), array_agg(h.due), array_agg(h.status),
      array_agg(h.reject_code), array_agg(h.answers), array_agg(h.version), array_agg(h.sent), array_agg(h.changed))
    FROM (
      SELECT f.id, f.laufzettel_id AS slip, f.from_id, f.to_id, f.%6$I AS handle, l.kind, f.purpose, l.urgency,
        l.due_date AS due, internal.status_of(f, $13) AS status, f.reject_code, f.answers,
        internal.version_of(f, $13) AS version, internal.ms(f.sent_at) AS sent, internal.ms(f.changed_at) AS changed
      FROM (
        SELECT one.* FROM forwarding one JOIN laufzettel l ON l.id = one.laufzettel_id
        WHERE one.%1$I = $1
          AND ($2 IS NULL OR one.%2$I = $2)
          AND ($3 IS NULL OR one.status = ANY (internal.written_statuses($3)))
          AND ($3 IS NULL OR internal.status_of(one, $13) = ANY ($3))
          AND ($4 IS NULL OR l.kind = $4)
          AND ($5 IS NULL OR l.urgency = $5)
          AND ($6 IS NULL OR l.due_date < $6)
          AND ($7 IS NULL OR l.due_date > $7)
          AND ($8 IS NULL OR one.changed_at >= $8)
          AND ($9 IS NULL OR one.purpose = $9)
          AND ($11 IS NULL OR (one.%3$I, one.id) %4$s ($10, $11))
        ORDER BY one.%3$I %5$s, one.id %5$s LIMIT $12) AS f JOIN laufzettel l ON l.id = f.laufzettel_id
      ORDER BY f.%3$I %5$s, f.id %5$s) AS h HAVING count(*) > 0 $query$,
    CASE WHEN received THEN 'to_id' ELSE 'from_id' END,
    CASE WHEN received THEN 'from_id' ELSE 'to_id' END,
    CASE WHEN by_change THEN 'changed_at' ELSE 'sent_at' END,
    CASE WHEN by_change THEN '>' ELSE '<' END,
    CASE WHEN by_change THEN 'ASC' ELSE 'DESC' END,
    CASE WHEN received THEN 'to_client_id' ELSE 'from_client_id' END)
  INTO list USING reader, (filter ->> 'partner')::uuid, internal.texts(filter -> 'status'), filter ->> 'kind',
    filter ->> 'urgency', (filter ->> 'dueBefore')::date, (filter ->> 'dueAfter')::date,
    internal.moment((filter ->> 'changedSince')::bigint), filter ->> 'purpose', internal.moment(after_at), after_id, most, now;
  RETURN list;
END $$;
GRANT EXECUTE ON FUNCTION api.list_forwardings(uuid, boolean, jsonb, bigint, uuid, int) TO laufzettel_service;
