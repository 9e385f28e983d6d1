-- What the service may do, as functions. Each names its reader (or actor), refuses a suspended one (LZ001) and reaches only
-- what is that agency's or was disclosed to it; the consent check needs facts of others, and gets those and no content.
--
-- Reading functions are STABLE: all their parts see one snapshot, so facts and versions belong together. Writing functions
-- lock in one order everywhere: agencies, agreements, persons, forwardings (each by id), disclosures. They lock for no key
-- update: what only refers to a row, as the audit to its agency, does not wait.

-- ------------------------------------------------------------------------------------------------------------- ground

CREATE FUNCTION internal.demand_active(reader uuid) RETURNS void LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM agency a WHERE a.id = reader AND a.suspended_at IS NULL) THEN
    RAISE EXCEPTION 'the agency is suspended or unknown' USING ERRCODE = 'LZ001';
  END IF;
END $$;

-- Who acts: {agency: uuid or null for the admin, system, caseworker}. Gives the agency.
CREATE FUNCTION internal.acting(actor jsonb) RETURNS uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF actor ->> 'agency' IS NOT NULL THEN
    PERFORM internal.demand_active((actor ->> 'agency')::uuid);
  END IF;
  RETURN (actor ->> 'agency')::uuid;
END $$;

-- For what runs the exchange: the admin, the operator and the clock act for no agency.
CREATE FUNCTION internal.demand_admin(actor jsonb) RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF actor ->> 'agency' IS NOT NULL OR actor ->> 'system' IS NULL THEN
    RAISE EXCEPTION 'not for an agency' USING ERRCODE = 'LZ403';
  END IF;
END $$;

-- Whether every one of these handles is the agency's own.
CREATE FUNCTION internal.demand_own(agency uuid, handles uuid[]) RETURNS void LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM unnest(handles) AS one
             WHERE NOT EXISTS (SELECT FROM client c WHERE c.id = one AND c.agency_id = agency)) THEN
    RAISE EXCEPTION 'a handle is not the actor''s' USING ERRCODE = 'LZ404';
  END IF;
END $$;

CREATE FUNCTION internal.note(actor jsonb, action text, outcome text, subject jsonb, at timestamptz) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  INSERT INTO audit (id, at, agency_id, system, caseworker, action, outcome, subject)
  VALUES (uuidv7(), at, (actor ->> 'agency')::uuid, actor ->> 'system', actor ->> 'caseworker', action, outcome, subject)
$$;

-- Tells an agency of a change that it did not make itself.
CREATE FUNCTION internal.tell(actor jsonb, agency uuid, type text, subject jsonb, at timestamptz) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp AS $$
  INSERT INTO event (id, agency_id, type, subject, at)
  SELECT uuidv7(), agency, type, subject, at WHERE agency IS DISTINCT FROM (actor ->> 'agency')::uuid
$$;

CREATE FUNCTION internal.uuids(list jsonb) RETURNS uuid[] LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(array_agg(one::uuid), '{}') FROM jsonb_array_elements_text(list) AS one
$$;

CREATE FUNCTION internal.texts(list jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN list IS NULL OR list = 'null' THEN NULL
              ELSE (SELECT coalesce(array_agg(one), '{}') FROM jsonb_array_elements_text(list) AS one) END
$$;

CREATE FUNCTION internal.handle_of(agency uuid, person uuid) RETURNS uuid LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT c.id FROM client c WHERE c.person_id = person AND c.agency_id = agency ORDER BY c.created_at, c.id LIMIT 1
$$;

-- {person: that agency's handle or null}
CREATE FUNCTION internal.handles_of(agency uuid, persons uuid[]) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT coalesce(jsonb_object_agg(person, internal.handle_of(agency, person)), '{}') FROM unnest(persons) AS person
$$;

-- -------------------------------------------------------------------------------------------------------------- facts

CREATE FUNCTION internal.concerned(entries uuid[]) RETURNS uuid[] LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT c.person_id), '{}')
  FROM entry_concern ec JOIN client c ON c.id = ec.client_id WHERE ec.entry_id = ANY (entries)
$$;

CREATE FUNCTION internal.entry_metas(entries uuid[]) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object(
    'id', e.id, 'category', e.category, 'origin', e.origin_id, 'secrecy', e.secrecy,
    'subject', (SELECT c.person_id FROM client c WHERE c.id = e.client_id),
    'concerns', (SELECT jsonb_agg(DISTINCT c.person_id)
                 FROM entry_concern ec JOIN client c ON c.id = ec.client_id WHERE ec.entry_id = e.id),
    'guardFrom', internal.ms(e.guard_from), 'filedUnder', to_jsonb(e.filed_under),
    'createdAt', internal.ms(e.created_at)) ORDER BY e.created_at, e.id), '[]')
  FROM entry e WHERE e.id = ANY (entries)
$$;

CREATE FUNCTION internal.versions(persons uuid[], agreements uuid[], agencies uuid[]) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object(
    'persons', (SELECT coalesce(jsonb_object_agg(p.id, p.version), '{}') FROM person p WHERE p.id = ANY (persons)),
    'agreements', (SELECT coalesce(jsonb_object_agg(a.id, a.version), '{}') FROM agreement a WHERE a.id = ANY (agreements)),
    'agencies', (SELECT coalesce(jsonb_object_agg(a.id, a.version), '{}') FROM agency a WHERE a.id = ANY (agencies)))
$$;

-- Everything that the check needs to know about these persons and entries, between the agencies involved; with the versions
-- of all that it was read from. Never content.
CREATE FUNCTION internal.facts(persons uuid[], entries uuid[], involved uuid[]) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  WITH open_row AS MATERIALIZED (
    SELECT d.* FROM disclosure d WHERE d.entry_id = ANY (entries) AND d.closed_at IS NULL
  ), agencies AS MATERIALIZED (
    SELECT array_agg(DISTINCT one) AS ids FROM (
      SELECT unnest(involved) AS one
      UNION ALL SELECT e.origin_id FROM entry e WHERE e.id = ANY (entries)
      UNION ALL SELECT r.from_id FROM open_row r
      UNION ALL SELECT r.to_id FROM open_row r) AS every_one
  ), agreements AS MATERIALIZED (
    SELECT coalesce(array_agg(shared.agreement_id), '{}') AS ids FROM (
      SELECT p.agreement_id FROM agreement_party p, agencies WHERE p.agency_id = ANY (agencies.ids)
      GROUP BY p.agreement_id HAVING count(*) > 1) AS shared
  )
  SELECT jsonb_build_object(
    'agencies', (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', a.id, 'publicBody', a.public_body, 'suspendedAt', internal.ms(a.suspended_at))), '[]')
      FROM agency a WHERE a.id = ANY (agencies.ids)),
    'agreements', (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', a.id, 'purposes', to_jsonb(a.purposes), 'categories', to_jsonb(a.categories),
        'from', internal.ms(a.valid_from), 'until', internal.ms(a.valid_until),
        'terminatedAt', internal.ms(a.terminated_at),
        'parties', (SELECT jsonb_agg(jsonb_build_object('agency', p.agency_id,
                      'signedAt', internal.ms(p.signed_at), 'leftAt', internal.ms(p.left_at)))
                    FROM agreement_party p WHERE p.agreement_id = a.id))), '[]')
      FROM agreement a WHERE a.id = ANY (agreements.ids)),
    'statements', (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', s.id, 'person', c.person_id, 'decision', s.decision, 'discloser', s.discloser_id,
        'recipient', s.recipient_id, 'purpose', s.purpose, 'categories', to_jsonb(s.categories),
        'statedAt', internal.ms(s.stated_at), 'recordedAt', internal.ms(s.recorded_at), 'recordedBy', s.recorded_by,
        'statedBy', s.stated_by, 'ageBand', s.age_band) ||
        CASE WHEN s.decision <> 'GIVEN' THEN '{}' ELSE jsonb_build_object(
          'validFrom', internal.ms(s.valid_from), 'validUntil', internal.ms(s.valid_until), 'form', s.form,
          'capacityConfirmed', s.capacity_confirmed, 'explicitSpecialCategories', s.explicit_special_categories,
          'language', s.language, 'textHash', s.text_hash, 'evidenceRef', NULL,
          'adultFrom', internal.ms(s.adult_from)) END), '[]')
      FROM client c JOIN statement s ON s.client_id = c.id WHERE c.person_id = ANY (persons)),
    'releases', (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', r.id, 'person', c.person_id, 'decision', r.decision, 'origin', r.origin_id,
        'recipient', r.recipient_id, 'categories', to_jsonb(r.categories),
        'statedAt', internal.ms(r.stated_at), 'recordedAt', internal.ms(r.recorded_at), 'recordedBy', r.recorded_by,
        'statedBy', r.stated_by, 'ageBand', r.age_band) ||
        CASE WHEN r.decision <> 'GIVEN' THEN '{}' ELSE jsonb_build_object(
          'validFrom', internal.ms(r.valid_from), 'validUntil', internal.ms(r.valid_until), 'form', r.form,
          'capacityConfirmed', r.capacity_confirmed, 'explicitSpecialCategories', r.explicit_special_categories,
          'language', r.language, 'textHash', r.text_hash, 'evidenceRef', NULL,
          'adultFrom', internal.ms(r.adult_from)) END), '[]')
      FROM client c JOIN release r ON r.client_id = c.id WHERE c.person_id = ANY (persons)),
    'rows', (
      SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', r.id, 'entry', r.entry_id, 'from', r.from_id, 'to', r.to_id, 'purpose', r.purpose,
        'opened', internal.ms(r.opened_at), 'closed', NULL, 'goodUntil', internal.ms(r.good_until),
        'reliedOn', r.relied_on) ORDER BY r.opened_at, r.id), '[]')
      FROM open_row r),
    'versions', internal.versions(persons, agreements.ids, agencies.ids))
  FROM agencies, agreements
$$;

-- The open disclosures of entries that concern these persons, with all that is needed to decide each again.
CREATE FUNCTION internal.review(persons uuid[]) RETURNS jsonb LANGUAGE plpgsql STABLE
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
               'id', d.id, 'person', d.person_id, 'from', d.from_id, 'to', d.to_id) ORDER BY d.opened_at, d.id), '[]')
             FROM disclosure d WHERE d.entry_id = ANY (entries) AND d.closed_at IS NULL),
    'facts', internal.facts(persons || internal.concerned(entries), entries, agencies));
END $$;

-- Everybody whom an open disclosure concerns together with one of these persons; themselves included.
CREATE FUNCTION internal.fellows(persons uuid[]) RETURNS uuid[] LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT one), '{}') FROM (
    SELECT unnest(persons) AS one
    UNION ALL
    SELECT other.person_id
    FROM client c
      JOIN entry_concern ec ON ec.client_id = c.id
      JOIN disclosure d ON d.entry_id = ec.entry_id AND d.closed_at IS NULL
      JOIN entry_concern fellow ON fellow.entry_id = ec.entry_id
      JOIN client other ON other.id = fellow.client_id
    WHERE c.person_id = ANY (persons)) AS every_one
$$;

-- Locks these persons and their fellows, by id, and looks again: a forwarding that was waited for may have brought more.
-- What is read after it, by a statement of its own, is true until the transaction ends.
CREATE FUNCTION internal.lock_persons(persons uuid[]) RETURNS void LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp AS $$
DECLARE
  locked uuid[] := '{}';
  wanted uuid[];
BEGIN
  LOOP
    wanted := internal.fellows(persons);
    EXIT WHEN wanted <@ locked;
    PERFORM FROM person p WHERE p.id = ANY (wanted) ORDER BY p.id FOR NO KEY UPDATE;
    locked := wanted;
  END LOOP;
END $$;

-- --------------------------------------------------------------------------------------- the exchange's own keys, auth

CREATE FUNCTION api.exchange_keys() RETURNS SETOF exchange_key LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ SELECT * FROM exchange_key $$;

CREATE FUNCTION api.keep_exchange_key(name text, wrapped bytea) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  INSERT INTO exchange_key (name, wrapped, created_at) VALUES (name, wrapped, api.clock_now())
  ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION api.find_system(client_id text)
RETURNS TABLE (client_id text, agency_id uuid, scopes text[], jwks jsonb) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT s.client_id, s.agency_id, s.scopes, s.jwks FROM system_client s
  WHERE s.client_id = $1 AND s.disabled_at IS NULL
$$;

-- True for the first who presents it. What has expired is swept on the way.
CREATE FUNCTION api.use_assertion(client_id text, jti text, expires_at timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM assertion_used a WHERE a.ctid IN (
    SELECT old.ctid FROM assertion_used old WHERE old.expires_at < clock_timestamp() - interval '1 minute'
    LIMIT 100 FOR UPDATE SKIP LOCKED);
  INSERT INTO assertion_used VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;
  RETURN FOUND;
END $$;

-- Names the reader for row security, until the transaction ends.
CREATE FUNCTION api.enter(reader uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  PERFORM set_config('laufzettel.reader', reader::text, true);
END $$;

CREATE FUNCTION api.enter_admin() RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$ SELECT set_config('laufzettel.admin', 'on', true) $$;

-- ------------------------------------------------------------------------------------------------ agencies, agreements

CREATE FUNCTION api.create_agency(actor jsonb, p jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE now timestamptz := api.clock_now();
BEGIN
  PERFORM internal.demand_admin(actor);
  INSERT INTO agency (id, kind, name, sponsor, public_body, legal_regime, services, target_groups, topics, languages, created_at)
  VALUES ((p ->> 'id')::uuid, p ->> 'kind', p ->> 'name', p ->> 'sponsor', (p ->> 'publicBody')::boolean, p ->> 'legalRegime',
    internal.texts(p -> 'services'), internal.texts(p -> 'targetGroups'), internal.texts(p -> 'topics'),
    internal.texts(p -> 'languages'), now);
  PERFORM internal.note(actor, 'agency.create', 'DONE', jsonb_build_object('agency', p -> 'id'), now);
END $$;

CREATE FUNCTION api.register_system(actor jsonb, p jsonb) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE now timestamptz := api.clock_now();
BEGIN
  PERFORM internal.demand_admin(actor);
  IF p ->> 'agencyId' IS NOT NULL AND NOT EXISTS (SELECT FROM agency a WHERE a.id = (p ->> 'agencyId')::uuid) THEN
    RETURN jsonb_build_object('outcome', 'not-found');
  END IF;
  INSERT INTO system_client (client_id, agency_id, scopes, jwks, created_at)
  VALUES (p ->> 'clientId', (p ->> 'agencyId')::uuid, internal.texts(p -> 'scopes'), p -> 'jwks', now)
  ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('outcome', 'conflict');
  END IF;
  PERFORM internal.note(actor, 'system.register', 'DONE',
    jsonb_build_object('agency', p -> 'agencyId', 'system', p -> 'clientId'), now);
  RETURN jsonb_build_object('outcome', 'ok', 'createdAt', internal.ms(now));
END $$;

-- SUSPEND or REINSTATE. False: no such agency.
CREATE FUNCTION api.change_agency(actor jsonb, agency uuid, change text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE now timestamptz;
BEGIN
  PERFORM internal.demand_admin(actor);
  PERFORM FROM public.agency a WHERE a.id = agency FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  now := api.clock_now();
  UPDATE public.agency a SET version = a.version + 1,
    suspended_at = CASE change WHEN 'SUSPEND' THEN coalesce(a.suspended_at, now) END
  WHERE a.id = agency;
  PERFORM internal.note(actor, 'agency.' || lower(change), 'DONE', jsonb_build_object('agency', agency), now);
  RETURN true;
END $$;

CREATE FUNCTION api.create_agreement(actor jsonb, p jsonb) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz;
  parties uuid[] := internal.uuids(p -> 'parties');
BEGIN
  PERFORM internal.acting(actor);
  now := api.clock_now();
  IF (SELECT count(*) FROM agency a WHERE a.id = ANY (parties)) < cardinality(parties) THEN
    RETURN 'party-unknown';
  END IF;
  INSERT INTO agreement (id, title, purposes, categories, valid_from, valid_until, created_at)
  VALUES ((p ->> 'id')::uuid, p ->> 'title', internal.texts(p -> 'purposes'), internal.texts(p -> 'categories'),
    internal.moment((p ->> 'from')::bigint), internal.moment((p ->> 'until')::bigint), now);
  INSERT INTO agreement_party (agreement_id, agency_id) SELECT (p ->> 'id')::uuid, unnest(parties);
  PERFORM internal.note(actor, 'agreement.create', 'DONE', jsonb_build_object('agreement', p -> 'id'), now);
  PERFORM internal.tell(actor, party, 'agreement.created', jsonb_build_object('agreementId', p -> 'id'), now)
    FROM unnest(parties) AS party;
  RETURN 'ok';
END $$;

-- SIGN (by a party) or TERMINATE (by a party or the admin). Gives ok, not-found, conflict, not-signed.
CREATE FUNCTION api.change_agreement(actor jsonb, agreement uuid, change text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
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

-- Locks every person about whom something is disclosed between parties of the agreement, or by, from or to the agency.
CREATE FUNCTION api.lock_persons_of_agreement(agreement uuid) RETURNS uuid[] LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE persons uuid[];
BEGIN
  SELECT coalesce(array_agg(DISTINCT d.person_id), '{}') INTO persons
  FROM disclosure d JOIN entry e ON e.id = d.entry_id
  WHERE d.closed_at IS NULL
    AND d.to_id IN (SELECT p.agency_id FROM agreement_party p WHERE p.agreement_id = agreement)
    AND (d.from_id IN (SELECT p.agency_id FROM agreement_party p WHERE p.agreement_id = agreement)
      OR e.origin_id IN (SELECT p.agency_id FROM agreement_party p WHERE p.agreement_id = agreement));
  PERFORM internal.lock_persons(persons);
  RETURN persons;
END $$;

CREATE FUNCTION api.lock_persons_of_agency(agency uuid) RETURNS uuid[] LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE persons uuid[];
BEGIN
  SELECT coalesce(array_agg(DISTINCT d.person_id), '{}') INTO persons
  FROM disclosure d JOIN entry e ON e.id = d.entry_id
  WHERE d.closed_at IS NULL AND (agency IN (d.from_id, d.to_id, e.origin_id));
  PERFORM internal.lock_persons(persons);
  RETURN persons;
END $$;

-- For persons that this transaction has locked.
CREATE FUNCTION api.review_persons(persons uuid[]) RETURNS jsonb LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp AS $$ SELECT internal.review(persons) $$;

-- ------------------------------------------------------------------------------------------------------------- clients

CREATE FUNCTION api.create_client(actor jsonb, p jsonb, sealed bytea, index bytea, wrapped bytea) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  now timestamptz := api.clock_now();
  new_person uuid := uuidv7();
BEGIN
  INSERT INTO person (id) VALUES (new_person);
  INSERT INTO client (id, agency_id, person_id, file_reference_sealed, file_reference_index, created_at)
  VALUES ((p ->> 'id')::uuid, reader, new_person, sealed, index, now) ON CONFLICT (agency_id, file_reference_index) DO NOTHING;
  IF NOT FOUND THEN
    DELETE FROM person WHERE id = new_person;
    RETURN 'conflict';
  END IF;
  INSERT INTO client_key (client_id, wrapped) VALUES ((p ->> 'id')::uuid, wrapped);
  PERFORM internal.note(actor, 'client.create', 'DONE', jsonb_build_object('client', p -> 'id'), now);
  RETURN 'ok';
END $$;

-- The wrapped data key of one of the reader's own handles, and the clock; no row when it is not the reader's.
CREATE FUNCTION api.own_client(reader uuid, client uuid) RETURNS TABLE (wrapped bytea, at bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN QUERY SELECT k.wrapped, internal.ms(api.clock_now()) FROM public.client c JOIN client_key k ON k.client_id = c.id
    WHERE c.id = client AND c.agency_id = reader;
END $$;

-- ------------------------------------------------------------------------------------------------- statements, releases

-- Locks the person behind one of the actor's handles and gives what is known about it; null: not the actor's. Of the
-- agencies named it gives those that do not exist.
CREATE FUNCTION api.lock_client(actor jsonb, client uuid, named uuid[]) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  person uuid;
BEGIN
  SELECT c.person_id INTO person FROM public.client c WHERE c.id = client AND c.agency_id = reader;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  -- A statement of its own: it waits, and what is read next has to see what it waited for.
  PERFORM internal.lock_persons(ARRAY[person]);
  RETURN internal.review(ARRAY[person]) || jsonb_build_object('person', person,
    'wrapped', (SELECT encode(k.wrapped, 'base64') FROM client_key k WHERE k.client_id = client),
    'unknownAgencies', (SELECT coalesce(jsonb_agg(one), '[]') FROM unnest(named) AS one
                        WHERE NOT EXISTS (SELECT FROM agency a WHERE a.id = one)));
END $$;

CREATE FUNCTION api.record_statement(actor jsonb, p jsonb, evidence bytea) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_own(internal.acting(actor), ARRAY[(p ->> 'clientId')::uuid]);
  IF p ->> 'recordedBy' IS DISTINCT FROM actor ->> 'agency' THEN
    RAISE EXCEPTION 'recorded by somebody else' USING ERRCODE = 'LZ403';
  END IF;
  INSERT INTO statement (id, client_id, decision, discloser_id, recipient_id, purpose, categories, stated_at, recorded_at,
    recorded_by, stated_by, age_band, valid_from, valid_until, form, capacity_confirmed, explicit_special_categories,
    language, text_hash, evidence_sealed, adult_from)
  VALUES ((p ->> 'id')::uuid, (p ->> 'clientId')::uuid, p ->> 'decision', (p ->> 'discloser')::uuid,
    (p ->> 'recipient')::uuid, p ->> 'purpose', internal.texts(p -> 'categories'),
    internal.moment((p ->> 'statedAt')::bigint), internal.moment((p ->> 'recordedAt')::bigint),
    (p ->> 'recordedBy')::uuid, p ->> 'statedBy', p ->> 'ageBand', internal.moment((p ->> 'validFrom')::bigint),
    internal.moment((p ->> 'validUntil')::bigint), p ->> 'form', (p ->> 'capacityConfirmed')::boolean,
    (p ->> 'explicitSpecialCategories')::boolean, p ->> 'language', p ->> 'textHash', evidence,
    internal.moment((p ->> 'adultFrom')::bigint));
  UPDATE person SET version = version + 1
  WHERE id = (SELECT c.person_id FROM client c WHERE c.id = (p ->> 'clientId')::uuid);
  PERFORM internal.note(actor, 'statement.record', p ->> 'decision',
    jsonb_build_object('statement', p -> 'id', 'client', p -> 'clientId'), internal.moment((p ->> 'recordedAt')::bigint));
END $$;

CREATE FUNCTION api.record_release(actor jsonb, p jsonb, evidence bytea) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_own(internal.acting(actor), ARRAY[(p ->> 'clientId')::uuid]);
  IF p ->> 'recordedBy' IS DISTINCT FROM actor ->> 'agency' THEN
    RAISE EXCEPTION 'recorded by somebody else' USING ERRCODE = 'LZ403';
  END IF;
  INSERT INTO release (id, client_id, decision, origin_id, recipient_id, categories, stated_at, recorded_at,
    recorded_by, stated_by, age_band, valid_from, valid_until, form, capacity_confirmed, explicit_special_categories,
    language, text_hash, evidence_sealed, adult_from)
  VALUES ((p ->> 'id')::uuid, (p ->> 'clientId')::uuid, p ->> 'decision', (p ->> 'origin')::uuid,
    (p ->> 'recipient')::uuid, internal.texts(p -> 'categories'),
    internal.moment((p ->> 'statedAt')::bigint), internal.moment((p ->> 'recordedAt')::bigint),
    (p ->> 'recordedBy')::uuid, p ->> 'statedBy', p ->> 'ageBand', internal.moment((p ->> 'validFrom')::bigint),
    internal.moment((p ->> 'validUntil')::bigint), p ->> 'form', (p ->> 'capacityConfirmed')::boolean,
    (p ->> 'explicitSpecialCategories')::boolean, p ->> 'language', p ->> 'textHash', evidence,
    internal.moment((p ->> 'adultFrom')::bigint));
  UPDATE person SET version = version + 1
  WHERE id = (SELECT c.person_id FROM client c WHERE c.id = (p ->> 'clientId')::uuid);
  PERFORM internal.note(actor, 'release.record', p ->> 'decision',
    jsonb_build_object('release', p -> 'id', 'client', p -> 'clientId'), internal.moment((p ->> 'recordedAt')::bigint));
END $$;

-- What the reader may see of what its client said. A yes: its discloser. A no: the discloser it is about, who recorded it,
-- and, where it names no discloser, every agency with a handle, then without who recorded it.
CREATE FUNCTION api.list_statements(reader uuid, client uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE person uuid;
BEGIN
  PERFORM internal.demand_active(reader);
  SELECT c.person_id INTO person FROM public.client c WHERE c.id = client AND c.agency_id = reader;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT coalesce(jsonb_agg(to_jsonb(one) ORDER BY one."recordedAt" DESC, one.id DESC), '[]') FROM (
    SELECT s.id, client AS "clientId", s.decision, s.discloser_id AS discloser, s.recipient_id AS recipient, s.purpose,
      s.categories, internal.ms(s.stated_at) AS "statedAt", internal.ms(s.recorded_at) AS "recordedAt",
      CASE WHEN s.recorded_by = reader THEN s.recorded_by END AS "recordedBy", s.stated_by AS "statedBy",
      s.age_band AS "ageBand", internal.ms(s.valid_from) AS "validFrom", internal.ms(s.valid_until) AS "validUntil",
      s.form, s.capacity_confirmed AS "capacityConfirmed",
      s.explicit_special_categories AS "explicitSpecialCategories", s.language, s.text_hash AS "textHash",
      internal.ms(s.adult_from) AS "adultFrom", CASE WHEN s.recorded_by = reader THEN s.client_id END AS "sealedUnder",
      CASE WHEN s.recorded_by = reader THEN encode(s.evidence_sealed, 'base64') END AS "evidenceSealed",
      (SELECT encode(k.wrapped, 'base64') FROM client_key k WHERE k.client_id = s.client_id AND s.recorded_by = reader) AS wrapped
    FROM public.client c JOIN statement s ON s.client_id = c.id
    WHERE c.person_id = person
      AND (s.recorded_by = reader OR (s.decision <> 'GIVEN' AND (s.discloser_id IS NULL OR s.discloser_id = reader)))
      AND (after_id IS NULL OR (s.recorded_at, s.id) < (internal.moment(after_at), after_id))
    ORDER BY s.recorded_at DESC, s.id DESC LIMIT most) AS one);
END $$;

CREATE FUNCTION api.list_releases(reader uuid, client uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE person uuid;
BEGIN
  PERFORM internal.demand_active(reader);
  SELECT c.person_id INTO person FROM public.client c WHERE c.id = client AND c.agency_id = reader;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT coalesce(jsonb_agg(to_jsonb(one) ORDER BY one."recordedAt" DESC, one.id DESC), '[]') FROM (
    SELECT r.id, client AS "clientId", r.decision, r.origin_id AS origin, r.recipient_id AS recipient,
      r.categories, internal.ms(r.stated_at) AS "statedAt", internal.ms(r.recorded_at) AS "recordedAt",
      CASE WHEN r.recorded_by = reader THEN r.recorded_by END AS "recordedBy", r.stated_by AS "statedBy",
      r.age_band AS "ageBand", internal.ms(r.valid_from) AS "validFrom", internal.ms(r.valid_until) AS "validUntil",
      r.form, r.capacity_confirmed AS "capacityConfirmed",
      r.explicit_special_categories AS "explicitSpecialCategories", r.language, r.text_hash AS "textHash",
      internal.ms(r.adult_from) AS "adultFrom", CASE WHEN r.recorded_by = reader THEN r.client_id END AS "sealedUnder",
      CASE WHEN r.recorded_by = reader THEN encode(r.evidence_sealed, 'base64') END AS "evidenceSealed",
      (SELECT encode(k.wrapped, 'base64') FROM client_key k WHERE k.client_id = r.client_id AND r.recorded_by = reader) AS wrapped
    FROM public.client c JOIN release r ON r.client_id = c.id
    WHERE c.person_id = person
      AND (r.recorded_by = reader OR (r.decision <> 'GIVEN' AND (r.origin_id IS NULL OR r.origin_id = reader)))
      AND (after_id IS NULL OR (r.recorded_at, r.id) < (internal.moment(after_at), after_id))
    ORDER BY r.recorded_at DESC, r.id DESC LIMIT most) AS one);
END $$;

-- Applies a review, in the transaction that holds the persons' locks: p = {at, cause, persons, close: [{id, at}],
-- move: [{id, goodUntil}]}. A forwarding whose last row closes becomes BLOCKED unless it has ended. Tells who has to know:
-- discloser and origin always; the recipient only of what it had fetched, for the rest vanishes for it.
CREATE FUNCTION api.apply_review(actor jsonb, p jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := internal.moment((p ->> 'at')::bigint);
  touched uuid[];
BEGIN
  PERFORM internal.acting(actor);
  PERFORM FROM forwarding f WHERE f.id IN (SELECT d.forwarding_id FROM disclosure d, jsonb_array_elements(p -> 'close') AS c
                                           WHERE d.id = (c ->> 'id')::uuid)
  ORDER BY f.id FOR NO KEY UPDATE;
  UPDATE disclosure d SET good_until = internal.moment((m ->> 'goodUntil')::bigint)
  FROM jsonb_array_elements(p -> 'move') AS m WHERE d.id = (m ->> 'id')::uuid AND d.closed_at IS NULL;
  IF jsonb_array_length(p -> 'close') = 0 THEN
    RETURN;
  END IF;
  UPDATE person SET version = version + 1 WHERE id = ANY (internal.uuids(p -> 'persons'));
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
  WITH blocked AS (
    UPDATE forwarding f SET status = 'BLOCKED', version = f.version + 1, changed_at = now
    WHERE f.id = ANY (touched) AND f.status NOT IN ('CLOSED', 'REJECTED', 'RECALLED', 'EXPIRED', 'BLOCKED')
      AND NOT EXISTS (SELECT FROM disclosure d WHERE d.forwarding_id = f.id AND d.closed_at IS NULL)
    RETURNING f.*
  )
  -- a blocked forwarding nobody asked for: both sides are told, the actor too when it is one of them by chance
  INSERT INTO event (id, agency_id, type, subject, at)
  SELECT uuidv7(), side, 'forwarding.blocked', jsonb_build_object('forwardingId', blocked.id), now
  FROM blocked, LATERAL (VALUES (blocked.from_id), (blocked.to_id)) AS sides (side);
END $$;

-- ------------------------------------------------------------------------------------------------- entries, Laufzettel

-- Whether the reader may name an entry: it wrote it, or holds it, or held it and had read it.
CREATE FUNCTION internal.may_refer(reader uuid, entry uuid, origin uuid) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT origin = reader OR EXISTS (
    SELECT FROM disclosure d WHERE d.entry_id = entry AND d.to_id = reader
      AND (d.fetched_at IS NOT NULL OR (d.closed_at IS NULL AND api.clock_now() < d.good_until)))
$$;

CREATE FUNCTION internal.insert_entries(reader uuid, entries jsonb, sealed bytea[], at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM jsonb_array_elements(entries) AS e, jsonb_array_elements_text(e -> 'concerns' || (e -> 'clientId')) AS handle
    WHERE NOT EXISTS (SELECT FROM client c JOIN client_key k ON k.client_id = c.id
                      WHERE c.id = handle::uuid AND c.agency_id = reader AND k.wrapped IS NOT NULL)
  ) THEN
    RAISE EXCEPTION 'a handle is not the actor''s' USING ERRCODE = 'LZ404';
  END IF;
  INSERT INTO entry (id, client_id, origin_id, category, secrecy, guard_from, filed_under, created_at)
  SELECT (e ->> 'id')::uuid, (e ->> 'clientId')::uuid, reader, e ->> 'category', (e ->> 'secrecy')::boolean,
    internal.moment((e ->> 'guardFrom')::bigint), internal.texts(e -> 'filedUnder'), at
  FROM jsonb_array_elements(entries) AS e;
  INSERT INTO entry_concern (entry_id, client_id)
  SELECT DISTINCT (e ->> 'id')::uuid, handle::uuid
  FROM jsonb_array_elements(entries) AS e, jsonb_array_elements_text(e -> 'concerns') AS handle;
  INSERT INTO entry_payload (entry_id, sealed)
  SELECT (e ->> 'id')::uuid, sealed[position]
  FROM jsonb_array_elements(entries) WITH ORDINALITY AS one (e, position);
END $$;

CREATE FUNCTION api.add_entries(actor jsonb, entries jsonb, sealed bytea[], at_ms bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  at timestamptz := internal.moment(at_ms);
BEGIN
  PERFORM internal.insert_entries(reader, entries, sealed, at);
  PERFORM internal.note(actor, 'entry.add', 'DONE',
    jsonb_build_object('entries', (SELECT jsonb_agg(e -> 'id') FROM jsonb_array_elements(entries) AS e)), at);
END $$;

-- ok; client-not-found; entry-not-found; entry-of-another; agency-not-found; agreement-not-found
CREATE FUNCTION api.create_laufzettel(actor jsonb, p jsonb, sealed bytea[], at_ms bigint) RETURNS text
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

-- The entries on a Laufzettel that the reader may name in its context: those it wrote, those it put there and still may
-- refer to, and those it received by this Laufzettel. That it holds another one by another Laufzettel says nothing here.
CREATE FUNCTION internal.entries_on(reader uuid, slip uuid) RETURNS uuid[] LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(e.id ORDER BY e.created_at, e.id), '{}')
  FROM laufzettel_entry le JOIN entry e ON e.id = le.entry_id
  WHERE le.laufzettel_id = slip AND (
    e.origin_id = reader
    OR (le.added_by = reader AND internal.may_refer(reader, e.id, e.origin_id))
    OR EXISTS (SELECT FROM disclosure d JOIN forwarding f ON f.id = d.forwarding_id
               WHERE d.entry_id = e.id AND d.to_id = reader AND f.laufzettel_id = slip
                 AND (d.fetched_at IS NOT NULL OR (d.closed_at IS NULL AND api.clock_now() < d.good_until))))
$$;

CREATE FUNCTION internal.laufzettel_view(reader uuid, l laufzettel) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('id', l.id, 'kind', l.kind, 'purpose', l.purpose,
    'clientId', CASE WHEN l.created_by = reader THEN l.client_id
                     ELSE internal.handle_of(reader, (SELECT c.person_id FROM client c WHERE c.id = l.client_id)) END,
    'createdBy', l.created_by, 'urgency', l.urgency, 'dueDate', l.due_date,
    'agreementId', CASE WHEN l.created_by = reader THEN l.agreement_id END,
    'route', CASE WHEN l.created_by = reader THEN to_jsonb(l.route) ELSE '[]' END,
    'entryIds', to_jsonb(internal.entries_on(reader, l.id)),
    'status', l.status, 'createdAt', internal.ms(l.created_at))
$$;

CREATE FUNCTION internal.may_see_laufzettel(reader uuid, l laufzettel) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT l.created_by = reader OR EXISTS (SELECT FROM forwarding f WHERE f.laufzettel_id = l.id AND f.to_id = reader)
$$;

CREATE FUNCTION api.get_laufzettel(reader uuid, slip uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT internal.laufzettel_view(reader, l) FROM laufzettel l
          WHERE l.id = slip AND internal.may_see_laufzettel(reader, l));
END $$;

CREATE FUNCTION api.list_laufzettel(reader uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT coalesce(jsonb_agg(internal.laufzettel_view(reader, l) ORDER BY l.created_at DESC, l.id DESC), '[]') FROM (
    SELECT * FROM (
      (SELECT own.* FROM laufzettel own WHERE own.created_by = reader
         AND (after_id IS NULL OR (own.created_at, own.id) < (internal.moment(after_at), after_id))
       ORDER BY own.created_at DESC, own.id DESC LIMIT most)
      UNION
      (SELECT got.* FROM laufzettel got
       WHERE got.id IN (SELECT f.laufzettel_id FROM forwarding f WHERE f.to_id = reader)
         AND (after_id IS NULL OR (got.created_at, got.id) < (internal.moment(after_at), after_id))
       ORDER BY got.created_at DESC, got.id DESC LIMIT most)) AS both_kinds
    ORDER BY created_at DESC, id DESC LIMIT most) AS l);
END $$;

-- Own entries about the person and those disclosed to the reader, oldest first, with all that is needed to decide and open
-- them: the candidates after the cursor, or one entry. Null: the client (or entry) is not the reader's to name.
CREATE FUNCTION api.read_entries(reader uuid, client uuid, one uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  person uuid;
  entries uuid[];
  persons uuid[];
BEGIN
  PERFORM internal.demand_active(reader);
  IF client IS NOT NULL THEN
    SELECT c.person_id INTO person FROM public.client c WHERE c.id = client AND c.agency_id = reader;
    IF NOT FOUND THEN
      RETURN NULL;
    END IF;
  END IF;
  SELECT coalesce(array_agg(candidate.id), '{}') INTO entries FROM (
    SELECT e.id FROM entry e
    WHERE (one IS NULL OR e.id = one)
      AND (client IS NULL OR EXISTS (SELECT FROM entry_concern ec JOIN public.client c ON c.id = ec.client_id
                                     WHERE ec.entry_id = e.id AND c.person_id = person))
      AND (e.origin_id = reader OR EXISTS (SELECT FROM disclosure d WHERE d.entry_id = e.id AND d.to_id = reader
             AND d.closed_at IS NULL AND api.clock_now() < d.good_until))
      AND (after_id IS NULL OR (e.created_at, e.id) > (internal.moment(after_at), after_id))
    ORDER BY e.created_at, e.id LIMIT most) AS candidate;
  persons := internal.concerned(entries);
  RETURN jsonb_build_object(
    'at', internal.ms(api.clock_now()),
    'entries', internal.entry_metas(entries),
    'sealed', internal.sealed(entries),
    'handles', internal.handles_of(reader, persons),
    'rows', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'person', d.person_id, 'fetched', d.fetched_at IS NOT NULL,
               'kind', l.kind) ORDER BY d.opened_at, d.id), '[]')
             FROM disclosure d JOIN forwarding f ON f.id = d.forwarding_id JOIN laufzettel l ON l.id = f.laufzettel_id
             WHERE d.entry_id = ANY (entries) AND d.to_id = reader AND d.closed_at IS NULL),
    'facts', internal.facts(persons, entries, ARRAY[reader]));
END $$;

CREATE FUNCTION internal.sealed(entries uuid[]) RETURNS jsonb LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(jsonb_object_agg(e.id, jsonb_build_object('clientId', e.client_id,
    'wrapped', encode(k.wrapped, 'base64'), 'sealed', encode(p.sealed, 'base64'))), '{}')
  FROM entry e JOIN entry_payload p ON p.entry_id = e.id JOIN client_key k ON k.client_id = e.client_id
  WHERE e.id = ANY (entries) AND k.wrapped IS NOT NULL
$$;

-- Remembers that the reader read these disclosures, unless one of them has closed meanwhile (LZ412: decide again). With the
-- first reading it gets a handle of its own on everybody they concern, unless it holds one; not before, for what it never
-- reads vanishes without a trace. Gives its handles, and the forwarding's new status if one is named.
CREATE FUNCTION api.mark_read(actor jsonb, first_reads uuid[], forwarding uuid, subject jsonb, at_ms bigint, new_handles jsonb)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
    WITH made AS (
      INSERT INTO client (id, agency_id, person_id, created_at)
      SELECT (h ->> 'id')::uuid, reader, (h ->> 'person')::uuid, at FROM jsonb_array_elements(new_handles) AS h
      WHERE internal.handle_of(reader, (h ->> 'person')::uuid) IS NULL
        AND (h ->> 'person')::uuid = ANY (internal.concerned(ARRAY(
          SELECT d.entry_id FROM disclosure d WHERE d.id = ANY (first_reads) AND d.to_id = reader AND d.closed_at IS NULL)))
      RETURNING id)
    INSERT INTO client_key (client_id, wrapped)
    SELECT made.id, decode(h ->> 'wrapped', 'base64')
    FROM made JOIN jsonb_array_elements(new_handles) AS h ON (h ->> 'id')::uuid = made.id;
    handles := internal.handles_of(reader, ARRAY(SELECT (h ->> 'person')::uuid FROM jsonb_array_elements(new_handles) AS h));
  END IF;
  PERFORM FROM public.forwarding f
  WHERE f.to_id = reader AND f.status = 'SENT'
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
    WHERE f.to_id = reader AND f.status = 'SENT'
      AND (f.id = forwarding OR f.id IN (SELECT d.forwarding_id FROM disclosure d WHERE d.id = ANY (first_reads)))
    RETURNING f.*
  LOOP
    PERFORM internal.tell(actor, hop.from_id, 'forwarding.delivered', jsonb_build_object('forwardingId', hop.id), at);
  END LOOP;
  SELECT f.* INTO hop FROM public.forwarding f WHERE f.id = forwarding AND f.to_id = reader;
  RETURN jsonb_build_object('status', hop.status, 'version', hop.version, 'changedAt', internal.ms(hop.changed_at),
    'handles', handles);
END $$;

-- ---------------------------------------------------------------------------------------------------------- forwarding

-- What a preview or forwarding has to know, in one snapshot. asked null: every entry on it that the reader holds.
CREATE FUNCTION api.load_forward(reader uuid, slip uuid, recipient uuid, asked uuid[]) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  l laufzettel;
  person uuid;
  entries uuid[];
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
    WHERE e.id = ANY (internal.entries_on(reader, slip)) AND (e.origin_id = reader OR EXISTS (
      SELECT FROM disclosure d WHERE d.entry_id = e.id AND d.to_id = reader AND d.closed_at IS NULL
        AND api.clock_now() < d.good_until));
  ELSE
    SELECT coalesce(array_agg(e.id), '{}') INTO entries FROM entry e
    WHERE e.id = ANY (asked) AND internal.may_refer(reader, e.id, e.origin_id);
  END IF;
  SELECT array_agg(DISTINCT one) INTO persons FROM unnest(internal.concerned(entries) || person) AS one;
  RETURN jsonb_build_object(
    'at', internal.ms(api.clock_now()),
    'kind', l.kind, 'purpose', l.purpose, 'urgency', l.urgency, 'dueDate', l.due_date, 'status', l.status,
    'person', person,
    'clientId', internal.handle_of(reader, person),
    'recipientKnown', EXISTS (SELECT FROM agency a WHERE a.id = recipient),
    'unknown', (SELECT coalesce(jsonb_agg(one), '[]') FROM unnest(asked) AS one WHERE NOT one = ANY (entries)),
    'entries', internal.entry_metas(entries),
    'handles', internal.handles_of(recipient, persons),
    'facts', internal.facts(persons, entries, ARRAY[reader, recipient]));
END $$;

CREATE FUNCTION api.note(actor jsonb, action text, outcome text, subject jsonb, at_ms bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.acting(actor);
  PERFORM internal.note(actor, action, outcome, subject, internal.moment(at_ms));
END $$;

-- Writes a decided forwarding if everything it was decided upon still stands: ok, or stale (decide again).
CREATE FUNCTION api.commit_forward(actor jsonb, p jsonb) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  recipient uuid := (p ->> 'to')::uuid;
  at timestamptz := internal.moment((p ->> 'at')::bigint);
  hop uuid := (p ->> 'id')::uuid;
  versions jsonb := p -> 'versions';
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
                 WHERE l.id = (p ->> 'laufzettelId')::uuid AND internal.may_see_laufzettel(reader, l)
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
  IF internal.versions(persons, agreements, agencies) IS DISTINCT FROM versions THEN
    RETURN 'stale';
  END IF;
  INSERT INTO client (id, agency_id, person_id, created_at)
  SELECT (h ->> 'id')::uuid, recipient, (h ->> 'person')::uuid, at FROM jsonb_array_elements(p -> 'newHandles') AS h;
  INSERT INTO client_key (client_id, wrapped)
  SELECT (h ->> 'id')::uuid, decode(h ->> 'wrapped', 'base64') FROM jsonb_array_elements(p -> 'newHandles') AS h;
  PERFORM internal.demand_own(recipient, ARRAY[(p ->> 'toClientId')::uuid]);
  INSERT INTO laufzettel_entry (laufzettel_id, entry_id, added_by)
  SELECT (p ->> 'laufzettelId')::uuid, (r ->> 'entry')::uuid, reader FROM jsonb_array_elements(p -> 'rows') AS r
  ON CONFLICT DO NOTHING;
  INSERT INTO forwarding (id, laufzettel_id, from_id, to_id, from_client_id, to_client_id, purpose, status, sent_at, changed_at)
  VALUES (hop, (p ->> 'laufzettelId')::uuid, reader, recipient, (p ->> 'fromClientId')::uuid, (p ->> 'toClientId')::uuid,
    p ->> 'purpose', 'SENT', at, at);
  INSERT INTO disclosure (id, forwarding_id, entry_id, person_id, from_id, to_id, purpose, opened_at, good_until, relied_on)
  SELECT (r ->> 'id')::uuid, hop, (r ->> 'entry')::uuid, (p ->> 'person')::uuid, reader, recipient, p ->> 'purpose', at,
    internal.moment((r ->> 'goodUntil')::bigint), r -> 'reliedOn'
  FROM jsonb_array_elements(p -> 'rows') AS r;
  UPDATE person SET version = version + 1 WHERE id = ANY (persons);
  PERFORM internal.note(actor, 'forwarding.send', 'PERMIT', p -> 'subject', at);
  PERFORM internal.tell(actor, recipient, 'forwarding.received', jsonb_build_object('forwardingId', hop), at);
  PERFORM internal.tell(actor, e.origin_id, 'entry.forwarded', jsonb_build_object('entryId', e.id,
      'disclosureId', r -> 'id'), at)
    FROM jsonb_array_elements(p -> 'rows') AS r JOIN entry e ON e.id = (r ->> 'entry')::uuid WHERE e.origin_id <> recipient;
  RETURN 'ok';
END $$;

CREATE FUNCTION internal.forwarding_header(reader uuid, f forwarding) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('id', f.id, 'laufzettelId', f.laufzettel_id, 'from', f.from_id, 'to', f.to_id,
    'clientId', CASE WHEN f.from_id = reader THEN f.from_client_id ELSE f.to_client_id END,
    'kind', l.kind, 'purpose', f.purpose, 'urgency', l.urgency, 'dueDate', l.due_date, 'status', f.status,
    'rejectCode', f.reject_code, 'version', f.version, 'sentAt', internal.ms(f.sent_at),
    'changedAt', internal.ms(f.changed_at))
  FROM laufzettel l WHERE l.id = f.laufzettel_id
$$;

-- A forwarding as the reader may see it. Its recipient gets the rows that are open or that it had fetched, with what is
-- needed to decide and open them; its sender gets all rows and no content. Null: neither.
CREATE FUNCTION api.read_forwarding(reader uuid, hop uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
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
               'category', e.category, 'origin', e.origin_id, 'openedAt', internal.ms(d.opened_at), 'closedAt', internal.ms(d.closed_at),
               'goodUntil', internal.ms(d.good_until), 'fetched', d.fetched_at IS NOT NULL)
               ORDER BY e.created_at, e.id), '[]')
             FROM disclosure d JOIN entry e ON e.id = d.entry_id WHERE d.forwarding_id = hop
               AND (NOT received OR d.closed_at IS NULL OR d.fetched_at IS NOT NULL)))
    || CASE WHEN NOT received THEN '{}' ELSE jsonb_build_object(
      'entries', internal.entry_metas(entries),
      'sealed', internal.sealed(entries),
      'handles', internal.handles_of(reader, persons),
      'facts', internal.facts(persons, entries, ARRAY[f.from_id, f.to_id])) END;
END $$;

-- Headers of what came to the reader, or went from it; newest first.
CREATE FUNCTION api.list_forwardings(reader uuid, received boolean, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  IF received THEN
    RETURN (SELECT coalesce(jsonb_agg(internal.forwarding_header(reader, f) ORDER BY f.sent_at DESC, f.id DESC), '[]') FROM (
      SELECT one.* FROM forwarding one WHERE one.to_id = reader
        AND (after_id IS NULL OR (one.sent_at, one.id) < (internal.moment(after_at), after_id))
      ORDER BY one.sent_at DESC, one.id DESC LIMIT most) AS f);
  END IF;
  RETURN (SELECT coalesce(jsonb_agg(internal.forwarding_header(reader, f) ORDER BY f.sent_at DESC, f.id DESC), '[]') FROM (
    SELECT one.* FROM forwarding one WHERE one.from_id = reader
      AND (after_id IS NULL OR (one.sent_at, one.id) < (internal.moment(after_at), after_id))
    ORDER BY one.sent_at DESC, one.id DESC LIMIT most) AS f);
END $$;

CREATE FUNCTION api.get_forwarding_header(reader uuid, hop uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT internal.forwarding_header(reader, f) || jsonb_build_object('live', EXISTS (
            SELECT FROM disclosure d WHERE d.forwarding_id = f.id AND d.closed_at IS NULL AND api.clock_now() < d.good_until))
          FROM forwarding f WHERE f.id = hop AND reader IN (f.from_id, f.to_id));
END $$;

-- Locks everybody whom the forwarding's open disclosures concern, and gives what a review needs; null: not the actor's.
CREATE FUNCTION api.lock_forwarding(actor jsonb, hop uuid) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  person uuid;
  persons uuid[];
BEGIN
  SELECT c.person_id INTO person FROM forwarding f JOIN client c ON c.id = f.from_client_id
  WHERE f.id = hop AND reader IN (f.from_id, f.to_id);
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  persons := internal.concerned(ARRAY(SELECT d.entry_id FROM disclosure d WHERE d.forwarding_id = hop)) || person;
  PERFORM internal.lock_persons(persons);
  RETURN internal.review(persons) || jsonb_build_object(
    'ofForwarding', (SELECT coalesce(jsonb_agg(d.id), '[]') FROM disclosure d
                     WHERE d.forwarding_id = hop AND d.closed_at IS NULL));
END $$;

-- Takes a step that the transition table allowed from the version that was seen. Null: somebody was faster.
CREATE FUNCTION api.step_forwarding(actor jsonb, hop uuid, expected int, next_status text, code text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  now timestamptz;
  f forwarding;
BEGIN
  PERFORM FROM forwarding one WHERE one.id = hop FOR NO KEY UPDATE;
  now := api.clock_now();
  UPDATE forwarding one SET status = next_status, reject_code = code, version = one.version + 1, changed_at = now
  WHERE one.id = hop AND one.version = expected AND reader IN (one.from_id, one.to_id) RETURNING one.* INTO f;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  PERFORM internal.note(actor, 'forwarding.step', next_status, jsonb_build_object('forwarding', hop), now);
  PERFORM internal.tell(actor, CASE WHEN f.from_id = reader THEN f.to_id ELSE f.from_id END,
    'forwarding.' || lower(next_status), jsonb_build_object('forwardingId', hop), now);
  RETURN internal.forwarding_header(reader, f);
END $$;

-- Who received what about this client: what the reader gave, got, or wrote. Null: not the reader's client.
CREATE FUNCTION api.list_disclosures(reader uuid, client uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
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
      END AS basis
    FROM disclosure d JOIN entry e ON e.id = d.entry_id
    WHERE (d.from_id = reader OR e.origin_id = reader
        OR (d.to_id = reader AND (d.fetched_at IS NOT NULL OR (d.closed_at IS NULL AND api.clock_now() < d.good_until))))
      AND d.entry_id IN (SELECT ec.entry_id FROM entry_concern ec JOIN public.client c ON c.id = ec.client_id
                         WHERE c.person_id = person)
      AND (after_id IS NULL OR (d.opened_at, d.id) < (internal.moment(after_at), after_id))
    ORDER BY d.opened_at DESC, d.id DESC LIMIT most) AS one);
END $$;

-- -------------------------------------------------------------------------------------------------------- what time ends

-- Persons about whom a disclosure has ended by time and is not closed yet, locked; for the clock job.
CREATE FUNCTION api.lock_persons_of_ended(most int) RETURNS uuid[] LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE persons uuid[];
BEGIN
  SELECT coalesce(array_agg(DISTINCT ended.person_id), '{}') INTO persons FROM (
    SELECT d.person_id FROM disclosure d WHERE d.closed_at IS NULL AND d.good_until <= api.clock_now()
    ORDER BY d.good_until LIMIT most) AS ended;
  PERFORM internal.lock_persons(persons);
  RETURN persons;
END $$;

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA api TO laufzettel_service;
