-- The agreement, its whole life: versions with the text that each party signs, signatures that anybody can check, amendments that take
-- effect once all have signed, and leaving.
--
-- Agreements that were there before have no text yet: it is written by the service (domain/agreement-text.ts), once, when it starts
-- (api.undrafted_agreements). Of their signatures the instants are known, and no more.

-- number: of the version that its terms are those of. agreement.version counts what its readers see, as before.
ALTER TABLE agreement ADD COLUMN number smallint NOT NULL DEFAULT 1 CHECK (number >= 1);

-- terms: as they are drafted. proposed_by: null for the admin. Of the first version in_force_at is when two had signed it, for it takes
-- effect pair by pair; of each later one when all had.
CREATE TABLE agreement_version (
  agreement_id uuid NOT NULL REFERENCES agreement,
  number       smallint NOT NULL CHECK (number >= 1),
  terms        jsonb NOT NULL,
  text         text NOT NULL,
  text_hash    text NOT NULL CHECK (text_hash = encode(sha256(convert_to(text, 'UTF8')), 'hex')),
  proposed_by  uuid REFERENCES agency,
  proposed_at  timestamptz(3) NOT NULL,
  in_force_at  timestamptz(3),
  withdrawn_at timestamptz(3),
  PRIMARY KEY (agreement_id, number),
  CHECK (in_force_at IS NULL OR withdrawn_at IS NULL)
);
CREATE UNIQUE INDEX agreement_version_open ON agreement_version (agreement_id)
  WHERE number > 1 AND in_force_at IS NULL AND withdrawn_at IS NULL;
ALTER TABLE agreement_version ENABLE ROW LEVEL SECURITY;

-- jws: compact (RFC 7515), with the text as its payload. jwk: the public key that it was checked by, kept so that it can be checked
-- again whatever becomes of the system; thumbprint: of that key (RFC 7638). All four null: signed before signatures were kept.
CREATE TABLE agreement_signature (
  agreement_id uuid NOT NULL,
  number       smallint NOT NULL,
  agency_id    uuid NOT NULL REFERENCES agency,
  signed_at    timestamptz(3) NOT NULL,
  jws          text,
  kid          text,
  jwk          jsonb,
  thumbprint   text,
  PRIMARY KEY (agreement_id, number, agency_id),
  FOREIGN KEY (agreement_id, number) REFERENCES agreement_version,
  CHECK (num_nulls(jws, kid, jwk, thumbprint) IN (0, 4))
);
ALTER TABLE agreement_signature ENABLE ROW LEVEL SECURITY;

CREATE TRIGGER agreement_signature_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON agreement_signature
  FOR EACH STATEMENT EXECUTE FUNCTION internal.append_only();
CREATE TRIGGER agreement_version_kept BEFORE DELETE OR TRUNCATE ON agreement_version
  FOR EACH STATEMENT EXECUTE FUNCTION internal.append_only();

-- What was drafted stays as it was drafted; it only comes into force, or is withdrawn, and neither is undone.
CREATE FUNCTION internal.version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.agreement_id, OLD.number, OLD.terms, OLD.text, OLD.text_hash, OLD.proposed_by, OLD.proposed_at)
      IS DISTINCT FROM (NEW.agreement_id, NEW.number, NEW.terms, NEW.text, NEW.text_hash, NEW.proposed_by, NEW.proposed_at)
      OR (OLD.in_force_at IS NOT NULL AND NEW.in_force_at IS DISTINCT FROM OLD.in_force_at)
      OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at) THEN
    RAISE EXCEPTION 'a version stays as it was drafted' USING ERRCODE = 'LZ901';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER agreement_version_stays BEFORE UPDATE ON agreement_version
  FOR EACH ROW EXECUTE FUNCTION internal.version_stays();

CREATE FUNCTION internal.is_open(v agreement_version) RETURNS boolean LANGUAGE sql IMMUTABLE
AS $$ SELECT v.number > 1 AND v.in_force_at IS NULL AND v.withdrawn_at IS NULL $$;

-- Who has signed the agreement, and not left.
CREATE FUNCTION internal.bound_parties(agreement uuid) RETURNS SETOF uuid LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT p.agency_id FROM agreement_party p WHERE p.agreement_id = agreement AND p.signed_at IS NOT NULL AND p.left_at IS NULL
$$;

-- Whether all who are bound have signed that version; nobody is nobody's consent.
CREATE FUNCTION internal.is_signed_by_all(agreement uuid, number int) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT count(*) > 0 AND bool_and(EXISTS (
    SELECT FROM agreement_signature s
    WHERE s.agreement_id = agreement AND s.number = is_signed_by_all.number AND s.agency_id = bound))
  FROM internal.bound_parties(agreement) AS bound
$$;

-- A preview puts a version in force to see what that would close, and takes it back. Whatever calls the functions: no transaction
-- that does so without every signature can be committed.
CREATE FUNCTION internal.demand_signatures() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT internal.is_signed_by_all(NEW.agreement_id, NEW.number) THEN
    RAISE EXCEPTION 'not every party has signed this version' USING ERRCODE = 'LZ902';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER agreement_version_signed AFTER UPDATE ON agreement_version DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.number > 1 AND OLD.in_force_at IS NULL AND NEW.in_force_at IS NOT NULL)
  EXECUTE FUNCTION internal.demand_signatures();

-- Who sees an agreement: whoever is or was a party of it, and whom an open amendment invites.
CREATE FUNCTION internal.agreement_readers(agreement uuid) RETURNS SETOF uuid LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT p.agency_id FROM agreement_party p WHERE p.agreement_id = agreement
  UNION
  SELECT invited::uuid FROM agreement_version v CROSS JOIN LATERAL jsonb_array_elements_text(v.terms -> 'parties') AS invited
  WHERE v.agreement_id = agreement AND internal.is_open(v)
$$;
CREATE OR REPLACE FUNCTION internal.is_party(agreement uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ SELECT EXISTS (SELECT FROM internal.agreement_readers(agreement) AS reader WHERE reader = internal.reader()) $$;

CREATE POLICY agreement_version_of_party ON agreement_version FOR SELECT TO laufzettel_service
  USING (internal.is_admin() OR internal.is_party(agreement_id));
CREATE POLICY agreement_signature_of_party ON agreement_signature FOR SELECT TO laufzettel_service
  USING (internal.is_admin() OR internal.is_party(agreement_id));
-- What a list of agreements needs; texts and signatures come by api.list_agreement_versions.
GRANT SELECT (agreement_id, number, in_force_at, withdrawn_at) ON agreement_version TO laufzettel_service;
GRANT SELECT (agreement_id, number, agency_id) ON agreement_signature TO laufzettel_service;

CREATE FUNCTION internal.tell_readers(actor jsonb, agreement uuid, type text, now timestamptz) RETURNS void LANGUAGE sql
SET search_path = public, pg_temp AS $$
  SELECT internal.tell(actor, reader, type, jsonb_build_object('agreementId', agreement), now)
  FROM internal.agreement_readers(agreement) AS reader
$$;

-- ------------------------------------------------------------------------------------------------------------ drafting

-- As before, with its first version where the service writes one: p has {text, textHash} beside the terms.
CREATE OR REPLACE FUNCTION api.create_agreement(actor jsonb, p jsonb) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
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
  INSERT INTO agreement (id, title, purposes, categories, valid_from, valid_until, turnus, days_to_remind, days_to_accept,
    days_to_answer, days_to_acknowledge, created_at)
  VALUES ((p ->> 'id')::uuid, p ->> 'title', internal.texts(p -> 'purposes'), internal.texts(p -> 'categories'),
    internal.moment((p ->> 'from')::bigint), internal.moment((p ->> 'until')::bigint), p ->> 'turnus',
    (p ->> 'daysToRemind')::smallint, (p ->> 'daysToAccept')::smallint, (p ->> 'daysToAnswer')::smallint,
    (p ->> 'daysToAcknowledge')::smallint, now);
  INSERT INTO agreement_party (agreement_id, agency_id) SELECT (p ->> 'id')::uuid, unnest(parties);
  IF p ? 'text' THEN
    INSERT INTO agreement_version (agreement_id, number, terms, text, text_hash, proposed_by, proposed_at)
    VALUES ((p ->> 'id')::uuid, 1, p - '{id,text,textHash}'::text[], p ->> 'text', p ->> 'textHash',
      (actor ->> 'agency')::uuid, now);
  END IF;
  PERFORM internal.note(actor, 'agreement.create', 'DONE', jsonb_build_object('agreement', p -> 'id'), now);
  PERFORM internal.tell(actor, party, 'agreement.created', jsonb_build_object('agreementId', p -> 'id'), now)
    FROM unnest(parties) AS party;
  RETURN 'ok';
END $$;

-- The terms that an agreement has now, as a version has them.
CREATE FUNCTION internal.present_terms(a agreement) RETURNS jsonb LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('title', a.title,
    'parties', (SELECT coalesce(jsonb_agg(p.agency_id ORDER BY p.agency_id), '[]') FROM agreement_party p WHERE p.agreement_id = a.id),
    'purposes', to_jsonb(a.purposes), 'categories', to_jsonb(a.categories),
    'from', internal.ms(a.valid_from), 'until', internal.ms(a.valid_until), 'turnus', a.turnus,
    'daysToRemind', a.days_to_remind, 'daysToAccept', a.days_to_accept, 'daysToAnswer', a.days_to_answer,
    'daysToAcknowledge', a.days_to_acknowledge)
$$;

-- Agreements without a text, at most so many: [{id, terms, names: {party: name}}].
CREATE FUNCTION api.undrafted_agreements(most int) RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  RETURN (
    SELECT coalesce(json_agg(json_build_object('id', a.id, 'terms', internal.present_terms(a), 'names', (
        SELECT coalesce(json_object_agg(y.id, y.name), '{}') FROM agreement_party p JOIN agency y ON y.id = p.agency_id
        WHERE p.agreement_id = a.id)) ORDER BY a.id), '[]')
    FROM (
      SELECT one.* FROM agreement one
      WHERE NOT EXISTS (SELECT FROM agreement_version v WHERE v.agreement_id = one.id) ORDER BY one.id LIMIT most) AS a);
END $$;

-- Gives an agreement that has none the text of its first version; what was signed before is kept as signed, without a signature.
CREATE FUNCTION api.draft_first_version(agreement uuid, terms jsonb, text text, text_hash text) RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE a public.agreement;
BEGIN
  SELECT one.* INTO a FROM public.agreement one WHERE one.id = agreement FOR NO KEY UPDATE;
  IF NOT FOUND OR EXISTS (SELECT FROM agreement_version v WHERE v.agreement_id = a.id)
      OR internal.present_terms(a) <> draft_first_version.terms THEN
    RETURN false;
  END IF;
  INSERT INTO agreement_version (agreement_id, number, terms, text, text_hash, proposed_at, in_force_at)
  VALUES (a.id, 1, draft_first_version.terms, draft_first_version.text, draft_first_version.text_hash, a.created_at, (
    SELECT p.signed_at FROM agreement_party p WHERE p.agreement_id = a.id AND p.signed_at IS NOT NULL
    ORDER BY p.signed_at, p.agency_id OFFSET 1 LIMIT 1));
  INSERT INTO agreement_signature (agreement_id, number, agency_id, signed_at)
  SELECT a.id, 1, p.agency_id, p.signed_at FROM agreement_party p WHERE p.agreement_id = a.id AND p.signed_at IS NOT NULL;
  PERFORM internal.note('{"agency": null, "system": "clock"}', 'agreement.draft', 'DONE',
    jsonb_build_object('agreement', a.id, 'version', 1), api.clock_now());
  RETURN true;
END $$;

-- Public keys that an agency's systems have registered, of those that are not switched off: [{kid, ...}].
CREATE FUNCTION api.keys_of_agency(actor jsonb) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE reader uuid := internal.acting(actor);
BEGIN
  RETURN (SELECT coalesce(jsonb_agg(key ORDER BY s.client_id), '[]')
          FROM system_client s CROSS JOIN LATERAL jsonb_array_elements(s.jwks -> 'keys') AS key
          WHERE s.agency_id = reader AND s.disabled_at IS NULL);
END $$;

-- --------------------------------------------------------------------------------------------------- coming into force

-- Whether an open version could take effect: the agreement holds, and so would the version.
CREATE FUNCTION internal.can_take_effect(a agreement, v agreement_version, now timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT internal.is_open(v) AND a.terminated_at IS NULL AND now < coalesce(a.valid_until, 'infinity')
    AND now < coalesce(internal.moment((v.terms ->> 'until')::bigint), 'infinity')
$$;

-- Whoever is named and had not signed the agreement is a party from now on, once it has signed this version; what it was before it left
-- stays in the signatures. A rhythm that has changed is followed from now on: the next tick asks it for its next moment, and what the old
-- one may still have owed since the last tick is in the next round, whose window begins where the last one ended.
CREATE FUNCTION internal.put_in_force(actor jsonb, agreement uuid, v agreement_version, now timestamptz) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  was public.agreement;
  amended public.agreement;
BEGIN
  SELECT a.* INTO was FROM public.agreement a WHERE a.id = put_in_force.agreement;
  -- Before whom it invited is no reader by the invitation any more.
  PERFORM internal.tell_readers(actor, agreement, 'agreement.amended', now);
  UPDATE agreement_version one SET in_force_at = now WHERE one.agreement_id = v.agreement_id AND one.number = v.number;
  UPDATE public.agreement a SET number = v.number, version = a.version + 1, title = v.terms ->> 'title',
    purposes = internal.texts(v.terms -> 'purposes'), categories = internal.texts(v.terms -> 'categories'),
    valid_until = internal.moment((v.terms ->> 'until')::bigint), turnus = v.terms ->> 'turnus',
    days_to_remind = (v.terms ->> 'daysToRemind')::smallint, days_to_accept = (v.terms ->> 'daysToAccept')::smallint,
    days_to_answer = (v.terms ->> 'daysToAnswer')::smallint,
    days_to_acknowledge = (v.terms ->> 'daysToAcknowledge')::smallint
  WHERE a.id = put_in_force.agreement RETURNING a.* INTO amended;
  INSERT INTO agreement_party AS p (agreement_id, agency_id, signed_at)
  SELECT v.agreement_id, named.id, CASE WHEN s.agency_id IS NOT NULL THEN now END
  FROM unnest(internal.uuids(v.terms -> 'parties')) AS named (id) LEFT JOIN agreement_signature s
    ON s.agreement_id = v.agreement_id AND s.number = v.number AND s.agency_id = named.id
  ON CONFLICT (agreement_id, agency_id) DO UPDATE SET signed_at = excluded.signed_at, left_at = NULL
    WHERE excluded.signed_at IS NOT NULL AND (p.signed_at IS NULL OR p.left_at IS NOT NULL);
  IF was.turnus IS DISTINCT FROM amended.turnus THEN
    INSERT INTO round_schedule AS r (agreement_id, done_until, next_at)
    SELECT v.agreement_id, since, since + interval '1 millisecond'
    FROM greatest(now, amended.valid_from - interval '1 millisecond') AS since
    ON CONFLICT (agreement_id) DO UPDATE SET done_until = excluded.done_until, next_at = excluded.next_at;
  ELSIF was.valid_until IS DISTINCT FROM amended.valid_until THEN
    UPDATE round_schedule r SET next_at = r.done_until + interval '1 millisecond' WHERE r.agreement_id = v.agreement_id;
  END IF;
END $$;

-- Puts the open version in force where all who are bound have signed it; gives whether it did.
CREATE FUNCTION internal.take_effect(actor jsonb, agreement uuid, now timestamptz) RETURNS boolean LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  a public.agreement;
  v agreement_version;
BEGIN
  SELECT one.* INTO a FROM public.agreement one WHERE one.id = take_effect.agreement;
  SELECT one.* INTO v FROM agreement_version one WHERE one.agreement_id = take_effect.agreement AND internal.is_open(one);
  IF NOT FOUND OR NOT internal.can_take_effect(a, v, now) OR NOT internal.is_signed_by_all(agreement, v.number) THEN
    RETURN false;
  END IF;
  PERFORM internal.put_in_force(actor, agreement, v, now);
  RETURN true;
END $$;

-- For a preview: as if all had signed the open version. Such a transaction cannot be committed (internal.demand_signatures).
CREATE FUNCTION api.try_amendment(actor jsonb, agreement uuid) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz;
  reader uuid := internal.acting(actor);
  a public.agreement;
  v agreement_version;
BEGIN
  SELECT one.* INTO a FROM public.agreement one WHERE one.id = try_amendment.agreement FOR NO KEY UPDATE;
  IF NOT FOUND OR (reader IS NOT NULL AND reader NOT IN (SELECT * FROM internal.agreement_readers(agreement))) THEN
    RETURN false;
  END IF;
  PERFORM api.lock_persons_of_agreement(agreement);
  now := api.clock_now();
  SELECT one.* INTO v FROM agreement_version one WHERE one.agreement_id = try_amendment.agreement AND internal.is_open(one);
  IF NOT FOUND OR NOT internal.can_take_effect(a, v, now) THEN
    RETURN false;
  END IF;
  PERFORM internal.put_in_force(actor, agreement, v, now);
  RETURN true;
END $$;

-- ------------------------------------------------------------------------------------------------------------- signing

-- Of these bytes what a JWS has as its payload (RFC 4648 section 5, without padding).
CREATE FUNCTION internal.base64url(content bytea) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT rtrim(translate(replace(encode(content, 'base64'), E'\n', ''), '+/', '-_'), '=') $$;

-- Signs a version: the one in force, or drafted first, by whom it names and who has not; or the open one. signature: {jws, kid, jwk,
-- thumbprint}, checked by the service; that its payload is the text and its key the agency's own is checked here as well.
-- Gives ok; amended: with this signature the version is in force; not-found; version-unknown; terminated; ended; withdrawn; superseded;
-- left; not-named; signed; key-gone.
CREATE FUNCTION api.sign_agreement(actor jsonb, agreement uuid, number int, signature jsonb) RETURNS text LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz;
  reader uuid := internal.acting(actor);
  a public.agreement;
  v agreement_version;
  p agreement_party;
  is_amended boolean := false;
BEGIN
  SELECT one.* INTO a FROM public.agreement one WHERE one.id = sign_agreement.agreement FOR NO KEY UPDATE;
  IF NOT FOUND OR reader IS NULL OR reader NOT IN (SELECT * FROM internal.agreement_readers(agreement)) THEN
    RETURN 'not-found';
  END IF;
  PERFORM api.lock_persons_of_agreement(agreement);
  now := api.clock_now();
  SELECT one.* INTO v FROM agreement_version one WHERE one.agreement_id = a.id AND one.number = sign_agreement.number;
  IF NOT FOUND THEN
    RETURN 'version-unknown';
  END IF;
  SELECT one.* INTO p FROM agreement_party one WHERE one.agreement_id = a.id AND one.agency_id = reader;
  IF a.terminated_at IS NOT NULL THEN
    RETURN 'terminated';
  ELSIF v.withdrawn_at IS NOT NULL THEN
    RETURN 'withdrawn';
  ELSIF v.number < a.number THEN
    RETURN 'superseded';
  ELSIF NOT v.terms -> 'parties' ? reader::text THEN
    RETURN 'not-named';
  ELSIF EXISTS (SELECT FROM agreement_signature s WHERE s.agreement_id = a.id AND s.number = v.number AND s.agency_id = reader) THEN
    RETURN CASE WHEN v.number = a.number AND p.left_at IS NOT NULL THEN 'left' ELSE 'signed' END;
  ELSIF internal.is_open(v) AND NOT internal.can_take_effect(a, v, now) THEN
    RETURN 'ended';
  END IF;
  IF NOT EXISTS (SELECT FROM system_client s WHERE s.agency_id = reader AND s.disabled_at IS NULL
      AND s.jwks -> 'keys' @> jsonb_build_array(signature -> 'jwk')) THEN
    RETURN 'key-gone';
  END IF;
  IF split_part(signature ->> 'jws', '.', 2) <> internal.base64url(convert_to(v.text, 'UTF8')) THEN
    RAISE EXCEPTION 'signed is something else than the text' USING ERRCODE = 'LZ903';
  END IF;
  INSERT INTO agreement_signature (agreement_id, number, agency_id, signed_at, jws, kid, jwk, thumbprint)
  VALUES (a.id, v.number, reader, now, signature ->> 'jws', signature ->> 'kid', signature -> 'jwk', signature ->> 'thumbprint');
  PERFORM internal.note(actor, 'agreement.sign', 'DONE', jsonb_build_object('agreement', a.id, 'version', v.number), now);
  PERFORM internal.tell_readers(actor, agreement, 'agreement.signed', now);
  UPDATE public.agreement one SET version = one.version + 1 WHERE one.id = a.id;
  IF v.number = a.number THEN
    UPDATE agreement_party one SET signed_at = now, left_at = NULL WHERE one.agreement_id = a.id AND one.agency_id = reader;
    UPDATE agreement_version one SET in_force_at = now WHERE one.agreement_id = a.id AND one.number = v.number
      AND one.in_force_at IS NULL AND (SELECT count(*) FROM internal.bound_parties(agreement)) >= 2;
  ELSE
    is_amended := internal.take_effect(actor, agreement, now);
  END IF;
  RETURN CASE WHEN is_amended THEN 'amended' ELSE 'ok' END;
END $$;

-- ----------------------------------------------------------------------------------------------------------- amending

-- Proposes version p.number: {agreementId, number, terms, text, textHash}. Gives ok; not-found; not-bound: an agency that has not signed
-- or has left; unsigned: nobody has; terminated; ended; open: another one is; party-unknown; party-missing; until-past; stale: the text
-- was written of another state.
CREATE FUNCTION api.amend_agreement(actor jsonb, p jsonb) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz;
  reader uuid := internal.acting(actor);
  a public.agreement;
  parties uuid[] := internal.uuids(p #> '{terms,parties}');
BEGIN
  SELECT one.* INTO a FROM public.agreement one WHERE one.id = (p ->> 'agreementId')::uuid FOR NO KEY UPDATE;
  IF NOT FOUND OR (reader IS NOT NULL AND reader NOT IN (SELECT * FROM internal.agreement_readers(a.id))) THEN
    RETURN 'not-found';
  END IF;
  now := api.clock_now();
  IF a.terminated_at IS NOT NULL THEN
    RETURN 'terminated';
  ELSIF now >= coalesce(a.valid_until, 'infinity') THEN
    RETURN 'ended';
  ELSIF NOT EXISTS (SELECT FROM internal.bound_parties(a.id)) THEN
    RETURN 'unsigned';
  ELSIF reader IS NOT NULL AND reader NOT IN (SELECT * FROM internal.bound_parties(a.id)) THEN
    RETURN 'not-bound';
  ELSIF EXISTS (SELECT FROM agreement_version v WHERE v.agreement_id = a.id AND internal.is_open(v)) THEN
    RETURN 'open';
  ELSIF (SELECT count(*) FROM agency y WHERE y.id = ANY (parties)) < cardinality(parties) THEN
    RETURN 'party-unknown';
  ELSIF EXISTS (SELECT FROM agreement_party one WHERE one.agreement_id = a.id AND one.left_at IS NULL
                  AND NOT one.agency_id = ANY (parties)) THEN
    RETURN 'party-missing';
  ELSIF now >= coalesce(internal.moment((p #>> '{terms,until}')::bigint), 'infinity') THEN
    RETURN 'until-past';
  ELSIF (SELECT max(v.number) + 1 FROM agreement_version v WHERE v.agreement_id = a.id) IS DISTINCT FROM (p ->> 'number')::int
      OR internal.ms(a.valid_from) <> (p #>> '{terms,from}')::bigint OR a.number <> (p ->> 'replaces')::int THEN
    RETURN 'stale';
  END IF;
  INSERT INTO agreement_version (agreement_id, number, terms, text, text_hash, proposed_by, proposed_at)
  VALUES (a.id, (p ->> 'number')::int, p -> 'terms', p ->> 'text', p ->> 'textHash', reader, now);
  UPDATE public.agreement one SET version = one.version + 1 WHERE one.id = a.id;
  PERFORM internal.note(actor, 'agreement.amend', 'DONE', jsonb_build_object('agreement', a.id, 'version', p -> 'number'), now);
  PERFORM internal.tell_readers(actor, a.id, 'agreement.amendment-proposed', now);
  RETURN 'ok';
END $$;

-- Its proposer takes it back, or the admin, for a proposer may have left. Gives ok; not-found; none: no amendment is open; not-proposer.
CREATE FUNCTION api.withdraw_amendment(actor jsonb, agreement uuid) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz;
  reader uuid := internal.acting(actor);
  v agreement_version;
BEGIN
  PERFORM FROM public.agreement a WHERE a.id = agreement FOR NO KEY UPDATE;
  IF NOT FOUND OR (reader IS NOT NULL AND reader NOT IN (SELECT * FROM internal.agreement_readers(agreement))) THEN
    RETURN 'not-found';
  END IF;
  now := api.clock_now();
  SELECT one.* INTO v FROM agreement_version one WHERE one.agreement_id = withdraw_amendment.agreement AND internal.is_open(one);
  IF NOT FOUND THEN
    RETURN 'none';
  ELSIF reader IS NOT NULL AND reader IS DISTINCT FROM v.proposed_by THEN
    RETURN 'not-proposer';
  END IF;
  PERFORM internal.note(actor, 'agreement.withdraw_amendment', 'DONE',
    jsonb_build_object('agreement', agreement, 'version', v.number), now);
  PERFORM internal.tell_readers(actor, agreement, 'agreement.amendment-withdrawn', now);
  UPDATE public.agreement a SET version = a.version + 1 WHERE a.id = withdraw_amendment.agreement;
  PERFORM internal.withdraw(agreement, now);
  RETURN 'ok';
END $$;

CREATE FUNCTION internal.withdraw(agreement uuid, now timestamptz) RETURNS void LANGUAGE sql
SET search_path = public, pg_temp AS $$
  UPDATE agreement_version v SET withdrawn_at = now WHERE v.agreement_id = withdraw.agreement AND internal.is_open(v)
$$;

-- ---------------------------------------------------------------------------------------------- terminating and leaving

-- TERMINATE, as before, and an open amendment ends with it; or LEAVE, for the actor's agency, by which an open amendment may lack no
-- signature any more. Signing has a function of its own now: who asks for it here is an older service, and cannot say what it signed.
CREATE OR REPLACE FUNCTION api.change_agreement(actor jsonb, agreement uuid, change text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz;
  reader uuid := internal.acting(actor);
  present public.agreement;
BEGIN
  SELECT a.* INTO present FROM public.agreement a WHERE a.id = agreement FOR NO KEY UPDATE;
  IF present.id IS NULL OR (reader IS NOT NULL AND reader NOT IN (SELECT * FROM internal.agreement_readers(agreement))) THEN
    RETURN 'not-found';
  END IF;
  PERFORM api.lock_persons_of_agreement(agreement);
  now := api.clock_now();
  IF present.terminated_at IS NOT NULL OR change NOT IN ('TERMINATE', 'LEAVE') THEN
    RETURN 'conflict';
  END IF;
  -- Who is not bound can neither leave it nor end what others have signed.
  IF (change = 'LEAVE' OR (reader IS NOT NULL
        AND EXISTS (SELECT FROM agreement_party p WHERE p.agreement_id = agreement AND p.signed_at IS NOT NULL)))
      AND (reader IS NULL OR reader NOT IN (SELECT * FROM internal.bound_parties(agreement))) THEN
    RETURN 'not-signed';
  END IF;
  PERFORM internal.note(actor, 'agreement.' || lower(change), 'DONE', jsonb_build_object('agreement', agreement), now);
  UPDATE public.agreement a SET version = a.version + 1 WHERE a.id = agreement;
  IF change = 'TERMINATE' THEN
    UPDATE public.agreement a SET terminated_at = now WHERE a.id = agreement;
    PERFORM internal.tell_readers(actor, agreement, 'agreement.terminated', now);
    PERFORM internal.withdraw(agreement, now);
    RETURN 'ok';
  END IF;
  UPDATE agreement_party p SET left_at = now WHERE p.agreement_id = agreement AND p.agency_id = reader;
  PERFORM internal.tell_readers(actor, agreement, 'agreement.party-left', now);
  IF NOT EXISTS (SELECT FROM internal.bound_parties(agreement)) THEN
    PERFORM internal.withdraw(agreement, now);
  END IF;
  RETURN CASE WHEN internal.take_effect(actor, agreement, now) THEN 'amended' ELSE 'ok' END;
END $$;

-- Of these disclosures those that the reader made, received or wrote the entry of, the newest first, at most so many. They are shown as
-- api.list_disclosures shows them: what is between two others is the forwarding and the Laufzettel of those two.
CREATE FUNCTION api.disclosures_among(reader uuid, ids uuid[], most int) RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (
    SELECT coalesce(json_agg(json_build_object('disclosureId', d.id, 'entryId', d.entry_id, 'category', d.category,
      'origin', d.origin_id, 'from', d.from_id, 'to', d.to_id, 'purpose', d.purpose,
      'clientId', internal.handle_of(reader, d.person_id),
      'forwardingId', CASE WHEN d.is_own THEN d.forwarding_id END,
      'laufzettelId', CASE WHEN d.is_own THEN d.laufzettel_id END,
      'openedAt', internal.ms(d.opened_at)) ORDER BY d.opened_at DESC, d.id DESC), '[]')
    FROM (
      SELECT one.id, one.entry_id, e.category, e.origin_id, one.from_id, one.to_id, one.purpose, one.person_id, one.forwarding_id,
        f.laufzettel_id, one.opened_at, reader IN (one.from_id, one.to_id) AS is_own
      FROM disclosure one JOIN entry e ON e.id = one.entry_id JOIN forwarding f ON f.id = one.forwarding_id
      WHERE one.id = ANY (ids) AND reader IN (one.from_id, one.to_id, e.origin_id)
        AND (one.to_id <> reader OR reader IN (one.from_id, e.origin_id) OR one.fetched_at IS NOT NULL
          OR api.clock_now() < one.good_until)
      ORDER BY one.opened_at DESC, one.id DESC LIMIT most) AS d);
END $$;

GRANT EXECUTE ON FUNCTION api.undrafted_agreements(int), api.draft_first_version(uuid, jsonb, text, text),
  api.keys_of_agency(jsonb), api.try_amendment(jsonb, uuid), api.sign_agreement(jsonb, uuid, int, jsonb),
  api.amend_agreement(jsonb, jsonb), api.withdraw_amendment(jsonb, uuid), api.disclosures_among(uuid, uuid[], int)
  TO laufzettel_service;

-- ----------------------------------------------------------------------------------------------- what follows from it

-- A request needs an agreement as a termination takes it away; an amendment or a party that leaves can do so as well.
CREATE CONSTRAINT TRIGGER agreement_amended_ends_requests AFTER UPDATE ON agreement DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.number IS DISTINCT FROM OLD.number) EXECUTE FUNCTION internal.requests_after_termination();

CREATE FUNCTION internal.requests_after_leaving() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.end_uncovered_requests(ARRAY[NEW.agency_id]);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER agreement_left_ends_requests AFTER UPDATE ON agreement_party DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.left_at IS DISTINCT FROM OLD.left_at) EXECUTE FUNCTION internal.requests_after_leaving();

-- An end that an amendment moves is told when it comes near; one that it takes away never.
CREATE FUNCTION internal.remind_of_moved_end() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM reminder r WHERE r.subject_id = NEW.id AND r.kind = 'AGREEMENT_ENDING';
  IF NEW.valid_until IS NOT NULL THEN
    INSERT INTO reminder (subject_id, kind, since, look_at)
    VALUES (NEW.id, 'AGREEMENT_ENDING', api.clock_now(), internal.before_end(NEW.valid_until));
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER agreement_end_moved AFTER UPDATE ON agreement
  FOR EACH ROW WHEN (NEW.valid_until IS DISTINCT FROM OLD.valid_until) EXECUTE FUNCTION internal.remind_of_moved_end();

-- As before, with the number of its version, the open amendment, and the moment; and what it invites the reader to.
CREATE OR REPLACE FUNCTION api.export_agreements(reader uuid, after_at bigint, after_id uuid, most int) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (
    SELECT coalesce(json_agg(json_build_object('id', a.id, 'title', a.title, 'purposes', a.purposes, 'categories', a.categories,
      'from', internal.ms(a.valid_from), 'until', internal.ms(a.valid_until), 'terminatedAt', internal.ms(a.terminated_at),
      'turnus', a.turnus, 'daysToRemind', a.days_to_remind, 'daysToAccept', a.days_to_accept,
      'daysToAnswer', a.days_to_answer, 'daysToAcknowledge', a.days_to_acknowledge,
      'version', a.version, 'number', a.number,
      'lastNumber', (SELECT coalesce(max(v.number), 0) FROM agreement_version v WHERE v.agreement_id = a.id), 'createdAt', internal.ms(a.created_at), 'asOf', internal.ms(api.clock_now()),
      'openAmendment', (
        SELECT json_build_object('number', v.number, 'signedBy', (
          SELECT coalesce(json_agg(s.agency_id ORDER BY s.agency_id), '[]') FROM agreement_signature s
          WHERE s.agreement_id = a.id AND s.number = v.number))
        FROM agreement_version v WHERE v.agreement_id = a.id AND internal.is_open(v)),
      'parties', (SELECT json_agg(json_build_object('agencyId', p.agency_id, 'signedAt', internal.ms(p.signed_at),
        'leftAt', internal.ms(p.left_at)) ORDER BY p.agency_id) FROM agreement_party p WHERE p.agreement_id = a.id))
      ORDER BY a.created_at, a.id), '[]')
    FROM (
      SELECT one.* FROM agreement one
      WHERE one.id IN (
          SELECT party.agreement_id FROM agreement_party party WHERE party.agency_id = reader
          UNION
          SELECT v.agreement_id FROM agreement_version v WHERE internal.is_open(v) AND v.terms -> 'parties' ? reader::text)
        AND (after_id IS NULL OR (one.created_at, one.id) > (internal.moment(after_at), after_id))
      ORDER BY one.created_at, one.id LIMIT most) AS a);
END $$;

-- Versions of an agreement by number, to the admin or whoever sees it; texts and signatures where they are asked for whole. Null: not the
-- actor's to see.
CREATE FUNCTION api.list_agreement_versions(actor jsonb, agreement uuid, after_number int, most int, whole boolean) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE reader uuid := internal.acting(actor);
BEGIN
  IF NOT EXISTS (SELECT FROM public.agreement a WHERE a.id = agreement)
      OR (reader IS NOT NULL AND reader NOT IN (SELECT * FROM internal.agreement_readers(agreement))) THEN
    RETURN NULL;
  END IF;
  RETURN (
    SELECT coalesce(json_agg(json_build_object('agreementId', v.agreement_id, 'number', v.number, 'current', a.number,
      'terms', v.terms, 'text', CASE WHEN whole THEN v.text END, 'textHash', v.text_hash, 'proposedBy', v.proposed_by,
      'proposedAt', internal.ms(v.proposed_at), 'inForceAt', internal.ms(v.in_force_at),
      'withdrawnAt', internal.ms(v.withdrawn_at), 'signatures', (
        SELECT coalesce(json_agg(json_build_object('agencyId', s.agency_id, 'agencyName', y.name,
          'signedAt', internal.ms(s.signed_at), 'jws', CASE WHEN whole THEN s.jws END, 'kid', s.kid,
          'jwk', s.jwk, 'thumbprint', s.thumbprint) ORDER BY s.signed_at, s.agency_id), '[]')
        FROM agreement_signature s JOIN agency y ON y.id = s.agency_id
        WHERE s.agreement_id = v.agreement_id AND s.number = v.number)) ORDER BY v.number), '[]')
    FROM (
      SELECT one.* FROM agreement_version one
      WHERE one.agreement_id = list_agreement_versions.agreement AND one.number > after_number
      ORDER BY one.number LIMIT most) AS v JOIN public.agreement a ON a.id = v.agreement_id);
END $$;
GRANT EXECUTE ON FUNCTION api.list_agreement_versions(jsonb, uuid, int, int, boolean) TO laufzettel_service;
