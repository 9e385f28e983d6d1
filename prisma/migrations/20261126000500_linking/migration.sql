-- Linking two agencies' handles on one person by a code that the person carries, and ending a mistaken link.
--
-- A link moves every handle of one person to the other; facts follow, for they belong to handles. From then on a handle may
-- belong to another person than it did when somebody began to wait for a lock: so whoever locks looks again, until what it
-- finds is what it has locked.

-- ------------------------------------------------------------------------------------------------------------- tables

-- A one-time code, for one agency alone. What is kept is a keyed hash; the code itself follows from the id and a key of the
-- exchange that the database does not have.
CREATE TABLE link_code (
  id         uuid PRIMARY KEY,
  client_id  uuid NOT NULL REFERENCES client,
  agency_id  uuid NOT NULL REFERENCES agency,
  code_hash  bytea NOT NULL UNIQUE,
  issued_at  timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  ended_at   timestamptz(3),
  ended_how  text CHECK (ended_how IN ('USED', 'REVOKED', 'REPLACED')),
  CHECK ((ended_at IS NULL) = (ended_how IS NULL))
);
CREATE INDEX link_code_client ON link_code (client_id, issued_at, id);

-- One use of a code: the two handles that stand for one person since then. merged_person_id and moved: whose handles moved,
-- null and none when both stood for one person already.
CREATE TABLE client_link (
  id                 uuid PRIMARY KEY,
  code_id            uuid NOT NULL UNIQUE REFERENCES link_code,
  issuer_client_id   uuid NOT NULL REFERENCES client,
  redeemer_client_id uuid NOT NULL REFERENCES client,
  kept_person_id     uuid NOT NULL REFERENCES person,
  merged_person_id   uuid REFERENCES person,
  moved              uuid[] NOT NULL DEFAULT '{}',
  linked_at          timestamptz(3) NOT NULL,
  linked_by          uuid NOT NULL REFERENCES agency,
  ended_at           timestamptz(3),
  ended_by           uuid REFERENCES agency,
  CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX client_link_issuer ON client_link (issuer_client_id, linked_at, id);
CREATE INDEX client_link_redeemer ON client_link (redeemer_client_id, linked_at, id);

-- From which other handle one came into being, so that it goes with that one when a link ends; null: from none. Written
-- when it is needed, by internal.settle_lineage.
CREATE TABLE client_lineage (
  client_id uuid PRIMARY KEY REFERENCES client,
  came_from uuid REFERENCES client
);

CREATE FUNCTION internal.keep_ended() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.ended_at IS NOT NULL AND NEW IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'what has ended stays as it is' USING ERRCODE = 'LZ900';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER link_code_keep_ended BEFORE UPDATE ON link_code
  FOR EACH ROW EXECUTE FUNCTION internal.keep_ended();
CREATE TRIGGER client_link_keep_ended BEFORE UPDATE ON client_link
  FOR EACH ROW EXECUTE FUNCTION internal.keep_ended();
CREATE TRIGGER link_code_kept BEFORE DELETE OR TRUNCATE ON link_code
  FOR EACH STATEMENT EXECUTE FUNCTION internal.append_only();
CREATE TRIGGER client_link_kept BEFORE DELETE OR TRUNCATE ON client_link
  FOR EACH STATEMENT EXECUTE FUNCTION internal.append_only();
CREATE TRIGGER client_lineage_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON client_lineage
  FOR EACH STATEMENT EXECUTE FUNCTION internal.append_only();

ALTER TABLE link_code ENABLE ROW LEVEL SECURITY;
ALTER TABLE client_link ENABLE ROW LEVEL SECURITY;
ALTER TABLE client_lineage ENABLE ROW LEVEL SECURITY;

-- -------------------------------------------------------------------------------------- locking persons that may be united

-- Locks the persons behind these handles. A handle that was moved while this waited is followed to the person it belongs to
-- now; once that one is locked, it moves no more.
CREATE FUNCTION internal.lock_persons_of(handles uuid[]) RETURNS void LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp AS $$
DECLARE
  locked uuid[] := '{}';
  wanted uuid[];
BEGIN
  LOOP
    wanted := ARRAY(SELECT DISTINCT c.person_id FROM client c WHERE c.id = ANY (handles));
    EXIT WHEN wanted <@ locked;
    PERFORM internal.lock_persons(wanted);
    locked := locked || wanted;
  END LOOP;
END $$;

-- Locks the person behind one of the actor's handles and gives what is known about it; null: not the actor's. Of the
-- agencies named it gives those that do not exist.
CREATE OR REPLACE FUNCTION api.lock_client(actor jsonb, client uuid, named uuid[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  person uuid;
BEGIN
  IF NOT EXISTS (SELECT FROM public.client c WHERE c.id = client AND c.agency_id = reader) THEN
    RETURN NULL;
  END IF;
  -- A statement of its own: it waits, and what is read next has to see what it waited for.
  PERFORM internal.lock_persons_of(ARRAY[client]);
  SELECT c.person_id INTO person FROM public.client c WHERE c.id = client;
  RETURN internal.review(ARRAY[person]) || jsonb_build_object('person', person,
    'wrapped', (SELECT encode(k.wrapped, 'base64') FROM client_key k WHERE k.client_id = client),
    'unknownAgencies', (SELECT coalesce(jsonb_agg(one), '[]') FROM unnest(named) AS one
                        WHERE NOT EXISTS (SELECT FROM agency a WHERE a.id = one)));
END $$;

-- Locks everybody whom the forwarding's disclosures concern, and gives what a review needs; null: not the actor's.
CREATE OR REPLACE FUNCTION api.lock_forwarding(actor jsonb, hop uuid) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  locked uuid[] := '{}';
  persons uuid[];
BEGIN
  IF NOT EXISTS (SELECT FROM forwarding f WHERE f.id = hop AND reader IN (f.from_id, f.to_id)) THEN
    RETURN NULL;
  END IF;
  LOOP
    SELECT internal.concerned(ARRAY(SELECT d.entry_id FROM disclosure d WHERE d.forwarding_id = hop)) || c.person_id
    INTO persons
    FROM forwarding f JOIN laufzettel l ON l.id = f.laufzettel_id JOIN client c ON c.id = l.client_id WHERE f.id = hop;
    EXIT WHEN persons <@ locked;
    PERFORM internal.lock_persons(persons);
    locked := locked || persons;
  END LOOP;
  RETURN internal.review(persons) || jsonb_build_object(
    'ofForwarding', (SELECT coalesce(jsonb_agg(d.id), '[]') FROM disclosure d
                     WHERE d.forwarding_id = hop AND d.closed_at IS NULL));
END $$;

-- Locks every person about whom something is disclosed between parties of the agreement, or by, from or to the agency.
CREATE OR REPLACE FUNCTION api.lock_persons_of_agreement(agreement uuid) RETURNS uuid[] LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  locked uuid[] := '{}';
  persons uuid[];
BEGIN
  LOOP
    SELECT coalesce(array_agg(DISTINCT d.person_id), '{}') INTO persons
    FROM disclosure d JOIN entry e ON e.id = d.entry_id
    WHERE d.closed_at IS NULL
      AND d.to_id IN (SELECT p.agency_id FROM agreement_party p WHERE p.agreement_id = agreement)
      AND (d.from_id IN (SELECT p.agency_id FROM agreement_party p WHERE p.agreement_id = agreement)
        OR e.origin_id IN (SELECT p.agency_id FROM agreement_party p WHERE p.agreement_id = agreement));
    EXIT WHEN persons <@ locked;
    PERFORM internal.lock_persons(persons);
    locked := locked || persons;
  END LOOP;
  RETURN persons;
END $$;

CREATE OR REPLACE FUNCTION api.lock_persons_of_agency(agency uuid) RETURNS uuid[] LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  locked uuid[] := '{}';
  persons uuid[];
BEGIN
  LOOP
    SELECT coalesce(array_agg(DISTINCT d.person_id), '{}') INTO persons
    FROM disclosure d JOIN entry e ON e.id = d.entry_id
    WHERE d.closed_at IS NULL AND (agency IN (d.from_id, d.to_id, e.origin_id));
    EXIT WHEN persons <@ locked;
    PERFORM internal.lock_persons(persons);
    locked := locked || persons;
  END LOOP;
  RETURN persons;
END $$;

-- Persons about whom a disclosure has ended by time and is not closed yet, locked; for the clock job.
CREATE OR REPLACE FUNCTION api.lock_persons_of_ended(most int) RETURNS uuid[] LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  locked uuid[] := '{}';
  persons uuid[];
BEGIN
  LOOP
    SELECT coalesce(array_agg(DISTINCT ended.person_id), '{}') INTO persons FROM (
      SELECT d.person_id FROM disclosure d WHERE d.closed_at IS NULL AND d.good_until <= api.clock_now()
      ORDER BY d.good_until LIMIT most) AS ended;
    EXIT WHEN persons <@ locked;
    PERFORM internal.lock_persons(persons);
    locked := locked || persons;
  END LOOP;
  RETURN persons;
END $$;

-- Locks the forwardings of these persons' open disclosures, by id: before disclosures, as everywhere.
CREATE FUNCTION internal.lock_hops_of(persons uuid[]) RETURNS void LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM forwarding f WHERE f.id IN (
    SELECT d.forwarding_id
    FROM client c
      JOIN entry_concern ec ON ec.client_id = c.id
      JOIN disclosure d ON d.entry_id = ec.entry_id AND d.closed_at IS NULL
    WHERE c.person_id = ANY (persons))
  ORDER BY f.id FOR NO KEY UPDATE;
END $$;

-- ----------------------------------------------------------------------------------------------------------------- codes

CREATE FUNCTION internal.link_code_view(code link_code, at timestamptz) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', code.id, 'clientId', code.client_id, 'agencyId', code.agency_id,
    'issuedAt', internal.ms(code.issued_at), 'expiresAt', internal.ms(code.expires_at),
    'status', coalesce(code.ended_how, CASE WHEN code.expires_at <= at THEN 'EXPIRED' ELSE 'OPEN' END))
$$;

-- Whether a handle still is what it was: one whose key was destroyed has been erased, and is linked with nobody any more.
CREATE FUNCTION internal.is_kept(handle uuid) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM client_key k WHERE k.client_id = handle AND k.wrapped IS NOT NULL)
$$;

-- A code for one agency, p = {id, clientId, agencyId}; an older one for it ends. Gives {outcome: ok (with the code's view),
-- client-not-found, agency-unknown, too-many}.
CREATE FUNCTION api.issue_link_code(actor jsonb, p jsonb, hash bytea) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  client uuid := (p ->> 'clientId')::uuid;
  recipient uuid := (p ->> 'agencyId')::uuid;
  now timestamptz;
  made link_code;
BEGIN
  IF NOT EXISTS (SELECT FROM public.client c WHERE c.id = client AND c.agency_id = reader AND internal.is_kept(c.id)) THEN
    RETURN jsonb_build_object('outcome', 'client-not-found');
  END IF;
  IF recipient = reader OR NOT EXISTS (SELECT FROM agency a WHERE a.id = recipient) THEN
    RETURN jsonb_build_object('outcome', 'agency-unknown');
  END IF;
  -- Two at once would each not see the other's, and neither end it nor count it.
  PERFORM internal.lock_persons_of(ARRAY[client]);
  now := api.clock_now();
  UPDATE link_code c SET ended_at = now, ended_how = 'REPLACED'
  WHERE c.client_id = client AND c.agency_id = recipient AND c.ended_at IS NULL AND c.expires_at > now;
  IF (SELECT count(*) FROM link_code c WHERE c.client_id = client AND c.ended_at IS NULL AND c.expires_at > now) >= 5 THEN
    RETURN jsonb_build_object('outcome', 'too-many');
  END IF;
  -- Hours, for days would be those of the connection's time zone.
  INSERT INTO link_code (id, client_id, agency_id, code_hash, issued_at, expires_at)
  VALUES ((p ->> 'id')::uuid, client, recipient, hash, now, now + interval '168 hours') RETURNING * INTO made;
  PERFORM internal.note(actor, 'link-code.issue', 'DONE',
    jsonb_build_object('linkCode', made.id, 'client', client, 'agency', recipient), now);
  RETURN jsonb_build_object('outcome', 'ok', 'code', internal.link_code_view(made, now));
END $$;

-- {outcome: ok (with the code's view), not-found, conflict}
CREATE FUNCTION api.revoke_link_code(actor jsonb, client uuid, code uuid) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  now timestamptz;
  present link_code;
BEGIN
  PERFORM FROM link_code l JOIN public.client c ON c.id = l.client_id
  WHERE l.id = code AND l.client_id = client AND c.agency_id = reader FOR NO KEY UPDATE OF l;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('outcome', 'not-found');
  END IF;
  now := api.clock_now();
  UPDATE link_code l SET ended_at = now, ended_how = 'REVOKED'
  WHERE l.id = code AND l.ended_at IS NULL AND l.expires_at > now RETURNING l.* INTO present;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('outcome', 'conflict');
  END IF;
  PERFORM internal.note(actor, 'link-code.revoke', 'DONE', jsonb_build_object('linkCode', code, 'client', client), now);
  RETURN jsonb_build_object('outcome', 'ok', 'code', internal.link_code_view(present, now));
END $$;

-- The codes of one of the reader's handles, newest first. Null: not the reader's client.
CREATE FUNCTION api.list_link_codes(reader uuid, client uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE now timestamptz := api.clock_now();
BEGIN
  PERFORM internal.demand_active(reader);
  IF NOT EXISTS (SELECT FROM public.client c WHERE c.id = client AND c.agency_id = reader) THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT coalesce(jsonb_agg(internal.link_code_view(one, now) ORDER BY one.issued_at DESC, one.id DESC), '[]') FROM (
    SELECT l.* FROM link_code l WHERE l.client_id = client
      AND (after_id IS NULL OR (l.issued_at, l.id) < (internal.moment(after_at), after_id))
    ORDER BY l.issued_at DESC, l.id DESC LIMIT most) AS one);
END $$;

-- ----------------------------------------------------------------------------------------------------------------- links

-- Writes down from which handle those of these persons came that nobody has asked about yet: by a forwarding the Laufzettel's
-- own, by a reading the one that the entry was written about. Asked before persons are united, for then there is one answer.
CREATE FUNCTION internal.settle_lineage(persons uuid[]) RETURNS void LANGUAGE sql VOLATILE
SET search_path = public, pg_temp AS $$
  INSERT INTO client_lineage (client_id, came_from)
  SELECT c.id, coalesce(by_forwarding.handle, by_reading.handle)
  FROM client c
    LEFT JOIN LATERAL (
      SELECT l.client_id AS handle
      FROM forwarding f JOIN laufzettel l ON l.id = f.laufzettel_id JOIN client source ON source.id = l.client_id
      WHERE f.to_id = c.agency_id AND f.to_client_id = c.id AND f.sent_at = c.created_at
        AND source.person_id = c.person_id AND source.id <> c.id
      ORDER BY f.id LIMIT 1) AS by_forwarding ON true
    LEFT JOIN LATERAL (
      SELECT source.id AS handle
      FROM client source
        JOIN entry_concern ec ON ec.client_id = source.id
        JOIN disclosure d ON d.entry_id = ec.entry_id
      WHERE source.person_id = c.person_id AND source.id <> c.id
        AND d.to_id = c.agency_id AND d.fetched_at = c.created_at
      ORDER BY d.opened_at, d.id, source.id LIMIT 1) AS by_reading ON true
  WHERE c.person_id = ANY (persons) AND NOT EXISTS (SELECT FROM client_lineage known WHERE known.client_id = c.id)
$$;

-- The handles that part from the issuer's when this link ends: the redeemer's, with all that is tied to it by other links or
-- by having come from it. None when the two stay tied by another way.
CREATE FUNCTION internal.parting(link client_link) RETURNS uuid[] LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  WITH RECURSIVE here AS MATERIALIZED (
    SELECT c.id FROM client c WHERE c.person_id = (SELECT r.person_id FROM client r WHERE r.id = link.redeemer_client_id)
  ), tie AS MATERIALIZED (
    SELECT l.issuer_client_id AS one, l.redeemer_client_id AS other
    FROM client_link l JOIN here ON here.id = l.issuer_client_id WHERE l.ended_at IS NULL AND l.id <> link.id
    UNION
    SELECT n.client_id, n.came_from FROM client_lineage n JOIN here ON here.id = n.client_id WHERE n.came_from IS NOT NULL
  ), side (id) AS (
    SELECT link.redeemer_client_id
    UNION
    SELECT CASE tie.one WHEN side.id THEN tie.other ELSE tie.one END FROM side JOIN tie ON side.id IN (tie.one, tie.other)
  )
  SELECT CASE WHEN bool_or(side.id = link.issuer_client_id) THEN '{}'::uuid[] ELSE array_agg(side.id) END FROM side
$$;

CREATE FUNCTION internal.link_view(reader uuid, link client_link) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('id', link.id, 'clientId', own.id, 'withAgency', other.agency_id,
    'linkedAt', internal.ms(link.linked_at), 'endedAt', internal.ms(link.ended_at))
  FROM client own JOIN client other ON other.id <> own.id
  WHERE own.agency_id = reader AND own.id IN (link.issuer_client_id, link.redeemer_client_id)
    AND other.id IN (link.issuer_client_id, link.redeemer_client_id)
$$;

-- The links of one of the reader's handles, newest first. Null: not the reader's client.
CREATE FUNCTION api.list_links(reader uuid, client uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  IF NOT EXISTS (SELECT FROM public.client c WHERE c.id = client AND c.agency_id = reader) THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT coalesce(jsonb_agg(internal.link_view(reader, one) ORDER BY one.linked_at DESC, one.id DESC), '[]') FROM (
    SELECT l.* FROM client_link l WHERE client IN (l.issuer_client_id, l.redeemer_client_id)
      AND (after_id IS NULL OR (l.linked_at, l.id) < (internal.moment(after_at), after_id))
    ORDER BY l.linked_at DESC, l.id DESC LIMIT most) AS one);
END $$;

-- Moves every handle of one locked person to another, with its open disclosures. Gives the handles.
CREATE FUNCTION internal.unite(kept uuid, merged uuid) RETURNS uuid[] LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp AS $$
DECLARE moved uuid[];
BEGIN
  PERFORM internal.settle_lineage(ARRAY[kept, merged]);
  PERFORM internal.lock_hops_of(ARRAY[kept, merged]);
  UPDATE disclosure d SET person_id = kept
  FROM client c JOIN entry_concern ec ON ec.client_id = c.id
  WHERE c.person_id = merged AND d.entry_id = ec.entry_id AND d.person_id = merged AND d.closed_at IS NULL;
  WITH moving AS (UPDATE client c SET person_id = kept WHERE c.person_id = merged RETURNING c.id)
  SELECT array_agg(moving.id ORDER BY moving.id) INTO moved FROM moving;
  RETURN moved;
END $$;

-- Uses a code: p = {linkId, clientId (an own handle, or null), newHandle: {id, wrapped}}. Without an own handle the one that the
-- actor has on that person is used, or a new one made. Gives {outcome: ok (with clientId, and persons to review),
-- client-not-found, refused}. Why a code is refused is told to nobody; that it was stays in the audit.
CREATE FUNCTION api.link_by_code(actor jsonb, hash bytea, p jsonb) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  own uuid := (p ->> 'clientId')::uuid;
  link uuid := (p ->> 'linkId')::uuid;
  now timestamptz;
  code link_code;
  issuer client;
  kept uuid;
  merged uuid;
  moved uuid[] := '{}';
BEGIN
  IF own IS NOT NULL AND NOT EXISTS (
      SELECT FROM client c WHERE c.id = own AND c.agency_id = reader AND internal.is_kept(c.id)) THEN
    RETURN jsonb_build_object('outcome', 'client-not-found');
  END IF;
  SELECT l.* INTO code FROM link_code l WHERE l.code_hash = hash AND l.agency_id = reader;
  IF FOUND THEN
    PERFORM internal.lock_persons_of(ARRAY[code.client_id, own]);
    now := api.clock_now();
    -- Persons first, as everywhere; so it is looked at again, now that nobody else can use it.
    SELECT l.* INTO code FROM link_code l WHERE l.id = code.id AND l.ended_at IS NULL AND l.expires_at > now
      AND EXISTS (SELECT FROM client c JOIN agency a ON a.id = c.agency_id
                  WHERE c.id = l.client_id AND a.suspended_at IS NULL AND internal.is_kept(c.id))
    FOR NO KEY UPDATE;
  END IF;
  IF code.id IS NULL THEN
    PERFORM internal.note(actor, 'client.link', 'REFUSED', jsonb_build_object('client', own), api.clock_now());
    RETURN jsonb_build_object('outcome', 'refused');
  END IF;
  SELECT c.* INTO issuer FROM client c WHERE c.id = code.client_id;
  kept := issuer.person_id;
  IF own IS NULL THEN
    SELECT c.id INTO own FROM client c WHERE c.person_id = kept AND c.agency_id = reader AND internal.is_kept(c.id)
    ORDER BY c.created_at, c.id LIMIT 1;
  END IF;
  IF own IS NULL THEN
    own := (p #>> '{newHandle,id}')::uuid;
    INSERT INTO client (id, agency_id, person_id, created_at) VALUES (own, reader, kept, now);
    INSERT INTO client_key (client_id, wrapped) VALUES (own, decode(p #>> '{newHandle,wrapped}', 'base64'));
    -- It hangs on this link alone, whatever is sent to it in the same moment.
    INSERT INTO client_lineage (client_id, came_from) VALUES (own, NULL);
  END IF;
  SELECT nullif(c.person_id, kept) INTO merged FROM client c WHERE c.id = own;
  IF merged IS NOT NULL THEN
    moved := internal.unite(kept, merged);
  END IF;
  UPDATE person SET version = version + 1 WHERE id IN (kept, merged);
  UPDATE link_code l SET ended_at = now, ended_how = 'USED' WHERE l.id = code.id;
  INSERT INTO client_link (id, code_id, issuer_client_id, redeemer_client_id, kept_person_id, merged_person_id, moved,
    linked_at, linked_by)
  VALUES (link, code.id, code.client_id, own, kept, merged, moved, now, reader);
  PERFORM internal.note(actor, 'client.link', 'DONE',
    jsonb_build_object('link', link, 'client', own, 'linkCode', code.id), now);
  PERFORM internal.tell(actor, issuer.agency_id, 'client.linked',
    jsonb_build_object('clientId', issuer.id, 'linkId', link), now);
  RETURN jsonb_build_object('outcome', 'ok', 'clientId', own,
    'persons', CASE WHEN merged IS NULL THEN '[]' ELSE jsonb_build_array(kept) END);
END $$;

-- The handles that agencies need on either side of a parting, and have not: both ends of each hop on the side of its
-- Laufzettel, and who has read what it still holds on the side of everybody it concerns.
CREATE FUNCTION internal.missing_when_parted(parting uuid[]) RETURNS TABLE (agency uuid, beside uuid) LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  WITH here AS MATERIALIZED (
    SELECT c.id, c.agency_id, c.id = ANY (parting) AS parts FROM client c
    WHERE c.person_id = (SELECT one.person_id FROM client one WHERE one.id = parting[1])
  ), needed AS (
    SELECT hop_end.agency, here.id AS beside, here.parts
    FROM here
      JOIN laufzettel l ON l.created_by = here.agency_id AND l.client_id = here.id
      JOIN forwarding f ON f.laufzettel_id = l.id,
      LATERAL (VALUES (f.from_id), (f.to_id)) AS hop_end (agency)
    UNION
    SELECT d.to_id, here.id, here.parts
    FROM here
      JOIN entry_concern ec ON ec.client_id = here.id
      JOIN disclosure d ON d.entry_id = ec.entry_id AND d.closed_at IS NULL AND d.fetched_at IS NOT NULL
  )
  SELECT DISTINCT ON (needed.agency, needed.parts) needed.agency, needed.beside FROM needed
  WHERE NOT EXISTS (SELECT FROM here WHERE here.agency_id = needed.agency AND here.parts = needed.parts)
  ORDER BY needed.agency, needed.parts, needed.beside
$$;

-- Locks the persons of a link that the actor's handle is part of. Gives {ended, missing: [{agency, beside}]}: the handles that
-- have to be made when it ends. Null: no such link of that handle, or not the actor's.
CREATE FUNCTION api.lock_link(actor jsonb, client uuid, link uuid) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  present client_link;
BEGIN
  SELECT l.* INTO present FROM client_link l JOIN public.client c ON c.id = client AND c.agency_id = reader
  WHERE l.id = link AND client IN (l.issuer_client_id, l.redeemer_client_id);
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  PERFORM internal.lock_persons_of(ARRAY[present.issuer_client_id, present.redeemer_client_id]);
  SELECT l.* INTO present FROM client_link l WHERE l.id = link FOR NO KEY UPDATE;
  IF present.ended_at IS NOT NULL THEN
    RETURN jsonb_build_object('ended', true, 'missing', '[]'::jsonb);
  END IF;
  PERFORM internal.settle_lineage(ARRAY(SELECT c.person_id FROM public.client c WHERE c.id = present.redeemer_client_id));
  RETURN jsonb_build_object('ended', false, 'missing', (
    SELECT coalesce(jsonb_agg(to_jsonb(one)), '[]') FROM internal.missing_when_parted(internal.parting(present)) AS one));
END $$;

-- Makes a handle for an agency on the person of another handle, because one of its own stood for two persons since then. What
-- that one was told by way of a no may have been said by either: it holds for both.
CREATE FUNCTION internal.make_second_handle(h jsonb, other_person uuid, since timestamptz, at timestamptz) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
  made uuid := (h ->> 'id')::uuid;
  holder uuid := (h ->> 'agency')::uuid;
  first uuid := internal.handle_of(holder, other_person);
BEGIN
  INSERT INTO client (id, agency_id, person_id, created_at)
  SELECT made, holder, beside.person_id, at FROM client beside WHERE beside.id = (h ->> 'beside')::uuid;
  INSERT INTO client_key (client_id, wrapped) VALUES (made, decode(h ->> 'wrapped', 'base64'));
  INSERT INTO client_lineage (client_id, came_from) VALUES (made, (h ->> 'beside')::uuid);
  INSERT INTO statement
  SELECT (jsonb_populate_record(s, jsonb_build_object('id', uuidv7(), 'client_id', made))).*
  FROM client c JOIN statement s ON s.client_id = c.id
  WHERE c.person_id = other_person AND c.agency_id = holder AND s.decision <> 'GIVEN' AND s.recorded_at >= since;
  INSERT INTO release
  SELECT (jsonb_populate_record(r, jsonb_build_object('id', uuidv7(), 'client_id', made))).*
  FROM client c JOIN release r ON r.client_id = c.id
  WHERE c.person_id = other_person AND c.agency_id = holder AND r.decision <> 'GIVEN' AND r.recorded_at >= since;
  -- A handle that nobody asked for: its agency is told, also when it ended the link itself.
  PERFORM internal.tell('{}', holder, 'client.split', jsonb_build_object('clientId', first, 'newClientId', made), at);
END $$;

-- Each end of a hop names the handle that its agency has on the person of the Laufzettel; who is told is the one whose handle
-- became another.
CREATE FUNCTION internal.follow_laufzettel(persons uuid[], at timestamptz) RETURNS void LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp AS $$
BEGIN
  WITH about AS MATERIALIZED (
    SELECT f.id, l_client.person_id, f.from_id, f.to_id,
      sender.person_id <> l_client.person_id AS from_another, receiver.person_id <> l_client.person_id AS to_another
    FROM client l_client
      JOIN laufzettel l ON l.created_by = l_client.agency_id AND l.client_id = l_client.id
      JOIN forwarding f ON f.laufzettel_id = l.id
      JOIN client sender ON sender.id = f.from_client_id
      JOIN client receiver ON receiver.id = f.to_client_id
    WHERE l_client.person_id = ANY (persons)
  ), changed AS (
    UPDATE forwarding f SET
      from_client_id = CASE WHEN about.from_another THEN internal.handle_of(f.from_id, about.person_id) ELSE f.from_client_id END,
      to_client_id = CASE WHEN about.to_another THEN internal.handle_of(f.to_id, about.person_id) ELSE f.to_client_id END
    FROM about WHERE about.id = f.id AND (about.from_another OR about.to_another)
    RETURNING f.id, about.from_another, f.from_id, f.from_client_id, about.to_another, f.to_id, f.to_client_id
  )
  INSERT INTO event (id, agency_id, type, subject, at)
  SELECT uuidv7(), hop_end.agency, 'forwarding.client-changed',
    jsonb_build_object('forwardingId', changed.id, 'clientId', hop_end.handle), at
  FROM changed, LATERAL (VALUES (changed.from_another, changed.from_id, changed.from_client_id),
    (changed.to_another, changed.to_id, changed.to_client_id)) AS hop_end (moved, agency, handle)
  WHERE hop_end.moved;
  UPDATE disclosure d SET person_id = l_client.person_id
  FROM client l_client
    JOIN laufzettel l ON l.created_by = l_client.agency_id AND l.client_id = l_client.id
    JOIN forwarding f ON f.laufzettel_id = l.id
  WHERE l_client.person_id = ANY (persons) AND d.forwarding_id = f.id AND d.person_id <> l_client.person_id
    AND d.closed_at IS NULL;
END $$;

-- Open disclosures that stand on what somebody said whom they do not concern any more, now that these are two persons again.
CREATE FUNCTION internal.standing_on_others(persons uuid[]) RETURNS uuid[] LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT d.id), '{}')
  FROM client c
    JOIN entry_concern ec ON ec.client_id = c.id
    JOIN disclosure d ON d.entry_id = ec.entry_id AND d.closed_at IS NULL
  WHERE c.person_id = ANY (persons) AND EXISTS (
    SELECT FROM (
      SELECT s.client_id FROM jsonb_array_elements_text(d.relied_on -> 'statements') AS named JOIN statement s ON s.id = named::uuid
      UNION ALL
      SELECT r.client_id FROM jsonb_array_elements_text(d.relied_on -> 'releases') AS named JOIN release r ON r.id = named::uuid
    ) AS relied JOIN client sayer ON sayer.id = relied.client_id
    WHERE NOT sayer.person_id = ANY (internal.concerned(ARRAY[d.entry_id])))
$$;

-- Ends a link that api.lock_link has locked; new_handles = [{id, wrapped, agency, beside}], one for each that it named. Gives {link,
-- persons to review, ending: disclosures that close whatever the review says}.
CREATE FUNCTION api.end_link(actor jsonb, client uuid, link uuid, new_handles jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  now timestamptz := api.clock_now();
  present client_link;
  parting uuid[];
  missing jsonb;
  remaining uuid;
  parted uuid := uuidv7();
  persons uuid[] := '{}';
BEGIN
  SELECT l.* INTO present FROM client_link l JOIN public.client c ON c.id = client AND c.agency_id = reader
  WHERE l.id = link AND client IN (l.issuer_client_id, l.redeemer_client_id) AND l.ended_at IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no such link of the actor''s' USING ERRCODE = 'LZ404';
  END IF;
  parting := internal.parting(present);
  SELECT coalesce(jsonb_agg(to_jsonb(one) ORDER BY one.agency, one.beside), '[]') INTO missing
  FROM internal.missing_when_parted(parting) AS one;
  -- What the statement before it had made sure of, demanded again of the one that writes.
  IF missing IS DISTINCT FROM (
      SELECT coalesce(jsonb_agg(h - 'id' - 'wrapped' ORDER BY (h ->> 'agency')::uuid, (h ->> 'beside')::uuid), '[]')
      FROM jsonb_array_elements(new_handles) AS h) THEN
    RAISE EXCEPTION 'not the handles that are needed' USING ERRCODE = 'LZ412';
  END IF;
  IF cardinality(parting) > 0 THEN
    SELECT c.person_id INTO remaining FROM public.client c WHERE c.id = present.issuer_client_id;
    persons := ARRAY[remaining, parted];
    PERFORM internal.lock_hops_of(ARRAY[remaining]);
    INSERT INTO person (id) VALUES (parted);
    UPDATE public.client c SET person_id = parted WHERE c.id = ANY (parting);
    PERFORM internal.make_second_handle(h, CASE beside.person_id WHEN parted THEN remaining ELSE parted END,
        present.linked_at, now)
      FROM jsonb_array_elements(new_handles) AS h JOIN public.client beside ON beside.id = (h ->> 'beside')::uuid;
    PERFORM internal.follow_laufzettel(persons, now);
    UPDATE person SET version = version + 1 WHERE id = remaining;
  END IF;
  UPDATE client_link l SET ended_at = now, ended_by = reader WHERE l.id = link RETURNING l.* INTO present;
  PERFORM internal.note(actor, 'client.unlink', 'DONE', jsonb_build_object('link', link, 'client', client,
    'newClients', (SELECT coalesce(jsonb_agg(h -> 'id'), '[]') FROM jsonb_array_elements(new_handles) AS h)), now);
  PERFORM internal.tell(actor, c.agency_id, 'client.unlinked', jsonb_build_object('clientId', c.id, 'linkId', link), now)
    FROM public.client c WHERE c.id IN (present.issuer_client_id, present.redeemer_client_id);
  RETURN jsonb_build_object('link', internal.link_view(reader, present), 'persons', to_jsonb(persons),
    'ending', to_jsonb(internal.standing_on_others(persons)));
END $$;

GRANT EXECUTE ON FUNCTION api.issue_link_code(jsonb, jsonb, bytea) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.revoke_link_code(jsonb, uuid, uuid) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.list_link_codes(uuid, uuid, bigint, uuid, int) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.link_by_code(jsonb, bytea, jsonb) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.list_links(uuid, uuid, bigint, uuid, int) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.lock_link(jsonb, uuid, uuid) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.end_link(jsonb, uuid, uuid, jsonb) TO laufzettel_service;
