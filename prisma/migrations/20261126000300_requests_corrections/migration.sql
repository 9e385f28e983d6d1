-- Corrections that replace (Art. 16, 19 GDPR), and requests: one agency asks another for a Laufzettel about a client.

-- -------------------------------------------------------------------------------------------------------- corrections

-- An entry is replaced once; the next correction replaces the successor.
CREATE UNIQUE INDEX entry_replaces ON entry (replaces);

-- Until when a disclosure of this forwarding can last, whatever consent says; null: there is no such limit.
CREATE FUNCTION internal.expiry_cap(forwarding uuid) RETURNS timestamptz LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT f.expires_at FROM public.forwarding f WHERE f.id = expiry_cap.forwarding AND f.status IN ('SENT', 'DELIVERED')
$$;

-- With what replaces what. Who may be told of it is decided where an entry is shown: a successor is its author's
-- business, a predecessor also that of those who had read it.
CREATE OR REPLACE FUNCTION internal.entry_metas(entries uuid[]) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object(
    'id', e.id, 'category', e.category, 'origin', e.origin_id, 'secrecy', e.secrecy,
    'subject', (SELECT c.person_id FROM client c WHERE c.id = e.client_id),
    'concerns', (SELECT jsonb_agg(DISTINCT c.person_id)
                 FROM entry_concern ec JOIN client c ON c.id = ec.client_id WHERE ec.entry_id = e.id),
    'guardFrom', internal.ms(e.guard_from), 'filedUnder', to_jsonb(e.filed_under),
    'replaces', e.replaces, 'replacedBy', (SELECT r.id FROM entry r WHERE r.replaces = e.id),
    'replacesReadBy', CASE WHEN e.replaces IS NULL THEN '[]' ELSE (
      SELECT coalesce(jsonb_agg(DISTINCT d.to_id), '[]') FROM disclosure d
      WHERE d.entry_id = e.replaces AND d.fetched_at IS NOT NULL) END,
    'createdAt', internal.ms(e.created_at)) ORDER BY e.created_at, e.id), '[]')
  FROM entry e WHERE e.id = ANY (entries)
$$;

-- Locks everybody whom the entry concerns, and who is behind these handles of its author, and gives what a review needs
-- with all about the entry and its open disclosures. Null: not the actor's to name; own false: another agency wrote it.
CREATE FUNCTION api.lock_entry(actor jsonb, replaced uuid, handles uuid[]) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  old entry;
  wanted uuid[];
  locked uuid[] := '{}';
BEGIN
  SELECT e.* INTO old FROM entry e WHERE e.id = replaced AND internal.may_refer(reader, e.id, e.origin_id);
  IF NOT FOUND THEN
    RETURN NULL;
  ELSIF old.origin_id <> reader THEN
    RETURN '{"own": false}';
  END IF;
  PERFORM internal.demand_own(reader, handles);
  -- Who is behind a handle may change while one waits, so it is looked at again.
  LOOP
    wanted := internal.concerned(ARRAY[replaced]) || ARRAY(SELECT c.person_id FROM client c WHERE c.id = ANY (handles));
    EXIT WHEN wanted <@ locked;
    PERFORM internal.lock_persons(wanted);
    locked := wanted;
  END LOOP;
  RETURN internal.review(ARRAY(SELECT DISTINCT one FROM unnest(wanted) AS one)) || jsonb_build_object(
    'own', true,
    'replaced', internal.entry_metas(ARRAY[replaced]) -> 0,
    'clientId', old.client_id,
    'wrapped', (SELECT encode(k.wrapped, 'base64') FROM client_key k WHERE k.client_id = old.client_id),
    'handles', (SELECT jsonb_agg(ec.client_id) FROM entry_concern ec WHERE ec.entry_id = replaced),
    'personOf', (SELECT jsonb_object_agg(c.id, c.person_id) FROM client c
                 WHERE c.id = ANY (handles) OR c.id IN (SELECT ec.client_id FROM entry_concern ec WHERE ec.entry_id = replaced)),
    'held', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', d.id,
               'notAfter', internal.ms(internal.expiry_cap(d.forwarding_id))) ORDER BY d.opened_at, d.id), '[]')
             FROM disclosure d WHERE d.entry_id = replaced AND d.closed_at IS NULL));
END $$;

-- Writes an entry that replaces one, in the transaction that holds the persons' locks: it stands under the same client,
-- joins every Laufzettel the old one is on, and is disclosed to those of its holders for whom the check permitted it:
-- p = {at, persons, replaces, entry, rows: [{id, of, goodUntil, reliedOn}], subject}. The old one's disclosures are closed by
-- the review that follows; so a forwarding that goes on with the new entry is never without a row.
CREATE FUNCTION api.correct_entry(actor jsonb, p jsonb, sealed bytea) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  at timestamptz := internal.moment((p ->> 'at')::bigint);
  replaced uuid := (p ->> 'replaces')::uuid;
  corrected uuid := (p -> 'entry' ->> 'id')::uuid;
BEGIN
  -- What the statement that locked it had made sure of, demanded again of the one that writes.
  IF NOT EXISTS (SELECT FROM entry old WHERE old.id = replaced AND old.origin_id = reader
                   AND old.client_id = (p -> 'entry' ->> 'clientId')::uuid AND old.category = p -> 'entry' ->> 'category')
      OR EXISTS (SELECT FROM jsonb_array_elements(p -> 'rows') AS r WHERE NOT EXISTS (
           SELECT FROM disclosure d WHERE d.id = (r ->> 'of')::uuid AND d.entry_id = replaced
             AND d.closed_at IS NULL AND at < d.good_until)) THEN
    RAISE EXCEPTION 'not what was decided upon' USING ERRCODE = 'LZ404';
  END IF;
  PERFORM internal.insert_entries(reader, jsonb_build_array(p -> 'entry'), ARRAY[sealed], at);
  -- Only here: that an entry replaces another is said by nobody who writes one.
  UPDATE entry SET replaces = replaced WHERE id = corrected;
  -- Put there by whoever had put the old one there: that decides who may see it there.
  INSERT INTO laufzettel_entry (laufzettel_id, entry_id, added_by)
  SELECT le.laufzettel_id, corrected, le.added_by FROM laufzettel_entry le WHERE le.entry_id = replaced;
  INSERT INTO disclosure (id, forwarding_id, entry_id, person_id, from_id, to_id, purpose, opened_at, good_until, relied_on)
  SELECT (r ->> 'id')::uuid, d.forwarding_id, corrected, d.person_id, d.from_id, d.to_id, d.purpose, at,
    least(internal.moment((r ->> 'goodUntil')::bigint), internal.expiry_cap(d.forwarding_id)), r -> 'reliedOn'
  FROM jsonb_array_elements(p -> 'rows') AS r JOIN disclosure d ON d.id = (r ->> 'of')::uuid;
  -- What was decided upon the old entry before this is stale.
  UPDATE person SET version = version + 1 WHERE id = ANY (internal.uuids(p -> 'persons'));
  PERFORM internal.note(actor, 'entry.correct', 'DONE', p -> 'subject', at);
  PERFORM internal.tell(actor, side, 'entry.corrected', jsonb_build_object('forwardingId', d.forwarding_id,
      'entryId', corrected, 'disclosureId', d.id), at)
    FROM disclosure d, LATERAL (VALUES (d.to_id), (d.from_id)) AS sides (side) WHERE d.entry_id = corrected;
END $$;

-- ----------------------------------------------------------------------------------------------------------- requests

-- Asks for a Laufzettel about the person behind the asker's handle. No free text. It can be fulfilled until ends_at: until
-- it expires, or until the consent or agreement that it stands on ends by time, whatever comes first.
CREATE TABLE laufzettel_request (
  id            uuid PRIMARY KEY,
  from_id       uuid NOT NULL REFERENCES agency,
  to_id         uuid NOT NULL REFERENCES agency,
  client_id     uuid NOT NULL REFERENCES client,
  kind          text NOT NULL,
  purpose       text NOT NULL,
  urgency       text NOT NULL,
  due_date      date,
  status        text NOT NULL DEFAULT 'OPEN' CHECK (status IN ('OPEN', 'FULFILLED', 'DECLINED', 'WITHDRAWN', 'EXPIRED')),
  decline_code  text,
  forwarding_id uuid REFERENCES forwarding,
  expires_at    timestamptz(3) NOT NULL,
  ends_at       timestamptz(3) NOT NULL,
  version       integer NOT NULL DEFAULT 1,
  created_at    timestamptz(3) NOT NULL,
  changed_at    timestamptz(3) NOT NULL,
  -- When the asked agency was told of it: at once, or when it first has a handle on the person while the request is open.
  told_at       timestamptz(3),
  CHECK (from_id <> to_id),
  CHECK (created_at < ends_at AND ends_at <= expires_at),
  CHECK ((status = 'DECLINED') = (decline_code IS NOT NULL)),
  CHECK ((status = 'FULFILLED') = (forwarding_id IS NOT NULL))
);
CREATE INDEX laufzettel_request_sent ON laufzettel_request (from_id, created_at, id);
CREATE INDEX laufzettel_request_received ON laufzettel_request (to_id, created_at, id);
CREATE INDEX laufzettel_request_client ON laufzettel_request (client_id);
CREATE INDEX laufzettel_request_open ON laufzettel_request (ends_at) WHERE status = 'OPEN';
ALTER TABLE laufzettel_request ENABLE ROW LEVEL SECURITY;

-- What has ended never begins again, and nobody takes a request away: it was told to somebody.
CREATE FUNCTION internal.keep_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'OPEN' AND NEW IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'a request that has ended stays as it is' USING ERRCODE = 'LZ900';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER laufzettel_request_keep BEFORE UPDATE ON laufzettel_request
  FOR EACH ROW EXECUTE FUNCTION internal.keep_request();
CREATE TRIGGER laufzettel_request_kept BEFORE DELETE OR TRUNCATE ON laufzettel_request
  FOR EACH STATEMENT EXECUTE FUNCTION internal.append_only();

CREATE FUNCTION internal.person_of(handle uuid) RETURNS uuid LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$ SELECT c.person_id FROM client c WHERE c.id = handle $$;

-- The asked agency's own handle on whom it is about. A request tells that the person is the asker's client, so it reaches
-- only an agency that knows the person too, and has not erased it; null: it learns nothing, and the asker does not learn that.
CREATE FUNCTION internal.asked_handle(r laufzettel_request) RETURNS uuid LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT c.id FROM client c JOIN client_key k ON k.client_id = c.id AND k.wrapped IS NOT NULL
  WHERE c.person_id = internal.person_of(r.client_id) AND c.agency_id = r.to_id ORDER BY c.created_at, c.id LIMIT 1
$$;

-- One that ended before the asked agency knew the person was never told to it, and is not when it knows the person later: a
-- no that ended it says that it may not be.
CREATE FUNCTION internal.may_see_request(reader uuid, r laufzettel_request) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT r.from_id = reader OR (r.to_id = reader AND r.told_at IS NOT NULL AND internal.asked_handle(r) IS NOT NULL)
$$;

-- What time has ended is shown as ended, and as it will be once it is written down.
CREATE FUNCTION internal.request_status(r laufzettel_request) RETURNS text LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN r.status = 'OPEN' AND r.ends_at <= api.clock_now() THEN 'EXPIRED' ELSE r.status END
$$;

CREATE FUNCTION internal.request_view(reader uuid, r laufzettel_request) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('id', r.id, 'from', r.from_id, 'to', r.to_id,
    'clientId', CASE WHEN r.from_id = reader THEN r.client_id ELSE internal.asked_handle(r) END,
    'kind', r.kind, 'purpose', r.purpose, 'urgency', r.urgency, 'dueDate', r.due_date,
    'status', shown.status, 'declineCode', r.decline_code, 'forwardingId', r.forwarding_id,
    'expiresAt', internal.ms(r.expires_at),
    'version', r.version + CASE WHEN shown.status = r.status THEN 0 ELSE 1 END,
    'createdAt', internal.ms(r.created_at),
    'changedAt', internal.ms(CASE WHEN shown.status = r.status THEN r.changed_at ELSE r.ends_at END))
  FROM (SELECT internal.request_status(r) AS status) AS shown
$$;

-- Tells the asked agency, if it may see the request.
CREATE FUNCTION internal.tell_asked(actor jsonb, r laufzettel_request, type text, at timestamptz) RETURNS void LANGUAGE sql
SET search_path = public, pg_temp AS $$
  SELECT internal.tell(actor, r.to_id, type, jsonb_build_object('requestId', r.id), at)
  WHERE internal.may_see_request(r.to_id, r)
$$;

-- Tells the asked agency of an open request, once, if it knows the person; from then on it sees it.
CREATE FUNCTION internal.first_tell_asked(actor jsonb, request uuid, at timestamptz) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE r laufzettel_request;
BEGIN
  UPDATE laufzettel_request q SET told_at = at
  WHERE q.id = request AND q.status = 'OPEN' AND at < q.ends_at AND q.told_at IS NULL AND internal.asked_handle(q) IS NOT NULL
  RETURNING q.* INTO r;
  IF FOUND THEN
    PERFORM internal.tell_asked(actor, r, 'request.received', at);
  END IF;
END $$;

-- Ends a locked open request that neither side ended: WITHDRAWN when a fact did, EXPIRED when time did. Tells both.
CREATE FUNCTION internal.end_request(r laufzettel_request, ending text, cause text, changed timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  type text := 'request.' || lower(ending);
BEGIN
  UPDATE laufzettel_request q SET status = ending, version = q.version + 1, changed_at = changed WHERE q.id = r.id;
  -- Nobody ended it: the exchange did, or its clock.
  PERFORM internal.note(jsonb_build_object('system', CASE ending WHEN 'EXPIRED' THEN 'clock' ELSE 'exchange' END),
    'request.end', cause, jsonb_build_object('request', r.id), now);
  PERFORM internal.tell('{}', r.from_id, type, jsonb_build_object('requestId', r.id), now);
  PERFORM internal.tell_asked('{}', r, type, now);
END $$;

-- Ends the open requests about a person that a no of this person covers: about (asker, asked, purpose, STAMMDATEN), for
-- that is what a request tells. A yes that was stated after it had lifted it; a youth's no the youth's own word alone.
CREATE FUNCTION internal.end_refused_requests(person uuid) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  r laufzettel_request;
BEGIN
  FOR r IN
    SELECT q.* FROM laufzettel_request q JOIN client c ON c.id = q.client_id
    WHERE c.person_id = person AND q.status = 'OPEN' AND now < q.ends_at AND EXISTS (
      SELECT FROM client h JOIN statement s ON s.client_id = h.id
      WHERE h.person_id = person AND s.decision <> 'GIVEN'
        AND coalesce(s.discloser_id, q.from_id) = q.from_id AND coalesce(s.recipient_id, q.to_id) = q.to_id
        AND coalesce(s.purpose, q.purpose) = q.purpose AND (s.categories IS NULL OR 'STAMMDATEN' = ANY (s.categories))
        AND NOT EXISTS (
          SELECT FROM client g JOIN statement y ON y.client_id = g.id
          WHERE g.person_id = person AND y.decision = 'GIVEN' AND y.discloser_id = q.from_id AND y.recipient_id = q.to_id
            AND y.purpose = q.purpose AND 'STAMMDATEN' = ANY (y.categories) AND y.stated_at > s.recorded_at
            AND (y.stated_by = 'PERSON' OR NOT (s.stated_by = 'PERSON' AND s.age_band = 'FROM_15_TO_17'))))
    ORDER BY q.id FOR NO KEY UPDATE OF q
  LOOP
    PERFORM internal.end_request(r, 'WITHDRAWN', 'REFUSED', now);
  END LOOP;
END $$;

-- Ends the open requests from or to one of these agencies that no agreement in force covers any more, or that one side's
-- suspension cuts off.
CREATE FUNCTION internal.end_uncovered_requests(among uuid[]) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  r laufzettel_request;
BEGIN
  FOR r IN
    SELECT q.* FROM laufzettel_request q
    WHERE q.status = 'OPEN' AND now < q.ends_at AND (q.from_id = ANY (among) OR q.to_id = ANY (among))
      AND (EXISTS (SELECT FROM agency a WHERE a.id IN (q.from_id, q.to_id) AND a.suspended_at <= now)
        OR NOT EXISTS (
          SELECT FROM agreement a
            JOIN agreement_party one ON one.agreement_id = a.id AND one.agency_id = q.from_id
            JOIN agreement_party other ON other.agreement_id = a.id AND other.agency_id = q.to_id
          WHERE q.purpose = ANY (a.purposes) AND 'STAMMDATEN' = ANY (a.categories)
            AND a.valid_from <= now AND now < coalesce(a.valid_until, 'infinity') AND now < coalesce(a.terminated_at, 'infinity')
            AND one.signed_at <= now AND now < coalesce(one.left_at, 'infinity')
            AND other.signed_at <= now AND now < coalesce(other.left_at, 'infinity')))
    ORDER BY q.id FOR NO KEY UPDATE OF q
  LOOP
    PERFORM internal.end_request(r, 'WITHDRAWN', 'AGREEMENT', now);
  END LOOP;
END $$;

-- What these triggers do is done as the transaction of the fact commits: requests are locked after all else, and what was
-- only tried out leaves nothing. They run as their owner, for by then the function that wrote the fact has returned.

CREATE FUNCTION internal.requests_after_no() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.end_refused_requests(internal.person_of(NEW.client_id));
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER statement_ends_requests AFTER INSERT ON statement DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.decision <> 'GIVEN') EXECUTE FUNCTION internal.requests_after_no();

CREATE FUNCTION internal.requests_after_termination() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.end_uncovered_requests(
    ARRAY(SELECT p.agency_id FROM agreement_party p WHERE p.agreement_id = NEW.id));
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER agreement_ends_requests AFTER UPDATE ON agreement DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.terminated_at IS DISTINCT FROM OLD.terminated_at)
  EXECUTE FUNCTION internal.requests_after_termination();

CREATE FUNCTION internal.requests_after_suspension() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.end_uncovered_requests(ARRAY[NEW.id]);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER agency_ends_requests AFTER UPDATE ON agency DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.suspended_at IS DISTINCT FROM OLD.suspended_at)
  EXECUTE FUNCTION internal.requests_after_suspension();

-- With a handle on the person an agency sees the open requests to it about the person, and is told of them. Where a handle
-- becomes one of another person, or comes with what was said at another one, that holds for requests too, and first.
CREATE FUNCTION internal.requests_after_handle() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.end_refused_requests(NEW.person_id);
  PERFORM internal.first_tell_asked('{}', q.id, api.clock_now())
    FROM (SELECT one.id FROM laufzettel_request one JOIN client c ON c.id = one.client_id
          WHERE c.person_id = NEW.person_id AND one.status = 'OPEN' AND one.told_at IS NULL
          ORDER BY one.created_at, one.id) AS q;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER client_sees_requests AFTER INSERT ON client DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION internal.requests_after_handle();
CREATE CONSTRAINT TRIGGER client_moves_requests AFTER UPDATE ON client DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.person_id IS DISTINCT FROM OLD.person_id) EXECUTE FUNCTION internal.requests_after_handle();

-- Nobody asks about a client any more that it has erased: what came of it could not be written down.
CREATE FUNCTION internal.requests_after_erasure() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  r laufzettel_request;
BEGIN
  FOR r IN
    SELECT q.* FROM laufzettel_request q WHERE q.client_id = NEW.client_id AND q.status = 'OPEN' AND now < q.ends_at
    ORDER BY q.id FOR NO KEY UPDATE
  LOOP
    PERFORM internal.end_request(r, 'WITHDRAWN', 'ERASURE', now);
  END LOOP;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER client_key_ends_requests AFTER UPDATE ON client_key DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.wrapped IS NOT NULL AND NEW.wrapped IS NULL) EXECUTE FUNCTION internal.requests_after_erasure();

-- Locks what asking that agency about this client is decided upon, and gives it; null: not the actor's client, or its key
-- was destroyed. told: the asked agency has forwarded something about the person to the actor, so it knows already. known: by
-- that, by a forwarding the other way, or by a link of the two, it knows that the person is the actor's client.
CREATE FUNCTION api.lock_asking(actor jsonb, client uuid, asked uuid) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  person uuid;
  told boolean;
BEGIN
  IF NOT EXISTS (SELECT FROM public.client c JOIN client_key k ON k.client_id = c.id
                 WHERE c.id = lock_asking.client AND c.agency_id = reader AND k.wrapped IS NOT NULL) THEN
    RETURN NULL;
  END IF;
  PERFORM FROM agency a WHERE a.id IN (reader, asked) ORDER BY a.id FOR SHARE;
  PERFORM FROM agreement a WHERE a.id IN (
      SELECT one.agreement_id FROM agreement_party one JOIN agreement_party other USING (agreement_id)
      WHERE one.agency_id = reader AND other.agency_id = asked)
    ORDER BY a.id FOR SHARE;
  -- Who is behind a handle may change while one waits, so it is looked at again.
  LOOP
    person := internal.person_of(lock_asking.client);
    PERFORM FROM public.person p WHERE p.id = person FOR NO KEY UPDATE;
    EXIT WHEN person = internal.person_of(lock_asking.client);
  END LOOP;
  told := EXISTS (SELECT FROM forwarding f JOIN public.client c ON c.id = f.from_client_id
                  WHERE f.from_id = asked AND f.to_id = reader AND c.person_id = person);
  RETURN jsonb_build_object(
    'at', internal.ms(api.clock_now()),
    'person', person,
    'askedKnown', EXISTS (SELECT FROM agency a WHERE a.id = asked),
    'told', told,
    'known', told
      OR EXISTS (SELECT FROM forwarding f JOIN public.client c ON c.id = f.from_client_id
                 WHERE f.from_id = reader AND f.to_id = asked AND c.person_id = person)
      OR EXISTS (SELECT FROM client_link l
                   JOIN public.client one ON one.id = l.issuer_client_id
                   JOIN public.client other ON other.id = l.redeemer_client_id
                 WHERE l.ended_at IS NULL AND one.person_id = person
                   AND (one.agency_id, other.agency_id) IN ((reader, asked), (asked, reader))),
    'facts', internal.facts(ARRAY[person], '{}', ARRAY[reader, asked]));
END $$;

-- Writes a request, in the transaction that holds what it was decided upon.
CREATE FUNCTION api.create_request(actor jsonb, p jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  at timestamptz := internal.moment((p ->> 'at')::bigint);
BEGIN
  PERFORM internal.demand_own(reader, ARRAY[(p ->> 'clientId')::uuid]);
  INSERT INTO laufzettel_request (id, from_id, to_id, client_id, kind, purpose, urgency, due_date, expires_at, ends_at,
    created_at, changed_at)
  VALUES ((p ->> 'id')::uuid, reader, (p ->> 'to')::uuid, (p ->> 'clientId')::uuid, p ->> 'kind', p ->> 'purpose',
    p ->> 'urgency', (p ->> 'dueDate')::date, internal.moment((p ->> 'expiresAt')::bigint),
    internal.moment((p ->> 'endsAt')::bigint), at, at);
  PERFORM internal.note(actor, 'request.create', 'PERMIT', p -> 'subject', at);
  PERFORM internal.first_tell_asked(actor, (p ->> 'id')::uuid, at);
END $$;

CREATE FUNCTION api.get_request(reader uuid, request uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT internal.request_view(reader, r) FROM laufzettel_request r
          WHERE r.id = request AND internal.may_see_request(reader, r));
END $$;

-- Requests to the reader, or by it, of any status or of one; newest first.
CREATE FUNCTION api.list_requests(reader uuid, received boolean, wanted text, after_at bigint, after_id uuid, most int)
RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT coalesce(jsonb_agg(internal.request_view(reader, r) ORDER BY r.created_at DESC, r.id DESC), '[]') FROM (
    SELECT one.* FROM laufzettel_request one
    WHERE CASE WHEN received THEN one.to_id ELSE one.from_id END = reader AND internal.may_see_request(reader, one)
      AND (wanted IS NULL OR internal.request_status(one) = wanted)
      AND (after_id IS NULL OR (one.created_at, one.id) < (internal.moment(after_at), after_id))
    ORDER BY one.created_at DESC, one.id DESC LIMIT most) AS r);
END $$;

-- Takes a step that the transition table allowed from the version that was seen: DECLINED by the asked agency, WITHDRAWN by
-- the asker. Null: somebody was faster.
CREATE FUNCTION api.step_request(actor jsonb, request uuid, expected int, next_status text, code text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  now timestamptz;
  r laufzettel_request;
BEGIN
  PERFORM FROM laufzettel_request q WHERE q.id = request FOR NO KEY UPDATE;
  now := api.clock_now();
  UPDATE laufzettel_request q SET status = next_status, decline_code = code, version = q.version + 1, changed_at = now
  WHERE q.id = request AND q.version = expected AND q.status = 'OPEN' AND now < q.ends_at
    AND internal.may_see_request(reader, q)
    AND reader = CASE next_status WHEN 'DECLINED' THEN q.to_id WHEN 'WITHDRAWN' THEN q.from_id END
  RETURNING q.* INTO r;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  PERFORM internal.note(actor, 'request.step', next_status, jsonb_build_object('request', request), now);
  IF next_status = 'DECLINED' THEN
    PERFORM internal.tell(actor, r.from_id, 'request.declined', jsonb_build_object('requestId', request), now);
  ELSE
    PERFORM internal.tell_asked(actor, r, 'request.withdrawn', now);
  END IF;
  RETURN internal.request_view(reader, r);
END $$;

-- A forwarding that answers a request, at the end of the transaction that writes it. LZ414: there is no such request to the
-- actor; LZ422: it came from another agency than the recipient, or is about somebody else; LZ410: it is not open.
CREATE FUNCTION internal.fulfil_request(actor jsonb, request uuid, hop uuid, at timestamptz) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := (actor ->> 'agency')::uuid;
  f forwarding;
  r laufzettel_request;
BEGIN
  SELECT q.* INTO r FROM laufzettel_request q WHERE q.id = request AND q.to_id = reader FOR NO KEY UPDATE;
  IF r.id IS NULL OR NOT internal.may_see_request(reader, r) THEN
    RAISE EXCEPTION 'no such request' USING ERRCODE = 'LZ414';
  END IF;
  SELECT one.* INTO f FROM forwarding one WHERE one.id = hop;
  IF f.from_id <> reader OR f.to_id <> r.from_id OR internal.person_of(f.from_client_id) <> internal.person_of(r.client_id) THEN
    RAISE EXCEPTION 'another request' USING ERRCODE = 'LZ422';
  END IF;
  IF r.status <> 'OPEN' OR r.ends_at <= api.clock_now() THEN
    RAISE EXCEPTION 'the request is not open' USING ERRCODE = 'LZ410';
  END IF;
  UPDATE laufzettel_request q SET status = 'FULFILLED', forwarding_id = hop, version = q.version + 1, changed_at = at
  WHERE q.id = request;
  PERFORM internal.note(actor, 'request.step', 'FULFILLED', jsonb_build_object('request', request, 'forwarding', hop), at);
  PERFORM internal.tell(actor, r.from_id, 'request.fulfilled',
    jsonb_build_object('requestId', request, 'forwardingId', hop), at);
END $$;

-- Writes down which requests time has ended, for the clock job; gives how many.
CREATE FUNCTION api.expire_requests(most int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  expired int := 0;
  r laufzettel_request;
BEGIN
  FOR r IN
    SELECT q.* FROM laufzettel_request q WHERE q.status = 'OPEN' AND q.ends_at <= api.clock_now()
    ORDER BY q.ends_at, q.id LIMIT most FOR NO KEY UPDATE SKIP LOCKED
  LOOP
    PERFORM internal.end_request(r, 'EXPIRED', 'TIME', r.ends_at);
    expired := expired + 1;
  END LOOP;
  RETURN expired;
END $$;

GRANT EXECUTE ON FUNCTION api.lock_entry(jsonb, uuid, uuid[]) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.correct_entry(jsonb, jsonb, bytea) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.lock_asking(jsonb, uuid, uuid) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.create_request(jsonb, jsonb) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.get_request(uuid, uuid) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.list_requests(uuid, boolean, text, bigint, uuid, int) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.step_request(jsonb, uuid, int, text, text) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.expire_requests(int) TO laufzettel_service;
