-- An entry that comes to its holder by another way may be held longer there, and wherever that holder has passed it on. Its author
-- is told of each end that moves, unless it moved them itself.

-- A new way by which an entry is held ends nothing sooner, and begins nothing that has ended.
CREATE FUNCTION internal.lengthen_ends(actor jsonb, moves jsonb, going uuid[], at timestamptz) RETURNS void LANGUAGE sql
SET search_path = public, pg_temp AS $$
  WITH later AS MATERIALIZED (
    SELECT d.id, least(internal.moment((m ->> 'goodUntil')::bigint), coalesce(internal.expiry_cap(d.forwarding_id), 'infinity')) AS until
    FROM jsonb_array_elements(moves) AS m JOIN disclosure d ON d.id = (m ->> 'id')::uuid
    WHERE d.closed_at IS NULL AND api.clock_now() < d.good_until AND d.entry_id = ANY (going)
  ), moved AS (
    UPDATE disclosure d SET good_until = later.until FROM later WHERE d.id = later.id AND d.good_until < later.until
    RETURNING d.*
  )
  INSERT INTO event (id, agency_id, type, subject, at)
  SELECT uuidv7(), e.origin_id, 'disclosure.end-changed', jsonb_build_object('disclosureId', moved.id, 'entryId', e.id), at
  FROM moved JOIN entry e ON e.id = moved.entry_id
  -- What the author gave itself hangs on no other way.
  WHERE e.origin_id <> moved.from_id AND e.origin_id IS DISTINCT FROM (actor ->> 'agency')::uuid
$$;

-- As before.
CREATE OR REPLACE FUNCTION api.commit_forward(actor jsonb, p jsonb)
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
  IF p -> 'moves' <> '[]' THEN
    PERFORM internal.lengthen_ends(actor, p -> 'moves', going, at);
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
