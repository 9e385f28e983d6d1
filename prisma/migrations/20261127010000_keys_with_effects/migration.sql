-- A key of a request is written by the transaction that has the effect, and not before: two transactions and two waits for the disk
-- less for each change, and nothing to be given back or taken over when a process is gone.

DELETE FROM idempotency_key WHERE action IS NULL;
ALTER TABLE idempotency_key DROP CONSTRAINT idempotency_key_check;
ALTER TABLE idempotency_key ALTER action SET NOT NULL, ALTER outcome SET NOT NULL, ALTER subject SET NOT NULL,
  ALTER effect_at SET NOT NULL;

DROP FUNCTION api.claim_idempotency(jsonb, bytea, bytea, uuid);
DROP FUNCTION api.release_idempotency(bytea, uuid, jsonb);

-- {state: new}: nobody has had an effect with this key in the last day. mismatch: another request had. replay: the same one had; with
-- the effect, and the attempt that had it.
CREATE FUNCTION api.look_up_idempotency(actor jsonb, key bytea, request bytea) RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  had idempotency_key;
BEGIN
  PERFORM internal.acting(actor);
  SELECT k.* INTO had FROM idempotency_key k WHERE k.scope = internal.key_scope(actor) AND k.key_hash = key
    AND k.started_at > api.clock_now() - interval '24 hours';
  IF NOT FOUND THEN
    RETURN json_build_object('state', 'new');
  END IF;
  IF had.request_hash <> request THEN
    RETURN json_build_object('state', 'mismatch');
  END IF;
  RETURN json_build_object('state', 'replay', 'attempt', had.attempt, 'action', had.action, 'outcome', had.outcome,
    'subject', had.subject, 'at', internal.ms(had.effect_at));
END $$;
GRANT EXECUTE ON FUNCTION api.look_up_idempotency(jsonb, bytea, bytea) TO laufzettel_service;

-- The first thing that an attempt notes is its effect. Who meets the effect of another, which may not be committed yet, waits for it; then, or
-- when that takes too long (SQLSTATE 55P03), nothing of this one stands.
CREATE OR REPLACE FUNCTION internal.note_effect(actor jsonb, action text, outcome text, subject jsonb, at timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
  now timestamptz := api.clock_now();
  key bytea := decode(actor #>> '{request,key}', 'hex');
  own uuid := (actor #>> '{request,attempt}')::uuid;
BEGIN
  INSERT INTO idempotency_key AS k (scope, key_hash, request_hash, attempt, started_at, action, outcome, subject, effect_at)
  VALUES (internal.key_scope(actor), key, decode(actor #>> '{request,content}', 'hex'), own, now, action, outcome, subject, at)
  ON CONFLICT (scope, key_hash) DO UPDATE SET request_hash = excluded.request_hash, attempt = excluded.attempt,
    started_at = excluded.started_at, action = excluded.action, outcome = excluded.outcome, subject = excluded.subject,
    effect_at = excluded.effect_at
  WHERE k.started_at <= now - interval '24 hours';
  IF NOT FOUND AND NOT EXISTS (SELECT FROM idempotency_key k
      WHERE k.scope = internal.key_scope(actor) AND k.key_hash = key AND k.attempt = own) THEN
    RAISE EXCEPTION 'another attempt had its effect' USING ERRCODE = 'LZ409';
  END IF;
END $$;
