-- What has ended or was replaced looks the same before and after it is written down, and nothing is built upon it.

-- --------------------------------------------------------------------------------------------- a forwarding that expired

-- Its version as it will be once it is written down that nobody accepted it in time: what is shown then has changed already,
-- and does not change again with the clock job.
CREATE FUNCTION internal.version_of(f forwarding) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT f.version + CASE WHEN internal.status_of(f) = f.status THEN 0 ELSE 1 END
$$;

CREATE OR REPLACE FUNCTION internal.forwarding_header(reader uuid, f forwarding) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('id', f.id, 'laufzettelId', f.laufzettel_id, 'from', f.from_id, 'to', f.to_id,
    'clientId', CASE WHEN f.from_id = reader THEN f.from_client_id ELSE f.to_client_id END,
    'kind', l.kind, 'purpose', f.purpose, 'urgency', l.urgency, 'dueDate', l.due_date, 'status', internal.status_of(f),
    'rejectCode', f.reject_code, 'answers', f.answers, 'version', internal.version_of(f), 'sentAt', internal.ms(f.sent_at),
    'changedAt', internal.ms(f.changed_at))
  FROM laufzettel l WHERE l.id = f.laufzettel_id
$$;

-- As before, with the version as it is shown.
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
  RETURN jsonb_build_object('status', internal.status_of(hop), 'version', internal.version_of(hop), 'changedAt', internal.ms(hop.changed_at),
    'handles', handles);
END $$;

-- ------------------------------------------------------------------------------------------- entries that were corrected

-- Whether one of these entries was corrected by the reader, who wrote it. Locks them: a correction puts the new entry on every
-- Laufzettel that has the old one, so it comes before a Laufzettel that names the old one, or finds it. Of others'
-- corrections nothing is said here: what they closed looks closed, whatever closed it.
CREATE FUNCTION internal.names_replaced(reader uuid, entries uuid[]) RETURNS boolean LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM entry e WHERE e.id = ANY (entries) ORDER BY e.id FOR SHARE;
  RETURN EXISTS (SELECT FROM entry newer JOIN entry e ON e.id = newer.replaces
                 WHERE e.id = ANY (entries) AND e.origin_id = reader);
END $$;

CREATE FUNCTION internal.lock_replaced() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM entry e WHERE e.id = NEW.replaces FOR NO KEY UPDATE;
  RETURN NEW;
END $$;
CREATE TRIGGER entry_locks_replaced BEFORE UPDATE OF replaces ON entry FOR EACH ROW
  EXECUTE FUNCTION internal.lock_replaced();

-- As before; entry-replaced: it names an entry that the actor has corrected.
CREATE OR REPLACE FUNCTION api.create_laufzettel(actor jsonb, p jsonb, sealed bytea[], at_ms bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  at timestamptz := internal.moment(at_ms);
  slip uuid := (p ->> 'id')::uuid;
  existing uuid[] := internal.uuids(p -> 'entryIds');
  route uuid[] := internal.uuids(p -> 'route');
BEGIN
  IF NOT EXISTS (SELECT FROM client c WHERE c.id = (p ->> 'clientId')::uuid AND c.agency_id = reader) THEN
    RETURN 'client-not-found';
  END IF;
  IF EXISTS (SELECT FROM unnest(existing) AS one WHERE NOT EXISTS (
      SELECT FROM entry e WHERE e.id = one AND internal.may_refer(reader, e.id, e.origin_id))) THEN
    RETURN 'entry-not-found';
  END IF;
  IF EXISTS (SELECT FROM unnest(existing) AS one WHERE NOT EXISTS (
      SELECT FROM entry_concern ec JOIN client c ON c.id = ec.client_id JOIN client own ON own.person_id = c.person_id
      WHERE ec.entry_id = one AND own.id = (p ->> 'clientId')::uuid)) THEN
    RETURN 'entry-of-another';
  END IF;
  IF internal.names_replaced(reader, existing) THEN
    RETURN 'entry-replaced';
  END IF;
  IF EXISTS (SELECT FROM unnest(route) AS one WHERE NOT EXISTS (SELECT FROM agency a WHERE a.id = one)) THEN
    RETURN 'agency-not-found';
  END IF;
  IF p ->> 'agreementId' IS NOT NULL AND NOT EXISTS (SELECT FROM agreement_party a
      WHERE a.agreement_id = (p ->> 'agreementId')::uuid AND a.agency_id = reader) THEN
    RETURN 'agreement-not-found';
  END IF;
  INSERT INTO laufzettel (id, client_id, created_by, kind, purpose, urgency, due_date, agreement_id, route, created_at)
  VALUES (slip, (p ->> 'clientId')::uuid, reader, p ->> 'kind', p ->> 'purpose', p ->> 'urgency',
    (p ->> 'dueDate')::date, (p ->> 'agreementId')::uuid, route, at);
  PERFORM internal.insert_entries(reader, p -> 'entries', sealed, at);
  INSERT INTO laufzettel_entry (laufzettel_id, entry_id, added_by)
  SELECT slip, one, reader FROM unnest(existing) AS one
  UNION SELECT slip, (e ->> 'id')::uuid, reader FROM jsonb_array_elements(p -> 'entries') AS e;
  PERFORM internal.note(actor, 'laufzettel.create', 'DONE', jsonb_build_object('laufzettel', slip), at);
  RETURN 'ok';
END $$;

-- As before; entry-replaced: it names an entry that the actor has corrected.
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
  IF internal.names_replaced(reader, existing) THEN
    RETURN 'entry-replaced';
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

-- ------------------------------------------------------------------------------------------ requests after a link's end

-- What was said at a handle that has parted is not said by who stays: a yes of it lifts no no any more.
CREATE FUNCTION internal.requests_after_unlink() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.end_refused_requests(one.person)
    FROM (SELECT DISTINCT internal.person_of(handle) AS person
          FROM unnest(ARRAY[NEW.issuer_client_id, NEW.redeemer_client_id]) AS handle ORDER BY 1) AS one;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER client_link_ends_requests AFTER UPDATE ON client_link DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION internal.requests_after_unlink();

-- ------------------------------------------------------------------------------ when an agreement or an agency's part ends

-- As before, but the clock is read when everybody about whom something is disclosed is locked: what another request does while
-- this one waits for a person comes before it, and is not recorded as later than the end.

CREATE OR REPLACE FUNCTION api.change_agency(actor jsonb, agency uuid, change text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE now timestamptz;
BEGIN
  PERFORM internal.demand_admin(actor);
  PERFORM FROM public.agency a WHERE a.id = agency FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM api.lock_persons_of_agency(agency);
  now := api.clock_now();
  UPDATE public.agency a SET version = a.version + 1,
    suspended_at = CASE change WHEN 'SUSPEND' THEN coalesce(a.suspended_at, now) END
  WHERE a.id = agency;
  PERFORM internal.note(actor, 'agency.' || lower(change), 'DONE', jsonb_build_object('agency', agency), now);
  RETURN true;
END $$;

CREATE OR REPLACE FUNCTION api.change_agreement(actor jsonb, agreement uuid, change text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz;
  reader uuid := internal.acting(actor);
  present public.agreement;
BEGIN
  SELECT a.* INTO present FROM public.agreement a WHERE a.id = agreement FOR NO KEY UPDATE;
  IF present.id IS NULL OR (reader IS NOT NULL AND NOT EXISTS (
      SELECT FROM agreement_party p WHERE p.agreement_id = agreement AND p.agency_id = reader)) THEN
    RETURN 'not-found';
  END IF;
  PERFORM api.lock_persons_of_agreement(agreement);
  now := api.clock_now();
  IF present.terminated_at IS NOT NULL THEN
    RETURN 'conflict';
  END IF;
  -- Who has not signed cannot end what others have.
  IF change = 'TERMINATE' AND reader IS NOT NULL
      AND EXISTS (SELECT FROM agreement_party p WHERE p.agreement_id = agreement AND p.signed_at IS NOT NULL)
      AND NOT EXISTS (SELECT FROM agreement_party p WHERE p.agreement_id = agreement AND p.agency_id = reader
                        AND p.signed_at IS NOT NULL AND p.left_at IS NULL) THEN
    RETURN 'not-signed';
  END IF;
  IF change = 'SIGN' THEN
    UPDATE agreement_party p SET signed_at = now
    WHERE p.agreement_id = agreement AND p.agency_id = reader AND p.signed_at IS NULL;
    IF NOT FOUND THEN
      RETURN 'conflict';
    END IF;
  ELSE
    UPDATE public.agreement a SET terminated_at = now WHERE a.id = agreement;
  END IF;
  UPDATE public.agreement a SET version = a.version + 1 WHERE a.id = agreement;
  PERFORM internal.note(actor, 'agreement.' || lower(change), 'DONE', jsonb_build_object('agreement', agreement), now);
  PERFORM internal.tell(actor, p.agency_id, CASE change WHEN 'SIGN' THEN 'agreement.signed' ELSE 'agreement.terminated' END,
    jsonb_build_object('agreementId', agreement), now) FROM agreement_party p WHERE p.agreement_id = agreement;
  RETURN 'ok';
END $$;
