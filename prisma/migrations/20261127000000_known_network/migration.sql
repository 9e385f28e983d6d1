-- What everybody's decisions need and hardly ever changes, agencies and agreements, is sent to an instance once; from then on a
-- reading says only by what name it goes now, out of its own snapshot. And a forwarding is read by fewer and smaller statements.

-- --------------------------------------------------------------------------------------------- agencies and agreements

-- A name for all that agencies, agreements and their parties are: another one after each change, in the same transaction. It is
-- random, so that a database that was restored never calls something else by a name that was used before.
CREATE TABLE network_state (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  state uuid NOT NULL DEFAULT gen_random_uuid()
);
ALTER TABLE network_state ENABLE ROW LEVEL SECURITY;
INSERT INTO network_state DEFAULT VALUES;

CREATE FUNCTION internal.network_changed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE network_state SET state = gen_random_uuid();
  RETURN NULL;
END $$;

CREATE TRIGGER agency_changes_network AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON agency
FOR EACH STATEMENT EXECUTE FUNCTION internal.network_changed();
ALTER TABLE agency ENABLE ALWAYS TRIGGER agency_changes_network;
CREATE TRIGGER agreement_changes_network AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON agreement
FOR EACH STATEMENT EXECUTE FUNCTION internal.network_changed();
ALTER TABLE agreement ENABLE ALWAYS TRIGGER agreement_changes_network;
CREATE TRIGGER agreement_party_changes_network AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON agreement_party
FOR EACH STATEMENT EXECUTE FUNCTION internal.network_changed();
ALTER TABLE agreement_party ENABLE ALWAYS TRIGGER agreement_party_changes_network;

-- {state, agencies: [{version, fact}], agreements: [{version, fact}]}, all of one moment.
CREATE FUNCTION api.network() RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN json_build_object(
    'state', (SELECT s.state FROM network_state s),
    'agencies', (
      SELECT coalesce(json_agg(json_build_object('version', a.version, 'fact', json_build_object(
        'id', a.id, 'publicBody', a.public_body, 'suspendedAt', internal.ms(a.suspended_at)))), '[]')
      FROM agency a),
    'agreements', (
      SELECT coalesce(json_agg(json_build_object('version', a.version, 'fact', json_build_object(
        'id', a.id, 'purposes', a.purposes, 'categories', a.categories,
        'from', internal.ms(a.valid_from), 'until', internal.ms(a.valid_until), 'terminatedAt', internal.ms(a.terminated_at),
        'parties', (SELECT json_agg(json_build_object('agency', p.agency_id,
                      'signedAt', internal.ms(p.signed_at), 'leftAt', internal.ms(p.left_at)))
                    FROM agreement_party p WHERE p.agreement_id = a.id)))), '[]')
      FROM agreement a));
END $$;
GRANT EXECUTE ON FUNCTION api.network() TO laufzettel_service;

-- ------------------------------------------------------------------------------------------------- facts, in columns

-- What is read again and again leaves as lists of values, whose names src/persistence/columns.ts has: they are written and read in half
-- the time. The closing paths keep internal.facts, and the names.

CREATE FUNCTION internal.statement_columns(persons uuid[]) RETURNS json LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (
    SELECT json_agg(json_build_array(s.id, c.person_id, s.decision, s.discloser_id, s.recipient_id, s.purpose, s.categories,
      internal.ms(s.stated_at), internal.ms(s.recorded_at), s.recorded_by, s.stated_by, s.age_band,
      internal.ms(s.valid_from), internal.ms(s.valid_until), s.form, s.capacity_confirmed, s.explicit_special_categories,
      s.language, s.text_hash, internal.ms(s.adult_from)))
    FROM unnest(persons) AS person
      CROSS JOIN LATERAL (SELECT one.id, one.person_id FROM client one WHERE one.person_id = person OFFSET 0) AS c
      CROSS JOIN LATERAL (SELECT one.* FROM statement one WHERE one.client_id = c.id OFFSET 0) AS s);
END $$;

CREATE FUNCTION internal.release_columns(persons uuid[]) RETURNS json LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (
    SELECT json_agg(json_build_array(r.id, c.person_id, r.decision, r.origin_id, r.recipient_id, r.categories,
      internal.ms(r.stated_at), internal.ms(r.recorded_at), r.recorded_by, r.stated_by, r.age_band,
      internal.ms(r.valid_from), internal.ms(r.valid_until), r.form, r.capacity_confirmed, r.explicit_special_categories,
      r.language, r.text_hash, internal.ms(r.adult_from)))
    FROM unnest(persons) AS person
      CROSS JOIN LATERAL (SELECT one.id, one.person_id FROM client one WHERE one.person_id = person OFFSET 0) AS c
      CROSS JOIN LATERAL (SELECT one.* FROM release one WHERE one.client_id = c.id OFFSET 0) AS r);
END $$;

-- Open disclosures of these entries, but for those of one forwarding.
CREATE FUNCTION internal.row_columns(entries uuid[], but_for uuid) RETURNS json LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (
    SELECT json_agg(json_build_array(d.id, d.entry_id, d.from_id, d.to_id, d.purpose, internal.ms(d.opened_at),
      internal.ms(d.closed_at), internal.ms(d.good_until), d.relied_on))
    FROM disclosure d
    WHERE d.entry_id = ANY (entries) AND d.closed_at IS NULL AND d.forwarding_id IS DISTINCT FROM but_for);
END $$;

-- Who had read each of these entries, by entry; null where there are none.
CREATE FUNCTION internal.readers_of(entries uuid[]) RETURNS json LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  IF entries IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT json_object_agg(entry, internal.readers_of(entry)) FROM unnest(entries) AS entry);
END $$;

-- --------------------------------------------------------------------------------------------- reading a forwarding

DROP FUNCTION api.read_forwarding(uuid, uuid);

-- What recipients answered last to the end of these disclosures, by disclosure; null where there are none.
CREATE FUNCTION internal.last_answers(disclosures uuid[]) RETURNS json LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  IF disclosures IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN (
    SELECT json_object_agg(told.disclosure_id,
      json_build_object('answer', told.answer, 'statute', told.statute, 'answeredAt', internal.ms(told.at)))
    FROM unnest(disclosures) AS d CROSS JOIN LATERAL (
      SELECT c.* FROM closure_answer c WHERE c.disclosure_id = d ORDER BY c.place DESC LIMIT 1) AS told);
END $$;

-- What a sender sees of a forwarding of its own: {at, received, header, shown, answers}.
CREATE FUNCTION internal.shown_to_sender(reader uuid, hop uuid) RETURNS json LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  header json;
  shown json;
  ended uuid[];
BEGIN
  SELECT internal.forwarding_header(reader, f, l, now) INTO header
  FROM forwarding f JOIN laufzettel l ON l.id = f.laufzettel_id WHERE f.id = hop AND f.from_id = reader;
  SELECT json_agg(json_build_array(d.id, d.entry_id, d.person_id, e.category, e.origin_id, internal.ms(e.created_at),
      internal.ms(d.opened_at), internal.ms(d.closed_at), internal.ms(d.good_until), d.fetched_at IS NOT NULL)),
    array_agg(d.id) FILTER (WHERE d.closed_at IS NOT NULL OR d.good_until <= now)
  INTO shown, ended FROM disclosure d JOIN entry e ON e.id = d.entry_id WHERE d.forwarding_id = hop AND d.from_id = reader;
  RETURN json_build_object('at', internal.ms(now), 'received', false, 'header', header, 'shown', shown,
    'answers', internal.last_answers(ended));
END $$;

-- One forwarding as its reader may have it before the second decision: {at, received, header, shown, answers}, and for its
-- recipient all that the decision needs; of agencies and agreements the name of their state, by which api.network has them.
--
-- shown: each disclosure with its entry, in columns; for the recipient those that it holds or had read. sealed: of what is open.
-- concerns: pairs of entry and person. keys: person and wrapped key, by the handle under which an entry is written. readBy: who had
-- read what an entry corrects. rows: further open disclosures of the same entries.
CREATE FUNCTION api.read_forwarding(reader uuid, hop uuid) RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  header json;
  received boolean;
  shown json;
  entries uuid[];
  handles uuid[];
  corrected uuid[];
  ended uuid[];
  concerns json;
  persons uuid[];
BEGIN
  PERFORM internal.demand_active(reader);
  SELECT internal.forwarding_header(reader, f, l, now), f.to_id = reader INTO header, received
  FROM forwarding f JOIN laufzettel l ON l.id = f.laufzettel_id WHERE f.id = hop AND reader IN (f.from_id, f.to_id);
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF NOT received THEN
    RETURN internal.shown_to_sender(reader, hop);
  END IF;
  SELECT json_agg(json_build_array(d.id, d.entry_id, d.person_id, e.category, e.origin_id, internal.ms(e.created_at),
      internal.ms(d.opened_at), internal.ms(d.closed_at), internal.ms(d.good_until), d.fetched_at IS NOT NULL,
      d.from_id, d.to_id, d.purpose, d.relied_on,
      e.client_id, e.secrecy, internal.ms(e.guard_from), e.filed_under, e.replaces,
      CASE WHEN d.closed_at IS NULL THEN encode(p.sealed, 'base64') END)),
    coalesce(array_agg(e.id) FILTER (WHERE d.closed_at IS NULL), '{}'),
    array_agg(e.client_id) FILTER (WHERE d.closed_at IS NULL),
    array_agg(e.replaces) FILTER (WHERE d.closed_at IS NULL AND e.replaces IS NOT NULL),
    array_agg(d.id) FILTER (WHERE d.closed_at IS NOT NULL OR d.good_until <= now)
  INTO shown, entries, handles, corrected, ended
  FROM disclosure d JOIN entry e ON e.id = d.entry_id JOIN entry_payload p ON p.entry_id = e.id
  WHERE d.forwarding_id = hop AND (d.closed_at IS NULL OR d.fetched_at IS NOT NULL);
  SELECT json_agg(json_build_array(ec.entry_id, c.person_id)), coalesce(array_agg(DISTINCT c.person_id), '{}')
  INTO concerns, persons FROM entry_concern ec JOIN client c ON c.id = ec.client_id WHERE ec.entry_id = ANY (entries);
  RETURN json_build_object('at', internal.ms(now), 'received', true, 'header', header, 'shown', shown,
    'answers', internal.last_answers(ended),
    'concerns', concerns,
    'keys', (
      SELECT json_object_agg(c.id, json_build_array(c.person_id, encode(k.wrapped, 'base64')))
      FROM client c JOIN client_key k ON k.client_id = c.id WHERE c.id = ANY (handles)),
    'readBy', internal.readers_of(corrected),
    'handles', internal.handles_of(reader, persons),
    'network', (SELECT s.state FROM network_state s),
    'statements', internal.statement_columns(persons),
    'releases', internal.release_columns(persons),
    'rows', internal.row_columns(entries, hop));
END $$;
GRANT EXECUTE ON FUNCTION api.read_forwarding(uuid, uuid) TO laufzettel_service;

-- ------------------------------------------------------------------------------------------- what readings leave behind

-- Notes several readings at once, of which each had been read before: {actor, forwarding, subject, at}. Gives for each, in their order, how
-- its forwarding stands; `suspended` of an agency that may not act any more, and `first` where something is to be marked after all.
-- Neither is noted.
CREATE FUNCTION api.note_readings(readings jsonb) RETURNS json LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  answers json;
BEGIN
  WITH wanted AS MATERIALIZED (
    SELECT place, one -> 'actor' AS actor, one -> 'subject' AS subject, (one ->> 'at')::bigint AS at, (one #>> '{actor,agency}')::uuid AS reader,
      (one ->> 'forwarding')::uuid AS hop
    FROM jsonb_array_elements(readings) WITH ORDINALITY AS given (one, place)
  ), found AS MATERIALIZED (
    SELECT w.*, a.id IS NULL AS suspended, f.status IS DISTINCT FROM 'SENT' AS again, f.status, f.changed_at, f
    FROM wanted w LEFT JOIN agency a ON a.id = w.reader AND a.suspended_at IS NULL
      LEFT JOIN forwarding f ON f.id = w.hop AND f.to_id = w.reader
  ), noted AS (
    INSERT INTO audit (id, at, agency_id, system, caseworker, action, outcome, subject)
    SELECT uuidv7(), internal.moment(at), reader, actor ->> 'system', actor ->> 'caseworker', 'entries.read', 'PERMIT', subject
    FROM found WHERE NOT suspended AND again
  )
  SELECT json_agg(CASE WHEN suspended THEN json_build_object('suspended', true) WHEN NOT again THEN json_build_object('first', true)
    ELSE json_build_object('status', internal.status_of(f, now), 'version', internal.version_of(f, now),
      'changedAt', internal.ms(changed_at)) END ORDER BY place)
  INTO answers FROM found;
  RETURN answers;
END $$;
GRANT EXECUTE ON FUNCTION api.note_readings(jsonb) TO laufzettel_service;

-- ------------------------------------------------------------------------------------------------ loading for a forwarding

DROP FUNCTION api.load_forward(uuid, uuid, uuid, uuid[], boolean);

-- As before, in columns, and with the name of the network's state. versions: of persons; those of agencies and agreements come with
-- the network.
CREATE FUNCTION api.load_forward(reader uuid, slip uuid, recipient uuid, asked uuid[], answering boolean DEFAULT false)
RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  l laufzettel;
  person uuid;
  entries uuid[];
  theirs uuid[];
  concerns json;
  persons uuid[];
BEGIN
  PERFORM internal.demand_active(reader);
  SELECT one.* INTO l FROM laufzettel one WHERE one.id = slip AND internal.may_see_laufzettel(reader, one);
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT c.person_id INTO person FROM client c WHERE c.id = l.client_id;
  IF asked IS NULL THEN
    -- Of internal.entries_on what the reader may send: its own, and what it holds at this moment; nothing that was corrected.
    SELECT coalesce(array_agg(DISTINCT e.id), '{}') INTO entries
    FROM laufzettel_entry le JOIN entry e ON e.id = le.entry_id JOIN client_key k ON k.client_id = e.client_id
    WHERE le.laufzettel_id = slip AND NOT EXISTS (SELECT FROM entry newer WHERE newer.replaces = e.id)
      AND CASE WHEN e.origin_id = reader THEN k.wrapped IS NOT NULL
        ELSE internal.holds(reader, e.id) AND EXISTS (
          SELECT FROM disclosure d JOIN forwarding f ON f.id = d.forwarding_id
          WHERE d.entry_id = e.id AND d.to_id = reader AND (f.laufzettel_id = slip OR le.added_by = reader)
            AND (d.fetched_at IS NOT NULL OR (d.closed_at IS NULL AND now < d.good_until))) END;
  ELSE
    theirs := ARRAY(SELECT e.id FROM entry e WHERE answering AND e.id = ANY (internal.entries_on(reader, slip))
                      AND e.origin_id = recipient AND internal.holds(reader, e.id));
    SELECT coalesce(array_agg(e.id), '{}') INTO entries FROM entry e
    WHERE e.id = ANY (asked || theirs) AND internal.may_refer(reader, e.id, e.origin_id);
  END IF;
  SELECT json_agg(json_build_array(ec.entry_id, c.person_id)), array_agg(DISTINCT c.person_id)
  INTO concerns, persons FROM entry_concern ec JOIN client c ON c.id = ec.client_id WHERE ec.entry_id = ANY (entries);
  IF persons IS NULL OR NOT person = ANY (persons) THEN
    persons := persons || person;
  END IF;
  RETURN json_build_object(
    'at', internal.ms(now),
    'kind', l.kind, 'purpose', l.purpose, 'urgency', l.urgency, 'dueDate', l.due_date,
    'status', internal.status_for(reader, l),
    'person', person,
    'clientId', CASE WHEN l.created_by = reader THEN l.client_id ELSE internal.handle_of(reader, person) END,
    'recipientKnown', EXISTS (SELECT FROM agency a WHERE a.id = recipient),
    'unknown', CASE WHEN asked IS NULL THEN '[]' ELSE
      (SELECT coalesce(json_agg(one), '[]') FROM unnest(asked) AS one WHERE NOT one = ANY (entries)) END,
    'entries', (
      SELECT json_agg(json_build_array(e.id, subject.person_id, e.category, e.origin_id, internal.ms(e.created_at), e.secrecy,
        internal.ms(e.guard_from), e.filed_under, e.replaces, (SELECT newer.id FROM entry newer WHERE newer.replaces = e.id)))
      FROM entry e JOIN client subject ON subject.id = e.client_id WHERE e.id = ANY (entries)),
    'concerns', concerns,
    'readBy', (SELECT internal.readers_of(array_agg(e.replaces)) FROM entry e WHERE e.id = ANY (entries) AND e.replaces IS NOT NULL),
    'handles', internal.handles_of(recipient, persons),
    'passedOn', internal.passed_on(recipient, entries),
    'versions', (SELECT json_object_agg(p.id, p.version) FROM person p WHERE p.id = ANY (persons)),
    'network', (SELECT s.state FROM network_state s),
    'statements', internal.statement_columns(persons),
    'releases', internal.release_columns(persons),
    'rows', internal.row_columns(entries, NULL));
END $$;
GRANT EXECUTE ON FUNCTION api.load_forward(uuid, uuid, uuid, uuid[], boolean) TO laufzettel_service;
