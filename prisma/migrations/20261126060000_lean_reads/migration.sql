-- Reading, listing and loading the facts, for less of the processor. What is answered stays as it was.
--
-- What makes the difference, measured by `npm run bench -- --statements`: functions that are one expression are taken into the statement
-- that calls them (so they may not say SET, nor be more stable than what they call); results are json, which is written once,
-- and not jsonb, which is sorted, packed and written out again; and what was read before is only noted.

-- --------------------------------------------------------------------------------------------------------- expressions

-- STABLE, for date_part is: only so it is taken into the statement. Milliseconds of our centuries are exact in a double.
CREATE OR REPLACE FUNCTION internal.ms(moment timestamptz) RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT (date_part('epoch', moment) * 1000)::bigint $$;

CREATE FUNCTION internal.status_of(f forwarding, now timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN f.status IN ('SENT', 'DELIVERED') AND f.expires_at <= now THEN 'EXPIRED' ELSE f.status END
$$;

CREATE FUNCTION internal.version_of(f forwarding, now timestamptz) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT f.version + CASE WHEN f.status IN ('SENT', 'DELIVERED') AND f.expires_at <= now THEN 1 ELSE 0 END
$$;

CREATE OR REPLACE FUNCTION internal.status_of(f forwarding) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT internal.status_of(f, api.clock_now())
$$;

CREATE OR REPLACE FUNCTION internal.version_of(f forwarding) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT internal.version_of(f, api.clock_now())
$$;

CREATE FUNCTION internal.forwarding_header(reader uuid, f forwarding, l laufzettel, now timestamptz) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object('id', f.id, 'laufzettelId', f.laufzettel_id, 'from', f.from_id, 'to', f.to_id,
    'clientId', CASE WHEN f.from_id = reader THEN f.from_client_id ELSE f.to_client_id END,
    'kind', l.kind, 'purpose', f.purpose, 'urgency', l.urgency, 'dueDate', l.due_date,
    'status', internal.status_of(f, now), 'rejectCode', f.reject_code, 'answers', f.answers,
    'version', internal.version_of(f, now), 'sentAt', internal.ms(f.sent_at), 'changedAt', internal.ms(f.changed_at))
$$;

CREATE OR REPLACE FUNCTION internal.forwarding_header(reader uuid, f forwarding) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT internal.forwarding_header(reader, f, l, api.clock_now())::jsonb FROM laufzettel l WHERE l.id = f.laufzettel_id
$$;

-- ------------------------------------------------------------------------------------------------------------- lists

DROP FUNCTION api.list_forwardings(uuid, boolean, jsonb, bigint, uuid, int);

-- Of the reader: received or sent, newest first, or by last change, oldest first, where the filter has `changedSince`; after a
-- place. The two lists that everybody polls are statements with a plan that is kept; any other is planned for its filter.
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
        SELECT coalesce(json_agg(internal.forwarding_header(reader, f, l, now) ORDER BY f.sent_at DESC, f.id DESC), '[]')
        FROM (SELECT one.* FROM forwarding one WHERE one.to_id = reader AND (one.sent_at, one.id) < (before_at, before_id)
              ORDER BY one.sent_at DESC, one.id DESC LIMIT most) AS f JOIN laufzettel l ON l.id = f.laufzettel_id);
    END IF;
    RETURN (
      SELECT coalesce(json_agg(internal.forwarding_header(reader, f, l, now) ORDER BY f.sent_at DESC, f.id DESC), '[]')
      FROM (SELECT one.* FROM forwarding one WHERE one.from_id = reader AND (one.sent_at, one.id) < (before_at, before_id)
            ORDER BY one.sent_at DESC, one.id DESC LIMIT most) AS f JOIN laufzettel l ON l.id = f.laufzettel_id);
  END IF;
  EXECUTE format($query$
    SELECT coalesce(json_agg(internal.forwarding_header($1, f, l, $13) ORDER BY f.%3$I %5$s, f.id %5$s), '[]') FROM (
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
      ORDER BY one.%3$I %5$s, one.id %5$s LIMIT $12) AS f JOIN laufzettel l ON l.id = f.laufzettel_id $query$,
    CASE WHEN received THEN 'to_id' ELSE 'from_id' END,
    CASE WHEN received THEN 'from_id' ELSE 'to_id' END,
    CASE WHEN by_change THEN 'changed_at' ELSE 'sent_at' END,
    CASE WHEN by_change THEN '>' ELSE '<' END,
    CASE WHEN by_change THEN 'ASC' ELSE 'DESC' END)
  INTO list USING reader, (filter ->> 'partner')::uuid, internal.texts(filter -> 'status'), filter ->> 'kind',
    filter ->> 'urgency', (filter ->> 'dueBefore')::date, (filter ->> 'dueAfter')::date,
    internal.moment((filter ->> 'changedSince')::bigint), filter ->> 'purpose', internal.moment(after_at), after_id, most, now;
  RETURN list;
END $$;
GRANT EXECUTE ON FUNCTION api.list_forwardings(uuid, boolean, jsonb, bigint, uuid, int) TO laufzettel_service;

-- ------------------------------------------------------------------------------------------------------------- facts

-- What was said about these persons, at whichever handle. OFFSET 0: from person to handle to what was said there, by their
-- indexes; a plan that is kept would else be one for many persons, which reads whole tables.
CREATE FUNCTION internal.statements_about(persons uuid[]) RETURNS json LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (
    SELECT coalesce(json_agg(CASE WHEN s.decision = 'GIVEN' THEN json_build_object(
      'id', s.id, 'person', c.person_id, 'decision', s.decision, 'discloser', s.discloser_id, 'recipient', s.recipient_id,
      'purpose', s.purpose, 'categories', s.categories, 'statedAt', internal.ms(s.stated_at),
      'recordedAt', internal.ms(s.recorded_at), 'recordedBy', s.recorded_by, 'statedBy', s.stated_by, 'ageBand', s.age_band,
      'validFrom', internal.ms(s.valid_from), 'validUntil', internal.ms(s.valid_until), 'form', s.form,
      'capacityConfirmed', s.capacity_confirmed, 'explicitSpecialCategories', s.explicit_special_categories,
      'language', s.language, 'textHash', s.text_hash, 'evidenceRef', NULL, 'adultFrom', internal.ms(s.adult_from))
    ELSE json_build_object(
      'id', s.id, 'person', c.person_id, 'decision', s.decision, 'discloser', s.discloser_id, 'recipient', s.recipient_id,
      'purpose', s.purpose, 'categories', s.categories, 'statedAt', internal.ms(s.stated_at),
      'recordedAt', internal.ms(s.recorded_at), 'recordedBy', s.recorded_by, 'statedBy', s.stated_by, 'ageBand', s.age_band)
    END), '[]')
    FROM unnest(persons) AS person
      CROSS JOIN LATERAL (SELECT one.id, one.person_id FROM client one WHERE one.person_id = person OFFSET 0) AS c
      CROSS JOIN LATERAL (SELECT one.* FROM statement one WHERE one.client_id = c.id OFFSET 0) AS s);
END $$;

CREATE FUNCTION internal.releases_about(persons uuid[]) RETURNS json LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (
    SELECT coalesce(json_agg(CASE WHEN r.decision = 'GIVEN' THEN json_build_object(
      'id', r.id, 'person', c.person_id, 'decision', r.decision, 'origin', r.origin_id, 'recipient', r.recipient_id,
      'categories', r.categories, 'statedAt', internal.ms(r.stated_at), 'recordedAt', internal.ms(r.recorded_at),
      'recordedBy', r.recorded_by, 'statedBy', r.stated_by, 'ageBand', r.age_band,
      'validFrom', internal.ms(r.valid_from), 'validUntil', internal.ms(r.valid_until), 'form', r.form,
      'capacityConfirmed', r.capacity_confirmed, 'explicitSpecialCategories', r.explicit_special_categories,
      'language', r.language, 'textHash', r.text_hash, 'evidenceRef', NULL, 'adultFrom', internal.ms(r.adult_from))
    ELSE json_build_object(
      'id', r.id, 'person', c.person_id, 'decision', r.decision, 'origin', r.origin_id, 'recipient', r.recipient_id,
      'categories', r.categories, 'statedAt', internal.ms(r.stated_at), 'recordedAt', internal.ms(r.recorded_at),
      'recordedBy', r.recorded_by, 'statedBy', r.stated_by, 'ageBand', r.age_band)
    END), '[]')
    FROM unnest(persons) AS person
      CROSS JOIN LATERAL (SELECT one.id, one.person_id FROM client one WHERE one.person_id = person OFFSET 0) AS c
      CROSS JOIN LATERAL (SELECT one.* FROM release one WHERE one.client_id = c.id OFFSET 0) AS r);
END $$;

-- Agreements of at least two of these agencies.
CREATE FUNCTION internal.shared_agreements(agencies uuid[]) RETURNS uuid[] LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (
    SELECT coalesce(array_agg(shared.agreement_id), '{}') FROM (
      SELECT p.agreement_id FROM agreement_party p WHERE p.agency_id = ANY (agencies)
      GROUP BY p.agreement_id HAVING count(*) > 1) AS shared);
END $$;

DROP FUNCTION internal.facts(uuid[], uuid[], uuid[]);

-- The facts about these persons and entries: `rows` are the open disclosures of the entries; agencies are those involved, the
-- authors and both ends of each row; agreements are those that two of them share. With the versions of all of it for who
-- writes by them what was decided.
CREATE FUNCTION internal.facts(persons uuid[], entries uuid[], involved uuid[], versioned boolean DEFAULT false) RETURNS json
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
  rows json;
  ends uuid[];
  agencies uuid[];
  agreements uuid[];
BEGIN
  SELECT coalesce(json_agg(json_build_object(
      'id', d.id, 'entry', d.entry_id, 'from', d.from_id, 'to', d.to_id, 'purpose', d.purpose,
      'opened', internal.ms(d.opened_at), 'closed', NULL, 'goodUntil', internal.ms(d.good_until),
      'reliedOn', d.relied_on) ORDER BY d.opened_at, d.id), '[]'),
    coalesce(array_agg(d.from_id) || array_agg(d.to_id), '{}')
  INTO rows, ends FROM disclosure d WHERE d.entry_id = ANY (entries) AND d.closed_at IS NULL;
  agencies := ARRAY(SELECT DISTINCT one FROM unnest(
    involved || ends || ARRAY(SELECT e.origin_id FROM entry e WHERE e.id = ANY (entries))) AS one);
  agreements := internal.shared_agreements(agencies);
  RETURN json_build_object(
    'agencies', (
      SELECT coalesce(json_agg(json_build_object(
        'id', a.id, 'publicBody', a.public_body, 'suspendedAt', internal.ms(a.suspended_at))), '[]')
      FROM agency a WHERE a.id = ANY (agencies)),
    'agreements', (
      SELECT coalesce(json_agg(json_build_object(
        'id', a.id, 'purposes', a.purposes, 'categories', a.categories,
        'from', internal.ms(a.valid_from), 'until', internal.ms(a.valid_until), 'terminatedAt', internal.ms(a.terminated_at),
        'parties', (SELECT json_agg(json_build_object('agency', p.agency_id,
                      'signedAt', internal.ms(p.signed_at), 'leftAt', internal.ms(p.left_at)))
                    FROM agreement_party p WHERE p.agreement_id = a.id))), '[]')
      FROM agreement a WHERE a.id = ANY (agreements)),
    'statements', internal.statements_about(persons),
    'releases', internal.releases_about(persons),
    'rows', rows,
    'versions', CASE WHEN versioned THEN internal.versions(persons, agreements, agencies) END);
END $$;

-- ------------------------------------------------------------------------------------------------------------ entries

CREATE OR REPLACE FUNCTION internal.concerned(entries uuid[]) RETURNS uuid[] LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  RETURN ARRAY(SELECT DISTINCT c.person_id FROM entry_concern ec JOIN client c ON c.id = ec.client_id
               WHERE ec.entry_id = ANY (entries));
END $$;

-- What the check and a view need of an entry, but for its content. persons: whom it concerns; subject: its client.
CREATE FUNCTION internal.entry_meta(e entry, subject uuid, persons uuid[], replaced_by uuid, read_by uuid[]) RETURNS json
LANGUAGE sql STABLE AS $$
  SELECT json_build_object('id', e.id, 'category', e.category, 'origin', e.origin_id, 'secrecy', e.secrecy,
    'subject', subject, 'concerns', persons, 'guardFrom', internal.ms(e.guard_from), 'filedUnder', e.filed_under,
    'replaces', e.replaces, 'replacedBy', replaced_by,
    'replacesReadBy', read_by, 'createdAt', internal.ms(e.created_at))
$$;

-- Who had read an entry.
CREATE FUNCTION internal.readers_of(entry uuid) RETURNS uuid[] LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  RETURN ARRAY(SELECT DISTINCT d.to_id FROM disclosure d
               WHERE d.entry_id = readers_of.entry AND d.fetched_at IS NOT NULL);
END $$;

DROP FUNCTION internal.entry_metas(uuid[]);

CREATE FUNCTION internal.entry_metas(entries uuid[]) RETURNS json LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (
    SELECT coalesce(json_agg(internal.entry_meta(e, subject.person_id,
      ARRAY(SELECT DISTINCT c.person_id FROM entry_concern ec JOIN client c ON c.id = ec.client_id WHERE ec.entry_id = e.id),
      (SELECT newer.id FROM entry newer WHERE newer.replaces = e.id),
      CASE WHEN e.replaces IS NULL THEN '{}' ELSE internal.readers_of(e.replaces) END) ORDER BY e.created_at, e.id), '[]')
    FROM entry e JOIN client subject ON subject.id = e.client_id WHERE e.id = ANY (entries));
END $$;

-- --------------------------------------------------------------------------------------------- reading a forwarding

DROP FUNCTION api.read_forwarding(uuid, uuid);

-- A disclosure as either side may see it; told: what its recipient answered last, where it has ended.
CREATE FUNCTION internal.disclosure_row(d disclosure, e entry, told closure_answer) RETURNS json LANGUAGE sql STABLE AS $$
  SELECT json_build_object('id', d.id, 'entry', d.entry_id, 'person', d.person_id, 'category', e.category,
    'origin', e.origin_id, 'openedAt', internal.ms(d.opened_at), 'closedAt', internal.ms(d.closed_at),
    'goodUntil', internal.ms(d.good_until), 'fetched', d.fetched_at IS NOT NULL,
    'answer', told.answer, 'statute', told.statute, 'answeredAt', internal.ms(told.at))
$$;

-- One forwarding as its reader may have it before the second decision: {at, received, header, shown: [{row, meta, sealed}]},
-- and for its recipient handles and facts. meta and sealed: of what is open, for the recipient.
CREATE FUNCTION api.read_forwarding(reader uuid, hop uuid) RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz;
  f forwarding;
  header json;
  shown json;
  persons uuid[];
  entries uuid[];
BEGIN
  PERFORM internal.demand_active(reader);
  SELECT one.* INTO f FROM forwarding one WHERE one.id = hop AND reader IN (one.from_id, one.to_id);
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  now := api.clock_now();
  SELECT internal.forwarding_header(reader, f, l, now) INTO header FROM laufzettel l WHERE l.id = f.laufzettel_id;
  IF f.from_id = reader THEN
    SELECT coalesce(json_agg(json_build_object('row', internal.disclosure_row(d, e, told.last)) ORDER BY e.created_at, e.id), '[]')
    INTO shown FROM disclosure d JOIN entry e ON e.id = d.entry_id LEFT JOIN LATERAL (
      SELECT c AS last FROM closure_answer c WHERE c.disclosure_id = d.id AND (d.closed_at IS NOT NULL OR d.good_until <= now)
      ORDER BY c.place DESC LIMIT 1) AS told ON true
    WHERE d.forwarding_id = hop;
    RETURN json_build_object('at', internal.ms(now), 'received', false, 'header', header, 'shown', shown);
  END IF;
  WITH got AS MATERIALIZED (
    SELECT d, e, told.last AS told, d.closed_at IS NULL AS open, subject.person_id AS subject, k.wrapped, p.sealed,
      ARRAY(SELECT DISTINCT c.person_id FROM entry_concern ec JOIN client c ON c.id = ec.client_id WHERE ec.entry_id = e.id) AS persons,
      (SELECT newer.id FROM entry newer WHERE newer.replaces = e.id) AS replaced_by
    FROM disclosure d JOIN entry e ON e.id = d.entry_id JOIN client subject ON subject.id = e.client_id
      JOIN client_key k ON k.client_id = e.client_id JOIN entry_payload p ON p.entry_id = e.id LEFT JOIN LATERAL (
        SELECT c AS last FROM closure_answer c WHERE c.disclosure_id = d.id AND (d.closed_at IS NOT NULL OR d.good_until <= now)
        ORDER BY c.place DESC LIMIT 1) AS told ON true
    WHERE d.forwarding_id = hop AND (d.closed_at IS NULL OR d.fetched_at IS NOT NULL))
  SELECT coalesce(json_agg(json_build_object(
      'row', internal.disclosure_row(g.d, g.e, g.told),
      'meta', CASE WHEN g.open THEN internal.entry_meta(g.e, g.subject, g.persons, g.replaced_by,
        CASE WHEN (g.e).replaces IS NULL THEN '{}' ELSE internal.readers_of((g.e).replaces) END) END,
      'sealed', CASE WHEN g.open AND g.wrapped IS NOT NULL THEN json_build_object('clientId', (g.e).client_id,
        'wrapped', encode(g.wrapped, 'base64'), 'sealed', encode(g.sealed, 'base64')) END)
      ORDER BY (g.e).created_at, (g.e).id), '[]'),
    ARRAY(SELECT DISTINCT one FROM got, unnest(got.persons) AS one WHERE got.open),
    coalesce(array_agg((g.e).id) FILTER (WHERE g.open), '{}')
  INTO shown, persons, entries FROM got g;
  RETURN json_build_object('at', internal.ms(now), 'received', true, 'header', header, 'shown', shown,
    'handles', internal.handles_of(reader, persons),
    'facts', internal.facts(persons, entries, ARRAY[f.from_id, f.to_id]));
END $$;
GRANT EXECUTE ON FUNCTION api.read_forwarding(uuid, uuid) TO laufzettel_service;

-- ------------------------------------------------------------------------------------------------------ what was read

-- What a reading changes when it is the first one of something: handles on whom the reader comes to know, when it was read, and
-- that what it came with has been delivered. Gives the handles.
CREATE FUNCTION internal.mark_first(actor jsonb, reader uuid, first_reads uuid[], forwarding uuid, subject jsonb, at timestamptz,
  new_handles jsonb) RETURNS jsonb LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  marked int;
  hop public.forwarding;
  handles jsonb := '{}';
BEGIN
  IF jsonb_array_length(new_handles) > 0 THEN
    PERFORM FROM person p WHERE p.id IN (SELECT (h ->> 'person')::uuid FROM jsonb_array_elements(new_handles) AS h)
    ORDER BY p.id FOR NO KEY UPDATE;
    -- Whom a link has moved to another person since it was decided is looked up again.
    IF NOT ARRAY(SELECT (h ->> 'person')::uuid FROM jsonb_array_elements(new_handles) AS h) <@ internal.concerned(ARRAY(
        SELECT d.entry_id FROM disclosure d WHERE d.to_id = reader AND d.closed_at IS NULL
          AND d.entry_id = ANY (internal.uuids(subject -> 'entries')))) THEN
      RAISE EXCEPTION 'somebody else is concerned meanwhile' USING ERRCODE = 'LZ412';
    END IF;
    WITH made AS (
      INSERT INTO client (id, agency_id, person_id, created_at)
      SELECT (h ->> 'id')::uuid, reader, (h ->> 'person')::uuid, at FROM jsonb_array_elements(new_handles) AS h
      WHERE internal.handle_of(reader, (h ->> 'person')::uuid) IS NULL
      RETURNING id)
    INSERT INTO client_key (client_id, wrapped)
    SELECT made.id, decode(h ->> 'wrapped', 'base64')
    FROM made JOIN jsonb_array_elements(new_handles) AS h ON (h ->> 'id')::uuid = made.id;
    handles := internal.handles_of(reader, ARRAY(SELECT (h ->> 'person')::uuid FROM jsonb_array_elements(new_handles) AS h));
  END IF;
  PERFORM FROM public.forwarding f
  WHERE f.to_id = reader AND f.status = 'SENT' AND at < f.expires_at
    AND (f.id = forwarding OR f.id IN (SELECT d.forwarding_id FROM disclosure d WHERE d.id = ANY (first_reads)))
  ORDER BY f.id FOR NO KEY UPDATE;
  UPDATE disclosure d SET fetched_at = coalesce(d.fetched_at, at)
  WHERE d.id = ANY (first_reads) AND d.to_id = reader AND d.closed_at IS NULL;
  GET DIAGNOSTICS marked = ROW_COUNT;
  IF marked < cardinality(first_reads) THEN
    RAISE EXCEPTION 'closed meanwhile' USING ERRCODE = 'LZ412';
  END IF;
  -- Whatever way it was read: what it came with has been delivered.
  FOR hop IN
    UPDATE public.forwarding f SET status = 'DELIVERED', version = f.version + 1, changed_at = at
    WHERE f.to_id = reader AND f.status = 'SENT' AND at < f.expires_at
      AND (f.id = forwarding OR f.id IN (SELECT d.forwarding_id FROM disclosure d WHERE d.id = ANY (first_reads)))
    RETURNING f.*
  LOOP
    PERFORM internal.tell(actor, hop.from_id, 'forwarding.delivered', jsonb_build_object('forwardingId', hop.id), at);
  END LOOP;
  RETURN handles;
END $$;

-- As before. Of what was read before, the reading is noted, and nothing else has to be looked at.
CREATE OR REPLACE FUNCTION api.mark_read(actor jsonb, first_reads uuid[], forwarding uuid, subject jsonb, at_ms bigint,
  new_handles jsonb) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  at timestamptz := internal.moment(at_ms);
  hop public.forwarding;
  handles jsonb := '{}';
BEGIN
  IF cardinality(first_reads) > 0 OR new_handles <> '[]'
      OR EXISTS (SELECT FROM public.forwarding f WHERE f.id = forwarding AND f.to_id = reader AND f.status = 'SENT') THEN
    handles := internal.mark_first(actor, reader, first_reads, forwarding, subject, at, new_handles);
  END IF;
  PERFORM internal.note(actor, 'entries.read', 'PERMIT', subject, at);
  SELECT f.* INTO hop FROM public.forwarding f WHERE f.id = forwarding AND f.to_id = reader;
  RETURN jsonb_build_object('status', internal.status_of(hop), 'version', internal.version_of(hop),
    'changedAt', internal.ms(hop.changed_at), 'handles', handles);
END $$;

-- ------------------------------------------------------------------------------------------------ loading for a forwarding

DROP FUNCTION api.load_forward(uuid, uuid, uuid, uuid[], boolean);

-- As before, as json, and with `passedOn`.
CREATE FUNCTION api.load_forward(reader uuid, slip uuid, recipient uuid, asked uuid[], answering boolean DEFAULT false)
RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
  persons := ARRAY(SELECT DISTINCT one FROM unnest(internal.concerned(entries) || person) AS one);
  RETURN json_build_object(
    'at', internal.ms(api.clock_now()),
    'kind', l.kind, 'purpose', l.purpose, 'urgency', l.urgency, 'dueDate', l.due_date,
    'status', internal.status_for(reader, l),
    'person', person,
    'clientId', CASE WHEN l.created_by = reader THEN l.client_id ELSE internal.handle_of(reader, person) END,
    'recipientKnown', EXISTS (SELECT FROM agency a WHERE a.id = recipient),
    'unknown', (SELECT coalesce(jsonb_agg(one), '[]') FROM unnest(asked) AS one WHERE NOT one = ANY (entries)),
    'entries', internal.entry_metas(entries),
    'handles', internal.handles_of(recipient, persons),
    'passedOn', internal.passed_on(recipient, entries),
    'facts', internal.facts(persons, entries, ARRAY[reader, recipient], true));
END $$;
GRANT EXECUTE ON FUNCTION api.load_forward(uuid, uuid, uuid, uuid[], boolean) TO laufzettel_service;

-- As before, looked up by their own indexes without asking another function for each.
CREATE OR REPLACE FUNCTION internal.entries_on(reader uuid, slip uuid) RETURNS uuid[] LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
BEGIN
  RETURN ARRAY(
    SELECT e.id FROM laufzettel_entry le JOIN entry e ON e.id = le.entry_id JOIN client_key k ON k.client_id = e.client_id
    WHERE le.laufzettel_id = slip AND CASE WHEN e.origin_id = reader THEN k.wrapped IS NOT NULL
      ELSE EXISTS (
        SELECT FROM disclosure d JOIN forwarding f ON f.id = d.forwarding_id
        WHERE d.entry_id = e.id AND d.to_id = reader AND (f.laufzettel_id = slip OR le.added_by = reader)
          AND (d.fetched_at IS NOT NULL OR (d.closed_at IS NULL AND now < d.good_until))) END
    GROUP BY e.id ORDER BY e.created_at, e.id);
END $$;

DROP FUNCTION internal.entries_put_on(uuid, uuid);
