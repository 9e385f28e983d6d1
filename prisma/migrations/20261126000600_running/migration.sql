-- Erasing what an agency wrote under one of its handles (Art. 17 GDPR): its data key is destroyed, so the ciphertext says
-- nothing any more, also in every copy of it. What was said and who received what stays, as ids and codes (Art. 5(2), 15).

-- Whether what was written under this entry's handle was erased.
CREATE FUNCTION internal.is_erased(entry uuid) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM public.entry e JOIN client_key k ON k.client_id = e.client_id
                 WHERE e.id = is_erased.entry AND k.wrapped IS NULL)
$$;

-- As before, but what its author had erased is gone for its author too. Who held and had read it may still name it: else it
-- could tell an erasure from a withdrawal.
CREATE OR REPLACE FUNCTION internal.may_refer(reader uuid, entry uuid, origin uuid) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT (origin = reader AND NOT internal.is_erased(entry)) OR EXISTS (
    SELECT FROM disclosure d WHERE d.entry_id = entry AND d.to_id = reader
      AND (d.fetched_at IS NOT NULL OR (d.closed_at IS NULL AND api.clock_now() < d.good_until)))
$$;

-- What it was is what was put there, whoever asks; what its author, who is the reader, had erased is left out of it.
ALTER FUNCTION internal.entries_on(uuid, uuid) RENAME TO entries_put_on;

CREATE FUNCTION internal.entries_on(reader uuid, slip uuid) RETURNS uuid[] LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(one.id ORDER BY one.position), '{}')
  FROM unnest(internal.entries_put_on(reader, slip)) WITH ORDINALITY AS one (id, position) JOIN entry e ON e.id = one.id
  WHERE NOT (e.origin_id = reader AND internal.is_erased(e.id))
$$;

-- Locks the person behind a handle, with everybody whom its open disclosures concern, and gives what a review needs. For an
-- agency: its own handle. For the exchange itself, which applies its ledger of erasures again: any. Null: no such handle.
CREATE FUNCTION api.lock_erasure(actor jsonb, client uuid) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  person uuid;
  locked uuid;
BEGIN
  IF reader IS NULL THEN
    PERFORM internal.demand_admin(actor);
  END IF;
  -- A handle that was moved to another person while this waited is followed; once that one is locked, it moves no more.
  LOOP
    SELECT c.person_id INTO person FROM public.client c WHERE c.id = client AND (reader IS NULL OR c.agency_id = reader);
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
    EXIT WHEN person = locked;
    PERFORM internal.lock_persons(ARRAY[person]);
    locked := person;
  END LOOP;
  RETURN internal.review(ARRAY[person]) || jsonb_build_object(
    'erased', (SELECT k.wrapped IS NULL FROM client_key k WHERE k.client_id = client),
    'entriesUnder', (SELECT count(*) FROM entry e WHERE e.client_id = client),
    'ofClient', (SELECT coalesce(jsonb_agg(d.id), '[]') FROM disclosure d JOIN entry e ON e.id = d.entry_id
                 WHERE e.client_id = client AND d.closed_at IS NULL));
END $$;

-- The oldest handle that lives: nothing can be written under an erased one. Where all are erased, the oldest of them, by
-- which what came to the agency before is still shown.
CREATE OR REPLACE FUNCTION internal.handle_of(agency uuid, person uuid) RETURNS uuid LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT c.id FROM client c JOIN client_key k ON k.client_id = c.id WHERE c.person_id = person AND c.agency_id = agency
  ORDER BY k.wrapped IS NULL, c.created_at, c.id LIMIT 1
$$;

-- Destroys the data key of a handle that lock_erasure has locked, and clears its file reference. The person's version counts
-- it: a forwarding that was decided upon what is now erased is decided again. counts: what the audit keeps of how much it was.
CREATE FUNCTION api.erase_client(actor jsonb, client uuid, at_ms bigint, counts jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  at timestamptz := internal.moment(at_ms);
  owner uuid;
BEGIN
  IF reader IS NULL THEN
    PERFORM internal.demand_admin(actor);
  ELSE
    PERFORM internal.demand_own(reader, ARRAY[client]);
  END IF;
  UPDATE client_key k SET wrapped = NULL, destroyed_at = at WHERE k.client_id = client AND k.wrapped IS NOT NULL;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  UPDATE public.client c SET file_reference_sealed = NULL, file_reference_index = NULL WHERE c.id = client
  RETURNING c.agency_id INTO owner;
  UPDATE person SET version = version + 1 WHERE id = (SELECT c.person_id FROM public.client c WHERE c.id = client);
  PERFORM internal.note(actor, 'client.erase', 'DONE', jsonb_build_object('client', client) || counts, at);
  PERFORM internal.tell(actor, owner, 'client.erased', jsonb_build_object('clientId', client), at);
END $$;

-- Of these handles those whose data key is still there: a backup that was put back has them, though they were erased.
CREATE FUNCTION api.kept_keys(clients uuid[]) RETURNS uuid[] LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(k.client_id ORDER BY k.client_id), '{}') FROM client_key k
  WHERE k.client_id = ANY (clients) AND k.wrapped IS NOT NULL
$$;

GRANT EXECUTE ON FUNCTION api.lock_erasure(jsonb, uuid), api.erase_client(jsonb, uuid, bigint, jsonb), api.kept_keys(uuid[])
  TO laufzettel_service;
