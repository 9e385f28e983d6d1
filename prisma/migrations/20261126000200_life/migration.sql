-- The rest of a forwarding's life: it may expire, be recalled and be answered by a forwarding of its own; who held what has
-- closed answers for it; a Laufzettel is completed or cancelled.
--
-- The order of locks has one more place: agencies, agreements, persons, Laufzettel, forwardings, disclosures.

-- ------------------------------------------------------------------------------------------------------------- tables

-- answers: the forwarding that this one answers. expires_at: 14 days in Europe/Berlin after it was sent; what is neither
-- accepted nor rejected, recalled or blocked by then has expired at that very millisecond.
ALTER TABLE forwarding ADD COLUMN answers uuid REFERENCES forwarding, ADD COLUMN expires_at timestamptz(3);
-- The limit is new; nothing has expired before there was one.
UPDATE forwarding SET expires_at = greatest(api.clock_now(),
  (sent_at AT TIME ZONE 'Europe/Berlin' + interval '14 days') AT TIME ZONE 'Europe/Berlin');
ALTER TABLE forwarding ALTER COLUMN expires_at SET NOT NULL;
UPDATE disclosure d SET good_until = f.expires_at FROM forwarding f
WHERE f.id = d.forwarding_id AND f.status IN ('SENT', 'DELIVERED') AND d.closed_at IS NULL AND d.good_until > f.expires_at;

-- The answer that a recipient owes for a disclosure that has closed after it had fetched it. The last place counts.
CREATE TABLE closure_answer (
  disclosure_id uuid NOT NULL REFERENCES disclosure,
  place         integer NOT NULL,
  answer        text NOT NULL CHECK (answer IN ('STOPPED', 'ERASED', 'RETAINED')),
  statute       text,
  at            timestamptz(3) NOT NULL,
  system        text NOT NULL,
  PRIMARY KEY (disclosure_id, place),
  CHECK ((answer = 'RETAINED') = (statute IS NOT NULL))
);
ALTER TABLE closure_answer ENABLE ROW LEVEL SECURITY;
CREATE TRIGGER closure_answer_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON closure_answer
  FOR EACH STATEMENT EXECUTE FUNCTION internal.append_only();
-- What an agency had fetched, by when it ended or will end.
CREATE INDEX disclosure_fetched_end ON disclosure (to_id, coalesce(closed_at, good_until), id) WHERE fetched_at IS NOT NULL;

-- Each agency puts an entry on a Laufzettel for itself: whether another one had put it there before does not show.
ALTER TABLE laufzettel_entry DROP CONSTRAINT laufzettel_entry_pkey, ADD PRIMARY KEY (laufzettel_id, entry_id, added_by);

-- ------------------------------------------------------------------------------------------------ a forwarding's status

-- Whether something that the forwarding disclosed has not ended.
CREATE FUNCTION internal.is_live(hop uuid, at timestamptz) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM disclosure d WHERE d.forwarding_id = hop AND d.closed_at IS NULL AND at < d.good_until)
$$;

-- Its status as it is now: what nobody accepted in time has expired, written down already or not.
CREATE FUNCTION internal.status_of(f forwarding) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE WHEN f.status IN ('SENT', 'DELIVERED') AND f.expires_at <= api.clock_now() THEN 'EXPIRED' ELSE f.status END
$$;

CREATE OR REPLACE FUNCTION internal.forwarding_header(reader uuid, f forwarding) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('id', f.id, 'laufzettelId', f.laufzettel_id, 'from', f.from_id, 'to', f.to_id,
    'clientId', CASE WHEN f.from_id = reader THEN f.from_client_id ELSE f.to_client_id END,
    'kind', l.kind, 'purpose', f.purpose, 'urgency', l.urgency, 'dueDate', l.due_date, 'status', internal.status_of(f),
    'rejectCode', f.reject_code, 'answers', f.answers, 'version', f.version, 'sentAt', internal.ms(f.sent_at),
    'changedAt', internal.ms(f.changed_at))
  FROM laufzettel l WHERE l.id = f.laufzettel_id
$$;

-- live: something of it has not ended.
CREATE OR REPLACE FUNCTION api.get_forwarding_header(reader uuid, hop uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT internal.forwarding_header(reader, f) || jsonb_build_object('live', internal.is_live(f.id, api.clock_now()))
          FROM forwarding f WHERE f.id = hop AND reader IN (f.from_id, f.to_id));
END $$;

-- Remembers that the reader read these disclosures, unless one of them has closed meanwhile (LZ412: decide again). With the
-- reading it gets a handle of its own on everybody they concern, unless it holds one; not before, for what it never reads
-- vanishes without a trace. Gives its handles, and the forwarding's new status if one is named. What has expired is
-- delivered no more.
CREATE OR REPLACE FUNCTION api.mark_read(actor jsonb, first_reads uuid[], forwarding uuid, subject jsonb, at_ms bigint,
  new_handles jsonb) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  at timestamptz := internal.moment(at_ms);
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
  PERFORM internal.note(actor, 'entries.read', 'PERMIT', subject, at);
  -- Whatever way it was read: what it came with has been delivered.
  FOR hop IN
    UPDATE public.forwarding f SET status = 'DELIVERED', version = f.version + 1, changed_at = at
    WHERE f.to_id = reader AND f.status = 'SENT' AND at < f.expires_at
      AND (f.id = forwarding OR f.id IN (SELECT d.forwarding_id FROM disclosure d WHERE d.id = ANY (first_reads)))
    RETURNING f.*
  LOOP
    PERFORM internal.tell(actor, hop.from_id, 'forwarding.delivered', jsonb_build_object('forwardingId', hop.id), at);
  END LOOP;
  SELECT f.* INTO hop FROM public.forwarding f WHERE f.id = forwarding AND f.to_id = reader;
  RETURN jsonb_build_object('status', internal.status_of(hop), 'version', hop.version, 'changedAt', internal.ms(hop.changed_at),
    'handles', handles);
END $$;

-- A forwarding as the reader may see it. Its recipient gets the rows that are open or that it had fetched, with what is
-- needed to decide and open them; its sender gets all rows and no content. Null: neither.
CREATE OR REPLACE FUNCTION api.read_forwarding(reader uuid, hop uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  f forwarding;
  received boolean;
  entries uuid[];
  persons uuid[];
BEGIN
  PERFORM internal.demand_active(reader);
  SELECT one.* INTO f FROM forwarding one WHERE one.id = hop AND reader IN (one.from_id, one.to_id);
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  received := f.to_id = reader;
  IF received THEN
    SELECT coalesce(array_agg(d.entry_id), '{}') INTO entries FROM disclosure d
    WHERE d.forwarding_id = hop AND d.closed_at IS NULL;
    persons := internal.concerned(entries);
  END IF;
  RETURN jsonb_build_object(
    'at', internal.ms(api.clock_now()),
    'received', received,
    'header', internal.forwarding_header(reader, f),
    'rows', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'entry', d.entry_id, 'person', d.person_id,
               'category', e.category, 'origin', e.origin_id,
               'openedAt', internal.ms(d.opened_at), 'closedAt', internal.ms(d.closed_at),
               'goodUntil', internal.ms(d.good_until), 'fetched', d.fetched_at IS NOT NULL,
               'answer', told.answer, 'statute', told.statute, 'answeredAt', internal.ms(told.at))
               ORDER BY e.created_at, e.id), '[]')
             FROM disclosure d JOIN entry e ON e.id = d.entry_id LEFT JOIN LATERAL (
               SELECT c.* FROM closure_answer c WHERE c.disclosure_id = d.id ORDER BY c.place DESC LIMIT 1) AS told ON true
             WHERE d.forwarding_id = hop
               AND (NOT received OR d.closed_at IS NULL OR d.fetched_at IS NOT NULL)))
    || CASE WHEN NOT received THEN '{}' ELSE jsonb_build_object(
      'entries', internal.entry_metas(entries),
      'sealed', internal.sealed(entries),
      'handles', internal.handles_of(reader, persons),
      'facts', internal.facts(persons, entries, ARRAY[f.from_id, f.to_id])) END;
END $$;

-- Takes a step that the transition table allowed from the version that was seen. Null: somebody was faster, or time was:
-- with its last disclosure every forwarding that has not ended is blocked or has expired, written down already or not.
CREATE OR REPLACE FUNCTION api.step_forwarding(actor jsonb, hop uuid, expected int, next_status text, code text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  now timestamptz;
  f forwarding;
BEGIN
  PERFORM FROM forwarding one WHERE one.id = hop FOR NO KEY UPDATE;
  now := api.clock_now();
  UPDATE forwarding one SET status = next_status, reject_code = code, version = one.version + 1, changed_at = now
  WHERE one.id = hop AND one.version = expected AND reader IN (one.from_id, one.to_id)
    AND internal.is_live(hop, now) RETURNING one.* INTO f;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  PERFORM internal.note(actor, 'forwarding.step', next_status, jsonb_build_object('forwarding', hop), now);
  PERFORM internal.tell(actor, CASE WHEN f.from_id = reader THEN f.to_id ELSE f.from_id END,
    'forwarding.' || lower(next_status), jsonb_build_object('forwardingId', hop), now);
  RETURN internal.forwarding_header(reader, f);
END $$;

-- --------------------------------------------------------------------------------------------- reviewing what is open

-- The open disclosures of entries that concern these persons, with all that is needed to decide each again. notAfter: of a
-- forwarding that nobody has accepted yet, when it expires.
CREATE OR REPLACE FUNCTION internal.review(persons uuid[]) RETURNS jsonb LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
DECLARE
  entries uuid[];
  agencies uuid[];
BEGIN
  SELECT coalesce(array_agg(DISTINCT d.entry_id), '{}'), coalesce(array_agg(DISTINCT d.to_id), '{}') INTO entries, agencies
  FROM client c
    JOIN entry_concern ec ON ec.client_id = c.id
    JOIN disclosure d ON d.entry_id = ec.entry_id AND d.closed_at IS NULL
  WHERE c.person_id = ANY (persons);
  RETURN jsonb_build_object(
    'at', internal.ms(api.clock_now()),
    'persons', to_jsonb(persons),
    'entries', internal.entry_metas(entries),
    'rows', (SELECT coalesce(jsonb_agg(jsonb_build_object(
               'id', d.id, 'person', d.person_id, 'from', d.from_id, 'to', d.to_id,
               'notAfter', CASE WHEN f.status IN ('SENT', 'DELIVERED') THEN internal.ms(f.expires_at) END)
               ORDER BY d.opened_at, d.id), '[]')
             FROM disclosure d JOIN forwarding f ON f.id = d.forwarding_id
             WHERE d.entry_id = ANY (entries) AND d.closed_at IS NULL),
    'facts', internal.facts(persons || internal.concerned(entries), entries, agencies));
END $$;

-- Applies a review, in the transaction that holds the persons' locks: p = {at, cause, persons, close: [{id, at}],
-- move: [{id, goodUntil}]}. A forwarding whose last row closes becomes BLOCKED unless it has ended, or EXPIRED if that is
-- why. Tells who has to know: discloser and origin always; the recipient only of what it had fetched, for the rest vanishes
-- for it.
CREATE OR REPLACE FUNCTION api.apply_review(actor jsonb, p jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := internal.moment((p ->> 'at')::bigint);
  touched uuid[];
BEGIN
  PERFORM internal.acting(actor);
  PERFORM FROM forwarding f WHERE f.id IN (SELECT d.forwarding_id FROM disclosure d, jsonb_array_elements(p -> 'close') AS c
                                           WHERE d.id = (c ->> 'id')::uuid)
  ORDER BY f.id FOR NO KEY UPDATE;
  -- What has ended since the review began has ended, and does not begin again.
  UPDATE disclosure d SET good_until = internal.moment((m ->> 'goodUntil')::bigint)
  FROM jsonb_array_elements(p -> 'move') AS m
  WHERE d.id = (m ->> 'id')::uuid AND d.closed_at IS NULL AND api.clock_now() < d.good_until;
  -- A forwarding that was decided upon ends that have moved since is decided again.
  IF jsonb_array_length(p -> 'close') + jsonb_array_length(p -> 'move') > 0 THEN
    UPDATE person SET version = version + 1 WHERE id = ANY (internal.uuids(p -> 'persons'));
  END IF;
  IF jsonb_array_length(p -> 'close') = 0 THEN
    RETURN;
  END IF;
  WITH closed AS (
    UPDATE disclosure d SET closed_at = internal.moment((c ->> 'at')::bigint)
    FROM jsonb_array_elements(p -> 'close') AS c WHERE d.id = (c ->> 'id')::uuid AND d.closed_at IS NULL
    RETURNING d.*
  ), told AS (
    -- Who holds what it had fetched owes an answer, so it is told even when it recorded the no itself.
    SELECT internal.tell(CASE WHEN hearer.holds THEN '{}' ELSE actor END, hearer.agency, 'disclosure.closed',
      jsonb_build_object('disclosureId', closed.id, 'entryId', closed.entry_id) ||
      CASE WHEN hearer.agency IN (closed.from_id, closed.to_id)
        THEN jsonb_build_object('forwardingId', closed.forwarding_id) ELSE '{}' END, now)
    FROM closed JOIN entry e ON e.id = closed.entry_id, LATERAL (
      SELECT closed.from_id AS agency, false AS holds UNION SELECT e.origin_id, false
      UNION SELECT closed.to_id, true WHERE closed.fetched_at IS NOT NULL) AS hearer
  )
  SELECT array_agg(DISTINCT closed.forwarding_id) INTO touched FROM closed
  WHERE (SELECT count(*) FROM told) >= 0;
  PERFORM internal.note(actor, 'disclosure.close', p ->> 'cause',
    jsonb_build_object('disclosures', (SELECT jsonb_agg(c -> 'id') FROM jsonb_array_elements(p -> 'close') AS c)), now);
  WITH ended AS (
    UPDATE forwarding f SET version = f.version + 1, changed_at = now,
      status = CASE WHEN f.status IN ('SENT', 'DELIVERED') AND f.expires_at <= now THEN 'EXPIRED' ELSE 'BLOCKED' END
    WHERE f.id = ANY (touched) AND f.status NOT IN ('CLOSED', 'REJECTED', 'RECALLED', 'EXPIRED', 'BLOCKED')
      AND NOT EXISTS (SELECT FROM disclosure d WHERE d.forwarding_id = f.id AND d.closed_at IS NULL)
    RETURNING f.*
  )
  -- Nobody asked for it to be blocked or to expire: both sides are told, the actor too when it is one of them by chance
  INSERT INTO event (id, agency_id, type, subject, at)
  SELECT uuidv7(), side, 'forwarding.' || lower(ended.status), jsonb_build_object('forwardingId', ended.id), now
  FROM ended, LATERAL (VALUES (ended.from_id), (ended.to_id)) AS sides (side);
END $$;

-- ---------------------------------------------------------------------------------------------------------- forwarding

-- Whether the reader holds an entry by a disclosure that has not ended.
CREATE FUNCTION internal.holds(reader uuid, entry uuid) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM disclosure d WHERE d.entry_id = entry AND d.to_id = reader AND d.closed_at IS NULL
    AND api.clock_now() < d.good_until)
$$;

-- What a preview or forwarding has to know, in one snapshot. asked null: every entry on it that the reader holds, without
-- those that were replaced. answering: also what the reader holds on it that the recipient wrote itself, for by that a core
-- category is met.
DROP FUNCTION api.load_forward(uuid, uuid, uuid, uuid[]);

CREATE FUNCTION api.load_forward(reader uuid, slip uuid, recipient uuid, asked uuid[], answering boolean DEFAULT false)
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
    'kind', l.kind, 'purpose', l.purpose, 'urgency', l.urgency, 'dueDate', l.due_date, 'status', l.status,
    'person', person,
    'clientId', CASE WHEN l.created_by = reader THEN l.client_id ELSE internal.handle_of(reader, person) END,
    'recipientKnown', EXISTS (SELECT FROM agency a WHERE a.id = recipient),
    'unknown', (SELECT coalesce(jsonb_agg(one), '[]') FROM unnest(asked) AS one WHERE NOT one = ANY (entries)),
    'entries', internal.entry_metas(entries),
    'handles', internal.handles_of(recipient, persons),
    'facts', internal.facts(persons, entries, ARRAY[reader, recipient]));
END $$;

-- Writes a decided forwarding if everything it was decided upon still stands: ok, or stale (decide again). One that answers
-- another also takes that one's step to ANSWERED; one that was asked for fulfils the request.
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
  PERFORM FROM laufzettel l WHERE l.id = slip AND l.status = 'OPEN' FOR SHARE;
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

-- ------------------------------------------------------------------------------------------------------- owed answers

-- Who received what about this client: what the reader gave, got, or wrote. Null: not the reader's client.
CREATE OR REPLACE FUNCTION api.list_disclosures(reader uuid, client uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE person uuid;
BEGIN
  PERFORM internal.demand_active(reader);
  SELECT c.person_id INTO person FROM public.client c WHERE c.id = client AND c.agency_id = reader;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT coalesce(jsonb_agg(to_jsonb(one) ORDER BY one."openedAt" DESC, one.id DESC), '[]') FROM (
    SELECT d.id, d.entry_id AS "entryId", e.category, e.origin_id AS origin, d.from_id AS "from", d.to_id AS "to", d.purpose,
      CASE WHEN reader IN (d.from_id, d.to_id) THEN d.forwarding_id END AS "forwardingId",
      internal.ms(d.opened_at) AS "openedAt", internal.ms(d.fetched_at) AS "fetchedAt",
      -- What time has ended has ended then, written down already or not.
      internal.ms(CASE WHEN d.good_until <= api.clock_now() THEN least(d.closed_at, d.good_until) ELSE d.closed_at END) AS "closedAt",
      -- When it ends and what it stands on follows from what the person said to the origin: nobody else's business.
      CASE WHEN e.origin_id = reader THEN internal.ms(least(d.good_until, d.closed_at)) END AS "goodUntil",
      CASE WHEN e.origin_id = reader THEN d.relied_on - 'row' || jsonb_build_object('agreements', (
        SELECT coalesce(jsonb_agg(one), '[]') FROM jsonb_array_elements_text(d.relied_on -> 'agreements') AS one
        WHERE EXISTS (SELECT FROM agreement_party a WHERE a.agreement_id = one::uuid AND a.agency_id = reader)))
      END AS basis,
      -- What the recipient did when it closed: for giver, author and recipient, so for everybody who sees the row.
      told.answer, told.statute, internal.ms(told.at) AS "answeredAt"
    FROM disclosure d JOIN entry e ON e.id = d.entry_id LEFT JOIN LATERAL (
      SELECT c.* FROM closure_answer c WHERE c.disclosure_id = d.id ORDER BY c.place DESC LIMIT 1) AS told ON true
    WHERE (d.from_id = reader OR e.origin_id = reader
        OR (d.to_id = reader AND (d.fetched_at IS NOT NULL OR (d.closed_at IS NULL AND api.clock_now() < d.good_until))))
      AND d.entry_id IN (SELECT ec.entry_id FROM entry_concern ec JOIN public.client c ON c.id = ec.client_id
                         WHERE c.person_id = person)
      AND (after_id IS NULL OR (d.opened_at, d.id) < (internal.moment(after_at), after_id))
    ORDER BY d.opened_at DESC, d.id DESC LIMIT most) AS one);
END $$;

-- The recipient's answer to a disclosure that has closed after it had fetched it; by time counts as well, closed or not yet.
-- follows: the answers that this one may follow. The row's lock puts those who answer at once in a row. Null: no such row
-- of the actor's; outcome: ok (given now, or the same before), or conflict with the answer that stands.
CREATE FUNCTION api.answer_closure(actor jsonb, disclosure uuid, answer text, statute text, follows text[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  now timestamptz;
  ended public.disclosure;
  last public.closure_answer;
BEGIN
  SELECT d.* INTO ended FROM public.disclosure d WHERE d.id = disclosure AND d.to_id = reader AND d.fetched_at IS NOT NULL
  FOR NO KEY UPDATE;
  now := api.clock_now();
  IF ended.id IS NULL OR now < coalesce(ended.closed_at, ended.good_until) THEN
    RETURN NULL;
  END IF;
  SELECT c.* INTO last FROM closure_answer c WHERE c.disclosure_id = ended.id ORDER BY c.place DESC LIMIT 1;
  IF last.answer IS NULL OR last.answer = ANY (follows) THEN
    INSERT INTO closure_answer (disclosure_id, place, answer, statute, at, system)
    VALUES (ended.id, coalesce(last.place, 0) + 1, answer, statute, now, actor ->> 'system') RETURNING * INTO last;
    PERFORM internal.note(actor, 'disclosure.answer', answer, jsonb_build_object('disclosure', ended.id), now);
    PERFORM internal.tell(actor, hearer.agency, 'disclosure.answered',
      jsonb_build_object('disclosureId', ended.id, 'entryId', ended.entry_id) ||
      CASE WHEN hearer.agency = ended.from_id THEN jsonb_build_object('forwardingId', ended.forwarding_id) ELSE '{}' END, now)
    FROM (SELECT ended.from_id AS agency UNION SELECT e.origin_id FROM entry e WHERE e.id = ended.entry_id) AS hearer;
  ELSIF last.answer <> answer OR last.statute IS DISTINCT FROM statute THEN
    RETURN jsonb_build_object('outcome', 'conflict', 'answer', last.answer);
  END IF;
  RETURN jsonb_build_object('outcome', 'ok', 'answer', last.answer, 'statute', last.statute, 'at', internal.ms(last.at));
END $$;

-- The closed disclosures for which the reader still owes an answer, by when they ended.
CREATE FUNCTION api.list_owed_answers(reader uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE now timestamptz := api.clock_now();
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT coalesce(jsonb_agg(to_jsonb(one) ORDER BY one."closedAt", one."disclosureId"), '[]') FROM (
    SELECT d.id AS "disclosureId", d.forwarding_id AS "forwardingId", d.entry_id AS "entryId", e.category,
      internal.ms(coalesce(d.closed_at, d.good_until)) AS "closedAt", f.to_client_id AS "clientId"
    FROM disclosure d JOIN entry e ON e.id = d.entry_id JOIN forwarding f ON f.id = d.forwarding_id
    WHERE d.to_id = reader AND d.fetched_at IS NOT NULL AND coalesce(d.closed_at, d.good_until) <= now
      AND NOT EXISTS (SELECT FROM closure_answer c WHERE c.disclosure_id = d.id)
      AND (after_id IS NULL OR (coalesce(d.closed_at, d.good_until), d.id) > (internal.moment(after_at), after_id))
    ORDER BY coalesce(d.closed_at, d.good_until), d.id LIMIT most) AS one);
END $$;

-- ---------------------------------------------------------------------------------------------------------- Laufzettel

-- The entries on a Laufzettel that the reader may name in its context: those it wrote, those it put there and still may
-- refer to, and those it received by this Laufzettel. That it holds another one by another Laufzettel says nothing here.
CREATE OR REPLACE FUNCTION internal.entries_on(reader uuid, slip uuid) RETURNS uuid[] LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(e.id ORDER BY e.created_at, e.id), '{}')
  FROM entry e
  WHERE e.id IN (SELECT le.entry_id FROM laufzettel_entry le WHERE le.laufzettel_id = slip) AND (
    e.origin_id = reader
    OR (EXISTS (SELECT FROM laufzettel_entry le WHERE le.laufzettel_id = slip AND le.entry_id = e.id AND le.added_by = reader)
      AND internal.may_refer(reader, e.id, e.origin_id))
    OR EXISTS (SELECT FROM disclosure d JOIN forwarding f ON f.id = d.forwarding_id
               WHERE d.entry_id = e.id AND d.to_id = reader AND f.laufzettel_id = slip
                 AND (d.fetched_at IS NOT NULL OR (d.closed_at IS NULL AND api.clock_now() < d.good_until))))
$$;

-- version: counts the changes of status alone; what one agency adds is nothing that another sees.
CREATE OR REPLACE FUNCTION internal.laufzettel_view(reader uuid, l laufzettel) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('id', l.id, 'kind', l.kind, 'purpose', l.purpose,
    'clientId', CASE WHEN l.created_by = reader THEN l.client_id
                     ELSE internal.handle_of(reader, (SELECT c.person_id FROM client c WHERE c.id = l.client_id)) END,
    'createdBy', l.created_by, 'urgency', l.urgency, 'dueDate', l.due_date,
    'agreementId', CASE WHEN l.created_by = reader THEN l.agreement_id END,
    'route', CASE WHEN l.created_by = reader THEN to_jsonb(l.route) ELSE '[]' END,
    'entryIds', to_jsonb(internal.entries_on(reader, l.id)),
    'status', l.status, 'version', l.version, 'createdAt', internal.ms(l.created_at))
$$;

-- Adds entries, written under the actor's own handle or there already; all of them or none. Gives ok, not-found, not-open,
-- client-not-found, entry-not-found, entry-of-another.
CREATE FUNCTION api.add_to_laufzettel(actor jsonb, p jsonb, sealed bytea[], at_ms bigint) RETURNS text
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
  IF l.status <> 'OPEN' THEN
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

-- Locks the person of a Laufzettel and everybody whom its open disclosures concern, and gives what a review needs; null: not
-- the actor's to see.
CREATE FUNCTION api.lock_laufzettel(actor jsonb, slip uuid) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  person uuid;
  locked uuid;
BEGIN
  LOOP
    SELECT c.person_id INTO person FROM laufzettel l JOIN client c ON c.id = l.client_id
    WHERE l.id = slip AND internal.may_see_laufzettel(reader, l);
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    -- While we waited its handle may have come to be another person's.
    EXIT WHEN person = locked;
    PERFORM internal.lock_persons(ARRAY[person]);
    locked := person;
  END LOOP;
  RETURN internal.review(ARRAY[person]);
END $$;

-- COMPLETED or CANCELLED, by its creator. CANCELLED recalls its own hops that nobody has accepted, in a transaction that
-- holds the person's lock: ending names the disclosures that end with them. Null: not the actor's to see. outcome: ok,
-- not-allowed, stale (with the version), illegal (with the status), open (with the hops that are still being worked on).
CREATE FUNCTION api.end_laufzettel(actor jsonb, slip uuid, expected int, next_status text) RETURNS jsonb
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
    FROM (SELECT DISTINCT f.to_id FROM forwarding f WHERE f.laufzettel_id = slip) AS got;
  RETURN jsonb_build_object('outcome', 'ok', 'ending', (SELECT coalesce(jsonb_agg(d.id), '[]') FROM disclosure d
    WHERE d.forwarding_id = ANY (hops) AND d.closed_at IS NULL));
END $$;

GRANT EXECUTE ON FUNCTION api.load_forward(uuid, uuid, uuid, uuid[], boolean),
  api.answer_closure(jsonb, uuid, text, text, text[]), api.list_owed_answers(uuid, bigint, uuid, int),
  api.add_to_laufzettel(jsonb, jsonb, bytea[], bigint), api.lock_laufzettel(jsonb, uuid),
  api.end_laufzettel(jsonb, uuid, int, text) TO laufzettel_service;
