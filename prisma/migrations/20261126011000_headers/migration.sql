-- What the header of a Laufzettel tells. Who forwards an entry of its own on somebody else's Laufzettel must not tell by it that
-- there is somebody else who knows the client: to the recipient it reads as if the sender had made it (docs/adr/0017).

-- Each agency's view of a Laufzettel begins when it came to it: created_at is that of its creator for the creator alone.
-- hears_end: whether it is told that the Laufzettel was completed or cancelled; its creator, and whoever received it from its
-- creator. To everybody else it stays OPEN, for its end would tell that another than the sender made it: a sender cannot
-- complete its own while this hop of it is under way, and by cancelling it would have recalled it.
ALTER TABLE laufzettel_reader ADD COLUMN hears_end boolean NOT NULL DEFAULT false;
UPDATE laufzettel_reader r SET
  hears_end = l.created_by = r.agency_id OR EXISTS (
    SELECT FROM forwarding f WHERE f.laufzettel_id = l.id AND f.from_id = l.created_by AND f.to_id = r.agency_id)
FROM laufzettel l WHERE l.id = r.laufzettel_id;
UPDATE laufzettel_reader r SET created_at = came.at, changed_at = CASE WHEN r.hears_end THEN r.changed_at ELSE came.at END
FROM laufzettel l, (
  SELECT f.laufzettel_id, f.to_id, min(f.sent_at) AS at FROM forwarding f GROUP BY f.laufzettel_id, f.to_id) AS came
WHERE l.id = r.laufzettel_id AND l.created_by <> r.agency_id AND (came.laufzettel_id, came.to_id) = (r.laufzettel_id, r.agency_id);
ALTER TABLE laufzettel_reader ALTER COLUMN hears_end DROP DEFAULT;

CREATE OR REPLACE FUNCTION internal.show_to_creator() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO laufzettel_reader (agency_id, laufzettel_id, created_at, changed_at, hears_end)
  VALUES (NEW.created_by, NEW.id, NEW.created_at, NEW.created_at, true);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION internal.show_to_recipient() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO laufzettel_reader AS r (agency_id, laufzettel_id, created_at, changed_at, hears_end)
  SELECT NEW.to_id, l.id, NEW.sent_at, NEW.sent_at, l.created_by = NEW.from_id FROM laufzettel l WHERE l.id = NEW.laufzettel_id
  ON CONFLICT (laufzettel_id, agency_id) DO UPDATE SET hears_end = true WHERE excluded.hears_end AND NOT r.hears_end;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION internal.show_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE laufzettel_reader r SET changed_at = api.clock_now() WHERE r.laufzettel_id = NEW.id AND r.hears_end;
  RETURN NULL;
END $$;

CREATE FUNCTION internal.hears_end(reader uuid, slip uuid) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM laufzettel_reader r WHERE r.laufzettel_id = slip AND r.agency_id = reader AND r.hears_end)
$$;

-- Its status, as the reader is told it.
CREATE FUNCTION internal.status_for(reader uuid, l laufzettel) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN internal.hears_end(reader, l.id) THEN l.status ELSE 'OPEN' END
$$;

-- Its creator, the agreement and the plan are told to its creator alone. version: counts the changes of status that the reader is
-- told; what one agency adds is nothing that another sees.
CREATE OR REPLACE FUNCTION internal.laufzettel_shown(reader uuid, l laufzettel) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('id', l.id, 'kind', l.kind, 'purpose', l.purpose,
    'clientId', CASE WHEN l.created_by = reader THEN l.client_id
                     ELSE internal.handle_of(reader, (SELECT c.person_id FROM client c WHERE c.id = l.client_id)) END,
    'createdBy', CASE WHEN l.created_by = reader THEN l.created_by END,
    'urgency', l.urgency, 'dueDate', l.due_date,
    'agreementId', CASE WHEN l.created_by = reader THEN l.agreement_id END,
    'route', CASE WHEN l.created_by = reader THEN to_jsonb(l.route) ELSE '[]' END,
    'entryIds', to_jsonb(internal.entries_on(reader, l.id)),
    'status', CASE WHEN r.hears_end THEN l.status ELSE 'OPEN' END,
    'version', CASE WHEN r.hears_end THEN l.version ELSE 1 END,
    'createdAt', internal.ms(r.created_at), 'changedAt', internal.ms(r.changed_at))
  FROM laufzettel_reader r WHERE r.laufzettel_id = l.id AND r.agency_id = reader
$$;
DROP FUNCTION internal.laufzettel_view(uuid, laufzettel);

-- As before, but by the status that the reader is told. Its own it is told as they are, and for them there are indexes.
CREATE OR REPLACE FUNCTION api.list_laufzettel(reader uuid, filter jsonb, after_at bigint, after_id uuid, most int) RETURNS jsonb
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
        AND ($2 IS NULL OR $5 IS DISTINCT FROM 'CREATED' OR one.status = ANY ($2))
        AND ($2 IS NULL OR CASE WHEN r.hears_end THEN one.status ELSE 'OPEN' END = ANY ($2))
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

-- The rest as before, but for the end of a Laufzettel, which binds those who are told of it.

CREATE OR REPLACE FUNCTION api.add_to_laufzettel(actor jsonb, p jsonb, sealed bytea[], at_ms bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  at timestamptz := internal.moment(at_ms);
  existing uuid[] := internal.uuids(p -> 'entryIds');
  l laufzettel;
  person uuid;
BEGIN
  -- Shared: several may add at once, and who completes or cancels it waits.
  SELECT one.* INTO l FROM laufzettel one
  WHERE one.id = (p ->> 'laufzettelId')::uuid AND internal.may_see_laufzettel(reader, one) FOR SHARE;
  IF l.id IS NULL THEN
    RETURN 'not-found';
  END IF;
  IF internal.status_for(reader, l) <> 'OPEN' THEN
    RETURN 'not-open';
  END IF;
  SELECT c.person_id INTO person FROM client c WHERE c.id = l.client_id;
  IF NOT EXISTS (SELECT FROM client c WHERE c.id = (p ->> 'clientId')::uuid AND c.agency_id = reader AND c.person_id = person)
      OR EXISTS (SELECT FROM jsonb_array_elements(p -> 'entries') AS e WHERE e ->> 'clientId' <> p ->> 'clientId') THEN
    RETURN 'client-not-found';
  END IF;
  IF EXISTS (SELECT FROM unnest(existing) AS one WHERE NOT EXISTS (
      SELECT FROM entry e WHERE e.id = one AND internal.may_refer(reader, e.id, e.origin_id))) THEN
    RETURN 'entry-not-found';
  END IF;
  IF EXISTS (SELECT FROM unnest(existing) AS one WHERE NOT person = ANY (internal.concerned(ARRAY[one]))) THEN
    RETURN 'entry-of-another';
  END IF;
  PERFORM internal.insert_entries(reader, p -> 'entries', sealed, at);
  INSERT INTO laufzettel_entry (laufzettel_id, entry_id, added_by)
  SELECT l.id, one, reader FROM unnest(existing) AS one
  UNION SELECT l.id, (e ->> 'id')::uuid, reader FROM jsonb_array_elements(p -> 'entries') AS e
  ON CONFLICT DO NOTHING;
  PERFORM internal.note(actor, 'laufzettel.add', 'DONE', jsonb_build_object('laufzettel', l.id, 'entries',
    to_jsonb(existing) || coalesce((SELECT jsonb_agg(e -> 'id') FROM jsonb_array_elements(p -> 'entries') AS e), '[]')), at);
  RETURN 'ok';
END $$;

CREATE OR REPLACE FUNCTION api.load_forward(reader uuid, slip uuid, recipient uuid, asked uuid[], answering boolean DEFAULT false)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  l laufzettel;
  person uuid;
  entries uuid[];
  theirs uuid[];
  persons uuid[];
BEGIN
  PERFORM internal.demand_active(reader);
  SELECT one.* INTO l FROM laufzettel one WHERE one.id = slip AND internal.may_see_laufzettel(reader, one);
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT c.person_id INTO person FROM client c WHERE c.id = l.client_id;
  IF asked IS NULL THEN
    SELECT coalesce(array_agg(e.id), '{}') INTO entries FROM entry e
    WHERE e.id = ANY (internal.entries_on(reader, slip))
      AND (e.origin_id = reader OR internal.holds(reader, e.id))
      AND NOT EXISTS (SELECT FROM entry newer WHERE newer.replaces = e.id);
  ELSE
    theirs := ARRAY(SELECT e.id FROM entry e WHERE answering AND e.id = ANY (internal.entries_on(reader, slip))
                      AND e.origin_id = recipient AND internal.holds(reader, e.id));
    SELECT coalesce(array_agg(e.id), '{}') INTO entries FROM entry e
    WHERE e.id = ANY (asked || theirs) AND internal.may_refer(reader, e.id, e.origin_id);
  END IF;
  SELECT array_agg(DISTINCT one) INTO persons FROM unnest(internal.concerned(entries) || person) AS one;
  RETURN jsonb_build_object(
    'at', internal.ms(api.clock_now()),
    'kind', l.kind, 'purpose', l.purpose, 'urgency', l.urgency, 'dueDate', l.due_date,
    'status', internal.status_for(reader, l),
    'person', person,
    'clientId', CASE WHEN l.created_by = reader THEN l.client_id ELSE internal.handle_of(reader, person) END,
    'recipientKnown', EXISTS (SELECT FROM agency a WHERE a.id = recipient),
    'unknown', (SELECT coalesce(jsonb_agg(one), '[]') FROM unnest(asked) AS one WHERE NOT one = ANY (entries)),
    'entries', internal.entry_metas(entries),
    'handles', internal.handles_of(recipient, persons),
    'facts', internal.facts(persons, entries, ARRAY[reader, recipient]));
END $$;

CREATE OR REPLACE FUNCTION api.commit_forward(actor jsonb, p jsonb) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
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
BEGIN
  SELECT array_agg(key::uuid) INTO agencies FROM jsonb_object_keys(versions -> 'agencies') AS key;
  SELECT coalesce(array_agg(key::uuid), '{}') INTO agreements FROM jsonb_object_keys(versions -> 'agreements') AS key;
  SELECT array_agg(key::uuid) INTO persons FROM jsonb_object_keys(versions -> 'persons') AS key;
  -- What the statement that loaded it had made sure of, demanded again of the one that writes.
  PERFORM internal.demand_own(reader, ARRAY[(p ->> 'fromClientId')::uuid]);
  IF NOT EXISTS (SELECT FROM laufzettel l JOIN client c ON c.id = l.client_id
                 WHERE l.id = slip AND internal.may_see_laufzettel(reader, l)
                   AND c.person_id = (p ->> 'person')::uuid)
      OR EXISTS (SELECT FROM jsonb_array_elements(p -> 'rows') AS r WHERE NOT EXISTS (
           SELECT FROM entry e WHERE e.id = (r ->> 'entry')::uuid AND internal.may_refer(reader, e.id, e.origin_id)))
      OR NOT internal.concerned(ARRAY(SELECT (r ->> 'entry')::uuid FROM jsonb_array_elements(p -> 'rows') AS r))
           || (p ->> 'person')::uuid <@ coalesce(persons, '{}')
      OR NOT ARRAY[reader, recipient] <@ coalesce(agencies, '{}') THEN
    RAISE EXCEPTION 'not what was decided upon' USING ERRCODE = 'LZ404';
  END IF;
  PERFORM FROM agency a WHERE a.id = ANY (agencies) ORDER BY a.id FOR SHARE;
  PERFORM FROM agreement a WHERE a.id = ANY (agreements) ORDER BY a.id FOR SHARE;
  PERFORM FROM person one WHERE one.id = ANY (persons) ORDER BY one.id FOR NO KEY UPDATE;
  -- A reading may have made the recipient's handle meanwhile, and moves no version.
  IF internal.versions(persons, agreements, agencies) IS DISTINCT FROM versions
      OR EXISTS (SELECT FROM jsonb_array_elements(p -> 'newHandles') AS h
                 WHERE internal.handle_of(recipient, (h ->> 'person')::uuid) IS NOT NULL) THEN
    RETURN 'stale';
  END IF;
  -- It may have been completed or cancelled meanwhile; from here on it waits for us.
  PERFORM FROM laufzettel l
  WHERE l.id = slip AND (l.status = 'OPEN' OR NOT internal.hears_end(reader, slip)) FOR SHARE;
  IF NOT FOUND THEN
    RETURN 'stale';
  END IF;
  IF answered IS NOT NULL THEN
    PERFORM FROM forwarding f WHERE f.id = answered FOR NO KEY UPDATE;
    UPDATE forwarding f SET status = 'ANSWERED', version = f.version + 1, changed_at = at
    WHERE f.id = answered AND f.laufzettel_id = slip AND f.from_id = recipient AND f.to_id = reader
      AND f.version = (p #>> '{answers,expectedVersion}')::int AND f.status IN ('IN_PROGRESS', 'ON_HOLD')
      AND internal.is_live(answered, at);
    IF NOT FOUND THEN
      RETURN 'stale';
    END IF;
  END IF;
  INSERT INTO client (id, agency_id, person_id, created_at)
  SELECT (h ->> 'id')::uuid, recipient, (h ->> 'person')::uuid, at FROM jsonb_array_elements(p -> 'newHandles') AS h;
  INSERT INTO client_key (client_id, wrapped)
  SELECT (h ->> 'id')::uuid, decode(h ->> 'wrapped', 'base64') FROM jsonb_array_elements(p -> 'newHandles') AS h;
  PERFORM internal.demand_own(recipient, ARRAY[(p ->> 'toClientId')::uuid]);
  INSERT INTO laufzettel_entry (laufzettel_id, entry_id, added_by)
  SELECT slip, (r ->> 'entry')::uuid, reader FROM jsonb_array_elements(p -> 'rows') AS r
  ON CONFLICT DO NOTHING;
  INSERT INTO forwarding (id, laufzettel_id, from_id, to_id, from_client_id, to_client_id, purpose, status, sent_at, changed_at,
    expires_at, answers)
  VALUES (hop, slip, reader, recipient, (p ->> 'fromClientId')::uuid, (p ->> 'toClientId')::uuid,
    p ->> 'purpose', 'SENT', at, at, expires, answered);
  INSERT INTO disclosure (id, forwarding_id, entry_id, person_id, from_id, to_id, purpose, opened_at, good_until, relied_on)
  SELECT (r ->> 'id')::uuid, hop, (r ->> 'entry')::uuid, (p ->> 'person')::uuid, reader, recipient, p ->> 'purpose', at,
    least(internal.moment((r ->> 'goodUntil')::bigint), expires), r -> 'reliedOn'
  FROM jsonb_array_elements(p -> 'rows') AS r;
  UPDATE person SET version = version + 1 WHERE id = ANY (persons);
  PERFORM internal.note(actor, 'forwarding.send', 'PERMIT', p -> 'subject', at);
  IF answered IS NOT NULL THEN
    PERFORM internal.note(actor, 'forwarding.step', 'ANSWERED', jsonb_build_object('forwarding', answered), at);
    PERFORM internal.tell(actor, recipient, 'forwarding.answered', jsonb_build_object('forwardingId', answered), at);
  END IF;
  PERFORM internal.tell(actor, recipient, 'forwarding.received', jsonb_build_object('forwardingId', hop), at);
  PERFORM internal.tell(actor, e.origin_id, 'entry.forwarded', jsonb_build_object('entryId', e.id,
      'disclosureId', r -> 'id'), at)
    FROM jsonb_array_elements(p -> 'rows') AS r JOIN entry e ON e.id = (r ->> 'entry')::uuid WHERE e.origin_id <> recipient;
  IF p ->> 'requestId' IS NOT NULL THEN
    PERFORM internal.fulfil_request(actor, (p ->> 'requestId')::uuid, hop, at);
  END IF;
  RETURN 'ok';
END $$;

CREATE OR REPLACE FUNCTION api.end_laufzettel(actor jsonb, slip uuid, expected int, next_status text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  now timestamptz;
  l laufzettel;
  hop forwarding;
  hops uuid[] := '{}';
BEGIN
  SELECT one.* INTO l FROM laufzettel one WHERE one.id = slip AND internal.may_see_laufzettel(reader, one) FOR NO KEY UPDATE;
  now := api.clock_now();
  IF l.id IS NULL THEN
    RETURN NULL;
  ELSIF l.created_by <> reader THEN
    RETURN jsonb_build_object('outcome', 'not-allowed');
  ELSIF l.version <> expected THEN
    RETURN jsonb_build_object('outcome', 'stale', 'version', l.version);
  ELSIF l.status <> 'OPEN' THEN
    RETURN jsonb_build_object('outcome', 'illegal', 'status', l.status);
  ELSIF next_status = 'COMPLETED' THEN
    SELECT coalesce(array_agg(f.id ORDER BY f.sent_at, f.id), '{}') INTO hops FROM forwarding f
    WHERE f.laufzettel_id = slip AND f.from_id = reader AND internal.is_live(f.id, now)
      AND f.status IN ('SENT', 'DELIVERED', 'ACCEPTED', 'IN_PROGRESS', 'ON_HOLD');
    IF cardinality(hops) > 0 THEN
      RETURN jsonb_build_object('outcome', 'open', 'open', to_jsonb(hops));
    END IF;
  ELSE
    PERFORM FROM forwarding f WHERE f.laufzettel_id = slip AND f.from_id = reader AND f.status IN ('SENT', 'DELIVERED')
    ORDER BY f.id FOR NO KEY UPDATE;
    FOR hop IN
      UPDATE forwarding f SET status = 'RECALLED', version = f.version + 1, changed_at = now
      WHERE f.laufzettel_id = slip AND f.from_id = reader AND f.status IN ('SENT', 'DELIVERED') AND internal.is_live(f.id, now)
      RETURNING f.*
    LOOP
      hops := hops || hop.id;
      PERFORM internal.note(actor, 'forwarding.step', 'RECALLED', jsonb_build_object('forwarding', hop.id), now);
      PERFORM internal.tell(actor, hop.to_id, 'forwarding.recalled', jsonb_build_object('forwardingId', hop.id), now);
    END LOOP;
  END IF;
  UPDATE laufzettel one SET status = next_status, version = one.version + 1 WHERE one.id = slip;
  PERFORM internal.note(actor, 'laufzettel.' || lower(next_status), 'DONE', jsonb_build_object('laufzettel', slip), now);
  PERFORM internal.tell(actor, got.to_id, 'laufzettel.' || lower(next_status), jsonb_build_object('laufzettelId', slip), now)
    FROM (SELECT DISTINCT f.to_id FROM forwarding f WHERE f.laufzettel_id = slip AND f.from_id = reader) AS got;
  RETURN jsonb_build_object('outcome', 'ok', 'ending', (SELECT coalesce(jsonb_agg(d.id), '[]') FROM disclosure d
    WHERE d.forwarding_id = ANY (hops) AND d.closed_at IS NULL));
END $$;
