-- Requests that name an Idempotency-Key: the same request sent again has no second effect, whatever broke in between.
--
-- A key is claimed before its request is judged. The effect is written into the claimed row by internal.note, so in the
-- transaction that has the effect: either both are there or neither, and a crash before the answer loses nothing. Kept are
-- keyed hashes, ids and codes, never a body and never an answer.

-- scope: the agency, or for the admin its system. attempt: who holds the claim. action null: no effect (yet).
CREATE TABLE idempotency_key (
  scope        text NOT NULL,
  key_hash     bytea NOT NULL,
  request_hash bytea NOT NULL,
  attempt      uuid NOT NULL,
  started_at   timestamptz(3) NOT NULL,
  action       text,
  outcome      text,
  subject      jsonb,
  effect_at    timestamptz(3),
  PRIMARY KEY (scope, key_hash),
  CHECK ((action IS NULL) = (outcome IS NULL) AND (action IS NULL) = (subject IS NULL) AND (action IS NULL) = (effect_at IS NULL))
);
CREATE INDEX idempotency_key_started ON idempotency_key (started_at);
ALTER TABLE idempotency_key ENABLE ROW LEVEL SECURITY;

-- Whose key it is. A key of one agency says nothing to another.
CREATE FUNCTION internal.key_scope(actor jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(actor ->> 'agency', 'system:' || (actor ->> 'system'))
$$;

-- Writes the first thing noted by a request as the effect of its key: actor.request = {key, attempt}. What is noted after it
-- belongs to it. LZ409: the claim was taken over meanwhile, so nothing of this transaction may stand.
CREATE FUNCTION internal.note_effect(actor jsonb, action text, outcome text, subject jsonb, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  held idempotency_key;
BEGIN
  SELECT k.* INTO held FROM idempotency_key k
  WHERE k.scope = internal.key_scope(actor) AND k.key_hash = decode(actor #>> '{request,key}', 'hex')
    AND k.attempt = (actor #>> '{request,attempt}')::uuid
  FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'another attempt holds the key' USING ERRCODE = 'LZ409';
  END IF;
  IF held.action IS NULL THEN
    UPDATE idempotency_key k SET action = $2, outcome = $3, subject = $4, effect_at = $5
    WHERE k.scope = held.scope AND k.key_hash = held.key_hash;
  END IF;
END $$;

-- The audit, and for a request with a key its effect. A reading is none: it is done again by whoever renders the answer.
CREATE OR REPLACE FUNCTION internal.note(actor jsonb, action text, outcome text, subject jsonb, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF actor #>> '{request,key}' IS NOT NULL AND action <> 'entries.read' THEN
    PERFORM internal.note_effect(actor, action, outcome, subject, at);
  END IF;
  INSERT INTO audit (id, at, agency_id, system, caseworker, action, outcome, subject)
  VALUES (uuidv7(), at, (actor ->> 'agency')::uuid, actor ->> 'system', actor ->> 'caseworker', action, outcome, subject);
END $$;

-- Claims a key for an attempt: {state}. new: go on; replay: with its effect; in-flight: another attempt is at it, or was
-- less than a minute ago; mismatch: the key was used for another request. A claim older than that without an effect is
-- taken over: its process is gone, and if it is not, note_effect stops it. Waits for no one's effect: who waits for an answer
-- should not hold a connection that the other one needs.
CREATE FUNCTION api.claim_idempotency(actor jsonb, key bytea, request bytea, new_attempt uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  own text := internal.key_scope(actor);
  now timestamptz;
  held idempotency_key;
BEGIN
  PERFORM internal.acting(actor);
  now := api.clock_now();
  SELECT k.* INTO held FROM idempotency_key k WHERE k.scope = own AND k.key_hash = key FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    -- Looked at before the insert, which would wait for whoever is writing an effect into the row.
    SELECT k.* INTO held FROM idempotency_key k WHERE k.scope = own AND k.key_hash = key;
    IF FOUND THEN
      RETURN jsonb_build_object('state', CASE WHEN held.request_hash = request THEN 'in-flight' ELSE 'mismatch' END);
    END IF;
    INSERT INTO idempotency_key (scope, key_hash, request_hash, attempt, started_at)
    VALUES (own, key, request, new_attempt, now) ON CONFLICT DO NOTHING;
    RETURN jsonb_build_object('state', CASE WHEN FOUND THEN 'new' ELSE 'in-flight' END);
  END IF;
  IF held.started_at > now - interval '24 hours' THEN
    IF held.request_hash <> request THEN
      RETURN jsonb_build_object('state', 'mismatch');
    END IF;
    IF held.action IS NOT NULL THEN
      RETURN jsonb_build_object('state', 'replay', 'action', held.action, 'outcome', held.outcome,
        'subject', held.subject, 'at', internal.ms(held.effect_at));
    END IF;
    IF held.started_at > now - interval '1 minute' THEN
      RETURN jsonb_build_object('state', 'in-flight');
    END IF;
  END IF;
  UPDATE idempotency_key k SET request_hash = request, attempt = new_attempt, started_at = now,
    action = NULL, outcome = NULL, subject = NULL, effect_at = NULL
  WHERE k.scope = own AND k.key_hash = key;
  RETURN jsonb_build_object('state', 'new');
END $$;

-- Gives back what the attempt had claimed, unless it had an effect: then nothing happened, and the request may come again.
-- The attempt is known to who claimed it alone; one that has been suspended meanwhile gives back too.
CREATE FUNCTION api.release_idempotency(key bytea, held_by uuid, actor jsonb) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  DELETE FROM idempotency_key k
  WHERE k.scope = internal.key_scope(actor) AND k.key_hash = key AND k.attempt = held_by AND k.action IS NULL
$$;

-- Forgets keys that are older than a day, some at a time. Gives how many.
CREATE FUNCTION api.sweep_idempotency(most int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE swept int;
BEGIN
  DELETE FROM idempotency_key k WHERE k.ctid IN (
    SELECT old.ctid FROM idempotency_key old WHERE old.started_at <= api.clock_now() - interval '24 hours'
    LIMIT most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS swept = ROW_COUNT;
  RETURN swept;
END $$;

GRANT EXECUTE ON FUNCTION api.claim_idempotency(jsonb, bytea, bytea, uuid) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.release_idempotency(bytea, uuid, jsonb) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.sweep_idempotency(int) TO laufzettel_service;
