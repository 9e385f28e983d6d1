-- Who has passed an entry on and then gets it once more holds it longer: what hangs on its holding ends later than was known.

-- Open disclosures of these entries when the recipient has passed on any of them, with what their ends depend on besides
-- facts; else none. notAfter: of a forwarding that nobody has accepted yet, when it expires. The next migration's api.load_forward tells it.
CREATE FUNCTION internal.passed_on(recipient uuid, entries uuid[]) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'person', d.person_id,
    'notAfter', internal.ms(internal.expiry_cap(d.forwarding_id))) ORDER BY d.opened_at, d.id), '[]')
  FROM disclosure d
  WHERE d.entry_id = ANY (entries) AND d.closed_at IS NULL AND EXISTS (
    SELECT FROM disclosure one WHERE one.entry_id = ANY (entries) AND one.from_id = recipient AND one.closed_at IS NULL)
$$;

-- As before; `moves`: new ends of what hangs on the recipient's holding of an entry that goes now.
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
  -- A new way by which an entry is held ends nothing sooner, and begins nothing that has ended.
  UPDATE disclosure d
  SET good_until = greatest(d.good_until,
    least(internal.moment((m ->> 'goodUntil')::bigint), coalesce(internal.expiry_cap(d.forwarding_id), 'infinity')))
  FROM jsonb_array_elements(p -> 'moves') AS m
  WHERE d.id = (m ->> 'id')::uuid AND d.closed_at IS NULL AND api.clock_now() < d.good_until
    AND EXISTS (SELECT FROM jsonb_array_elements(p -> 'rows') AS r WHERE (r ->> 'entry')::uuid = d.entry_id);
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
