-- Webhooks: events pushed to an address that the agency named and proved to be its own (Standard Webhooks).
--
-- Each webhook is a lane of its own. Its position is the number of the last event that was taken up; what could not be delivered
-- then waits beside it as a message. So an event costs a webhook nothing before it is sent, a dead address costs one attempt now
-- and then whatever comes for it, and to send again from a moment on is to set the position back.

-- keys_sealed, former_sealed: what it signs with, sealed under a key of the exchange; the former ones sign too until former_until.
-- position: all events up to this number were delivered, or wait in webhook_message. failures: how often in a row nothing got
-- through. rests_until: it is sent nothing before; what comes then is one attempt. code_hash: of what proves control of the address.
-- resends: how often its position was set back, so that what was under way meanwhile does not move it on.
CREATE TABLE webhook (
  id            uuid PRIMARY KEY,
  agency_id     uuid NOT NULL REFERENCES agency,
  url           text NOT NULL CHECK (length(url) <= 500),
  description   text NOT NULL CHECK (length(description) <= 200),
  ordered       boolean NOT NULL,
  status        text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'ACTIVE', 'DISABLED')),
  disabled_why  text CHECK (disabled_why IN ('OWN', 'GONE', 'FAILING')),
  keys_sealed   bytea NOT NULL,
  public_key    text NOT NULL,
  former_sealed bytea,
  former_until  timestamptz(3),
  code_hash     bytea,
  code_until    timestamptz(3),
  confirmed_at  timestamptz(3),
  position      bigint NOT NULL DEFAULT 0 CHECK (position >= 0),
  failures      integer NOT NULL DEFAULT 0,
  rests_until   timestamptz(3),
  succeeded_at  timestamptz(3),
  resends       integer NOT NULL DEFAULT 0,
  version       integer NOT NULL DEFAULT 1,
  created_at    timestamptz(3) NOT NULL,
  CHECK ((status = 'DISABLED') = (disabled_why IS NOT NULL)),
  CHECK ((former_sealed IS NULL) = (former_until IS NULL)),
  CHECK ((code_hash IS NULL) = (code_until IS NULL))
);
CREATE INDEX webhook_agency ON webhook (agency_id, created_at, id);

-- An event that has to be sent (again) to a webhook. lane: of an ordered webhook what it belongs to, a Laufzettel as a rule, of which it
-- is sent one at a time; empty otherwise. first_at: the first attempt; null: none yet. failed_at: given up.
CREATE TABLE webhook_message (
  webhook_id uuid NOT NULL REFERENCES webhook ON DELETE CASCADE,
  sequence   bigint NOT NULL,
  lane       text NOT NULL,
  attempts   integer NOT NULL DEFAULT 0,
  due_at     timestamptz(3) NOT NULL,
  first_at   timestamptz(3),
  failed_at  timestamptz(3),
  PRIMARY KEY (webhook_id, sequence)
);
CREATE INDEX webhook_message_due ON webhook_message (webhook_id, due_at) WHERE failed_at IS NULL;
CREATE INDEX webhook_message_lane ON webhook_message (webhook_id, lane, sequence) WHERE failed_at IS NULL AND lane <> '';
-- What is written is gone within moments as a rule.
ALTER TABLE webhook_message SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);

-- Each attempt, for a month. sequence null: a test or the proof of control. outcome: DELIVERED, GONE, or the code of a failure.
CREATE TABLE webhook_attempt (
  id          uuid PRIMARY KEY,
  webhook_id  uuid NOT NULL REFERENCES webhook ON DELETE CASCADE,
  event_id    uuid NOT NULL,
  type        text NOT NULL,
  sequence    bigint,
  attempt     integer NOT NULL,
  outcome     text NOT NULL,
  http_status integer,
  duration_ms integer NOT NULL,
  at          timestamptz(3) NOT NULL
);
CREATE INDEX webhook_attempt_of ON webhook_attempt (webhook_id, at, id);
CREATE INDEX webhook_attempt_at ON webhook_attempt (at);

ALTER TABLE webhook ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_message ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_attempt ENABLE ROW LEVEL SECURITY;

-- ------------------------------------------------------------------------------------------- what an agency does with them

CREATE FUNCTION internal.webhook_view(w webhook) RETURNS jsonb LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('id', w.id, 'url', w.url, 'description', w.description, 'ordered', w.ordered, 'status', w.status,
    'disabledWhy', w.disabled_why, 'publicKey', w.public_key, 'formerUntil', internal.ms(CASE WHEN api.clock_now() < w.former_until THEN w.former_until END),
    'deliveredThrough', least(w.position, (SELECT min(m.sequence) - 1 FROM webhook_message m WHERE m.webhook_id = w.id)),
    'failures', w.failures, 'restsUntil', internal.ms(w.rests_until), 'succeededAt', internal.ms(w.succeeded_at),
    'version', w.version, 'createdAt', internal.ms(w.created_at))
$$;

-- One of the agency's own, locked.
CREATE FUNCTION internal.own_webhook(reader uuid, webhook uuid) RETURNS webhook LANGUAGE plpgsql VOLATILE
SET search_path = public, pg_temp AS $$
DECLARE w public.webhook;
BEGIN
  SELECT one.* INTO w FROM public.webhook one WHERE one.id = webhook AND one.agency_id = reader FOR UPDATE;
  RETURN w;
END $$;

-- How many an agency has that are not disabled by itself; it was locked before.
CREATE FUNCTION internal.count_webhooks(reader uuid) RETURNS bigint LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT count(*) FROM webhook one WHERE one.agency_id = reader AND one.disabled_why IS DISTINCT FROM 'OWN'
$$;

-- p = {id, url, description, ordered, publicKey}. It is told of what comes from now on. Null: the agency has as many as it may have.
-- Of those that it has disabled itself the last hundred are kept.
CREATE FUNCTION api.create_webhook(actor jsonb, p jsonb, keys bytea, most int) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  now timestamptz;
  w webhook;
BEGIN
  PERFORM FROM agency a WHERE a.id = reader FOR NO KEY UPDATE;
  now := api.clock_now();
  IF internal.count_webhooks(reader) >= most THEN
    RETURN NULL;
  END IF;
  DELETE FROM webhook one WHERE one.id IN (SELECT former.id FROM webhook former
    WHERE former.agency_id = reader AND former.disabled_why = 'OWN' ORDER BY former.created_at DESC, former.id DESC OFFSET 100);
  INSERT INTO webhook (id, agency_id, url, description, ordered, keys_sealed, public_key, position, created_at)
  VALUES ((p ->> 'id')::uuid, reader, p ->> 'url', p ->> 'description', (p ->> 'ordered')::boolean, keys, p ->> 'publicKey',
    coalesce((SELECT f.last FROM event_feed f WHERE f.agency_id = reader), 0), now)
  RETURNING * INTO w;
  PERFORM internal.note(actor, 'webhook.create', 'DONE', jsonb_build_object('webhook', w.id), now);
  RETURN internal.webhook_view(w);
END $$;

CREATE FUNCTION api.list_webhooks(reader uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb LANGUAGE plpgsql STABLE
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT coalesce(jsonb_agg(internal.webhook_view(one) ORDER BY one.created_at, one.id), '[]')
    FROM (SELECT w.* FROM webhook w WHERE w.agency_id = reader
            AND (after_id IS NULL OR (w.created_at, w.id) > (internal.moment(after_at), after_id))
          ORDER BY w.created_at, w.id LIMIT most) AS one);
END $$;

CREATE FUNCTION api.get_webhook(reader uuid, webhook uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT internal.webhook_view(w) FROM public.webhook w WHERE w.id = webhook AND w.agency_id = reader);
END $$;

-- A code that whoever reads what arrives at the address can give back, valid until then.
CREATE FUNCTION api.set_webhook_code(actor jsonb, webhook uuid, hash bytea, minutes int) RETURNS boolean LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE reader uuid := internal.acting(actor);
BEGIN
  UPDATE public.webhook w SET code_hash = hash, code_until = api.clock_now() + make_interval(mins => minutes)
  WHERE w.id = webhook AND w.agency_id = reader AND w.status = 'PENDING';
  RETURN FOUND;
END $$;

-- CONFIRM (with the code's hash), ENABLE (where the agency has less than so many), DISABLE, ROTATE (with new keys, the former ones for so
-- many hours). Gives {outcome: ok, webhook}, {outcome: code-wrong | conflict | too-many}, or null. A code is good once.
CREATE FUNCTION api.change_webhook(actor jsonb, webhook uuid, change text, p jsonb) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  w public.webhook;
  now timestamptz;
BEGIN
  IF change = 'ENABLE' THEN
    PERFORM FROM agency a WHERE a.id = reader FOR NO KEY UPDATE;
  END IF;
  w := internal.own_webhook(reader, webhook);
  now := api.clock_now();
  IF w.id IS NULL THEN
    RETURN NULL;
  END IF;
  IF change = 'CONFIRM' THEN
    IF w.status <> 'PENDING' THEN
      RETURN jsonb_build_object('outcome', 'conflict');
    END IF;
    IF w.code_hash IS DISTINCT FROM decode(p ->> 'hash', 'hex') OR coalesce(w.code_until <= now, true) THEN
      RETURN jsonb_build_object('outcome', 'code-wrong');
    END IF;
    UPDATE public.webhook one SET status = 'ACTIVE', confirmed_at = now, code_hash = NULL, code_until = NULL,
      version = one.version + 1
    WHERE one.id = webhook RETURNING one.* INTO w;
  ELSIF change = 'ENABLE' THEN
    IF w.status <> 'DISABLED' THEN
      RETURN jsonb_build_object('outcome', 'conflict');
    END IF;
    IF w.disabled_why = 'OWN' AND internal.count_webhooks(reader) >= (p ->> 'most')::int THEN
      RETURN jsonb_build_object('outcome', 'too-many');
    END IF;
    -- Whoever was disabled for failing begins anew with all that waits, and with what was given up; whoever never proved that the
    -- address is its own still has to.
    UPDATE public.webhook one SET status = CASE WHEN one.confirmed_at IS NULL THEN 'PENDING' ELSE 'ACTIVE' END,
      disabled_why = NULL, failures = 0, rests_until = NULL, version = one.version + 1
    WHERE one.id = webhook RETURNING one.* INTO w;
    UPDATE webhook_message m SET attempts = 0, due_at = now, first_at = NULL, failed_at = NULL WHERE m.webhook_id = webhook;
  ELSIF change = 'DISABLE' THEN
    IF w.status = 'DISABLED' AND w.disabled_why = 'OWN' THEN
      RETURN jsonb_build_object('outcome', 'conflict');
    END IF;
    UPDATE public.webhook one SET status = 'DISABLED', disabled_why = 'OWN', version = one.version + 1
    WHERE one.id = webhook RETURNING one.* INTO w;
  ELSE
    UPDATE public.webhook one SET keys_sealed = decode(p ->> 'keys', 'hex'), public_key = p ->> 'publicKey', version = one.version + 1,
      former_sealed = CASE WHEN (p ->> 'hours')::int > 0 THEN one.keys_sealed END,
      former_until = CASE WHEN (p ->> 'hours')::int > 0 THEN now + make_interval(hours => (p ->> 'hours')::int) END
    WHERE one.id = webhook RETURNING one.* INTO w;
  END IF;
  PERFORM internal.note(actor, 'webhook.' || lower(change), 'DONE', jsonb_build_object('webhook', webhook), now);
  RETURN jsonb_build_object('outcome', 'ok', 'webhook', internal.webhook_view(w));
END $$;

-- One event once more, or all since a moment. Gives {outcome: ok, webhook}, {outcome: conflict | unknown}, or null.
CREATE FUNCTION api.resend_webhook(actor jsonb, webhook uuid, one_event bigint, since_ms bigint) RETURNS jsonb LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  w public.webhook := internal.own_webhook(reader, webhook);
  now timestamptz := api.clock_now();
BEGIN
  IF w.id IS NULL THEN
    RETURN NULL;
  END IF;
  IF w.status <> 'ACTIVE' THEN
    RETURN jsonb_build_object('outcome', 'conflict');
  END IF;
  IF one_event IS NOT NULL THEN
    INSERT INTO webhook_message AS m (webhook_id, sequence, lane, due_at)
    SELECT webhook, e.sequence, CASE WHEN w.ordered THEN internal.event_lane(f.laufzettel_id, e.subject, e.type) ELSE '' END, now
    FROM event e LEFT JOIN forwarding f ON f.id = (e.subject ->> 'forwardingId')::uuid
    WHERE e.agency_id = reader AND e.sequence = one_event AND e.sequence <= w.position
    ON CONFLICT (webhook_id, sequence) DO UPDATE SET attempts = 0, due_at = now, first_at = NULL, failed_at = NULL;
    IF NOT FOUND THEN
      RETURN jsonb_build_object('outcome', 'unknown');
    END IF;
  ELSE
    UPDATE public.webhook one SET resends = one.resends + 1, position = least(one.position, coalesce(
      (SELECT min(e.sequence) - 1 FROM event e WHERE e.agency_id = reader AND e.at >= internal.moment(since_ms)), one.position))
    WHERE one.id = webhook RETURNING one.* INTO w;
    -- They are sent in their turn.
    DELETE FROM webhook_message m WHERE m.webhook_id = webhook AND m.sequence > w.position;
  END IF;
  UPDATE public.webhook one SET failures = 0, rests_until = NULL WHERE one.id = webhook RETURNING one.* INTO w;
  PERFORM internal.note(actor, 'webhook.resend', 'DONE', jsonb_build_object('webhook', webhook), now);
  RETURN jsonb_build_object('outcome', 'ok', 'webhook', internal.webhook_view(w));
END $$;

CREATE FUNCTION internal.attempt_view(a webhook_attempt) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('id', a.id, 'eventId', a.event_id, 'type', a.type, 'sequence', a.sequence, 'attempt', a.attempt,
    'outcome', a.outcome, 'httpStatus', a.http_status, 'durationMs', a.duration_ms, 'at', internal.ms(a.at))
$$;

-- Newest first.
CREATE FUNCTION api.list_webhook_attempts(reader uuid, webhook uuid, before_at bigint, before_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  IF NOT EXISTS (SELECT FROM public.webhook w WHERE w.id = webhook AND w.agency_id = reader) THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT coalesce(jsonb_agg(internal.attempt_view(one) ORDER BY one.at DESC, one.id DESC), '[]')
    FROM (SELECT a.* FROM webhook_attempt a WHERE a.webhook_id = list_webhook_attempts.webhook
            AND (before_id IS NULL OR (a.at, a.id) < (internal.moment(before_at), before_id))
          ORDER BY a.at DESC, a.id DESC LIMIT most) AS one);
END $$;

-- For the admin: webhooks that fail or were disabled, whose they are and since when, and neither address nor event.
CREATE FUNCTION api.list_troubled_webhooks(actor jsonb, after_at bigint, after_id uuid, most int) RETURNS jsonb LANGUAGE plpgsql
STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_admin(actor);
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('webhookId', one.id, 'agencyId', one.agency_id, 'status', one.status,
      'disabledWhy', one.disabled_why, 'failures', one.failures, 'restsUntil', internal.ms(one.rests_until),
      'succeededAt', internal.ms(one.succeeded_at), 'createdAt', internal.ms(one.created_at)) ORDER BY one.created_at, one.id), '[]')
    FROM (SELECT w.* FROM webhook w WHERE (w.disabled_why IN ('GONE', 'FAILING') OR w.failures > 0 AND w.status = 'ACTIVE')
            AND (after_id IS NULL OR (w.created_at, w.id) > (internal.moment(after_at), after_id))
          ORDER BY w.created_at, w.id LIMIT most) AS one);
END $$;

-- ------------------------------------------------------------------------------------------------------- what delivers

-- What an event belongs to, where order matters: its Laufzettel, given as that of its forwarding where it names none itself; or what
-- it is about. So plain that it becomes part of the statement that asks.
CREATE FUNCTION internal.event_lane(laufzettel uuid, subject jsonb, type text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(subject ->> 'laufzettelId', laufzettel::text, subject ->> 'requestId', subject ->> 'proposalId', subject ->> 'entryId',
    subject ->> 'clientId', subject ->> 'agreementId', split_part(type, '.', 1))
$$;

-- How many more messages of a webhook may wait.
CREATE FUNCTION internal.places_left(webhook uuid) RETURNS int LANGUAGE sql STABLE AS $$
  SELECT 10000 - count(*)::int FROM (SELECT FROM public.webhook_message m WHERE m.webhook_id = webhook LIMIT 10000) AS waiting
$$;

-- Whether nothing of its lane waits before it.
CREATE FUNCTION internal.is_first(m webhook_message) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT m.lane = '' OR NOT EXISTS (SELECT FROM public.webhook_message earlier WHERE earlier.webhook_id = m.webhook_id
    AND earlier.failed_at IS NULL AND earlier.lane <> '' AND earlier.lane = m.lane AND earlier.sequence < m.sequence)
$$;

-- Whether there is something to be sent to a webhook now.
--
-- While ten thousand of its messages wait or were given up, nothing new is taken up: position waits at no cost. A rest that ends later
-- than any rest lasts comes of a clock that was set back.
CREATE FUNCTION internal.is_due(w webhook, now timestamptz) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT w.status = 'ACTIVE' AND (w.rests_until IS NULL OR w.rests_until <= now OR w.rests_until > now + interval '10 minutes')
    AND (EXISTS (SELECT FROM public.webhook_message m WHERE m.webhook_id = w.id AND m.failed_at IS NULL AND m.due_at <= now
        AND internal.is_first(m))
      OR w.position < (SELECT f.last FROM public.event_feed f WHERE f.agency_id = w.agency_id) AND internal.places_left(w.id) > 0)
$$;

-- The webhooks that have something to do: of these agencies, or, null, of all.
CREATE FUNCTION api.webhooks_due(agencies uuid[]) RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE now timestamptz := api.clock_now();
BEGIN
  IF agencies IS NULL THEN
    RETURN (SELECT coalesce(array_agg(w.id), '{}') FROM webhook w JOIN agency a ON a.id = w.agency_id AND a.suspended_at IS NULL
      WHERE internal.is_due(w, now));
  END IF;
  RETURN (SELECT coalesce(array_agg(w.id), '{}') FROM webhook w JOIN agency a ON a.id = w.agency_id AND a.suspended_at IS NULL
    WHERE w.agency_id = ANY (agencies) AND internal.is_due(w, now));
END $$;

-- What is to be sent now: first what waits and is due, then what is new. Null: nothing, or not now. To an ordered webhook only the
-- first of each lane is sent; what else comes to a lane in which something waits (blocked) is put behind it. After failures one is
-- tried, not many; by turns something new and something that waits, so that one message that is never taken is not all that is
-- tried. Nobody else takes from this webhook meanwhile: its lane's lock sees to that.
CREATE FUNCTION api.take_webhook(webhook uuid, most int) RETURNS json LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  w public.webhook;
  now timestamptz := api.clock_now();
  places int;
  fresh boolean;
  taken json;
  news json;
  blocked json;
BEGIN
  SELECT one.* INTO w FROM public.webhook one JOIN agency a ON a.id = one.agency_id AND a.suspended_at IS NULL
  WHERE one.id = webhook AND internal.is_due(one, now);
  IF w.id IS NULL THEN
    RETURN NULL;
  END IF;
  places := CASE WHEN w.failures > 0 THEN 1 ELSE most END;
  fresh := w.failures % 2 = 1 AND w.position < (SELECT f.last FROM event_feed f WHERE f.agency_id = w.agency_id)
    AND internal.places_left(webhook) > 0;
  WITH waiting AS (
    SELECT m.* FROM webhook_message m WHERE NOT fresh AND m.webhook_id = webhook AND m.failed_at IS NULL AND m.due_at <= now
      AND internal.is_first(m)
    ORDER BY m.sequence LIMIT places)
  SELECT json_agg(json_build_array(e.sequence, e.id, e.type, internal.ms(e.at), e.subject,
    coalesce(e.subject ->> 'laufzettelId', f.laufzettel_id::text), waiting.lane, waiting.attempts) ORDER BY e.sequence)
  INTO taken FROM waiting JOIN event e ON e.agency_id = w.agency_id AND e.sequence = waiting.sequence
    LEFT JOIN forwarding f ON f.id = (e.subject ->> 'forwardingId')::uuid;
  places := places - coalesce(json_array_length(taken), 0);
  IF places > 0 THEN
    places := least(places, internal.places_left(webhook));
  END IF;
  IF places > 0 THEN
    WITH one AS (
      SELECT e.sequence, json_build_array(e.sequence, e.id, e.type, internal.ms(e.at), e.subject,
        coalesce(e.subject ->> 'laufzettelId', f.laufzettel_id::text), lane, 0) AS told, lane
      FROM (SELECT e.* FROM event e WHERE e.agency_id = w.agency_id AND e.sequence > w.position ORDER BY e.sequence LIMIT places) AS e
        LEFT JOIN forwarding f ON f.id = (e.subject ->> 'forwardingId')::uuid
        CROSS JOIN LATERAL (SELECT CASE WHEN w.ordered THEN internal.event_lane(f.laufzettel_id, e.subject, e.type) ELSE '' END AS lane) AS its
    )
    SELECT json_agg(one.told ORDER BY one.sequence),
      json_agg(DISTINCT one.lane) FILTER (WHERE w.ordered AND EXISTS (SELECT FROM webhook_message m
        WHERE m.webhook_id = webhook AND m.failed_at IS NULL AND m.lane <> '' AND m.lane = one.lane))
    INTO news, blocked FROM one;
  END IF;
  IF taken IS NULL AND news IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN json_build_object('agency', w.agency_id, 'position', w.position, 'resends', w.resends, 'url', w.url, 'ordered', w.ordered,
    'failures', w.failures, 'keys', encode(w.keys_sealed, 'hex'),
    'former', CASE WHEN now < w.former_until THEN encode(w.former_sealed, 'hex') END,
    'waiting', coalesce(taken, '[]'), 'news', coalesce(news, '[]'), 'blocked', coalesce(blocked, '[]'));
END $$;

-- Writes down what came of what was taken. p = {from, resends, position, results: [{sequence, eventId, type, lane, attempt, outcome, httpStatus,
-- durationMs, delayMs}], behind: [{sequence, lane}]}: delayMs is until the next attempt, null when there is none left; behind: what
-- was not sent because something of its lane waits. restMs: how long the webhook rests when nothing got through.
--
-- Gives {hasMore, why}. why: GONE or FAILING when the webhook was disabled by it: at once when the address says that it is gone; when a
-- message was given up and nothing has got through since its first attempt, or thousands were. Its agency is told.
CREATE FUNCTION api.record_webhook(webhook uuid, p jsonb, rest_ms int) RETURNS json LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  w public.webhook;
  now timestamptz;
  delivered boolean;
  failed int;
  why text;
BEGIN
  SELECT one.* INTO w FROM public.webhook one WHERE one.id = webhook FOR NO KEY UPDATE;
  IF w.id IS NULL THEN
    RETURN json_build_object('hasMore', false, 'why', NULL);
  END IF;
  now := api.clock_now();
  SELECT coalesce(bool_or(r ->> 'outcome' = 'DELIVERED'), false), count(*) FILTER (WHERE r ->> 'outcome' <> 'DELIVERED')
  INTO delivered, failed FROM jsonb_array_elements(p -> 'results') AS r;
  INSERT INTO webhook_attempt (id, webhook_id, event_id, type, sequence, attempt, outcome, http_status, duration_ms, at)
  SELECT uuidv7(), webhook, (r ->> 'eventId')::uuid, r ->> 'type', (r ->> 'sequence')::bigint, (r ->> 'attempt')::int, r ->> 'outcome',
    (r ->> 'httpStatus')::int, (r ->> 'durationMs')::int, now
  FROM jsonb_array_elements(p -> 'results') AS r;
  -- Most of the time nothing waits and everything gets through.
  IF EXISTS (SELECT FROM webhook_message m WHERE m.webhook_id = webhook) THEN
    DELETE FROM webhook_message m WHERE m.webhook_id = webhook AND m.sequence = ANY (ARRAY(
      SELECT (r ->> 'sequence')::bigint FROM jsonb_array_elements(p -> 'results') AS r WHERE r ->> 'outcome' = 'DELIVERED'));
  END IF;
  IF failed > 0 THEN
    INSERT INTO webhook_message AS m (webhook_id, sequence, lane, attempts, due_at, first_at, failed_at)
    SELECT webhook, (r ->> 'sequence')::bigint, r ->> 'lane', (r ->> 'attempt')::int,
      now + coalesce((r ->> 'delayMs')::bigint, 0) * interval '1 millisecond', now,
      CASE WHEN r ->> 'delayMs' IS NULL THEN now END
    FROM jsonb_array_elements(p -> 'results') AS r WHERE r ->> 'outcome' <> 'DELIVERED'
    ON CONFLICT (webhook_id, sequence) DO UPDATE SET attempts = excluded.attempts, due_at = excluded.due_at,
      first_at = coalesce(m.first_at, excluded.first_at), failed_at = excluded.failed_at;
  END IF;
  INSERT INTO webhook_message (webhook_id, sequence, lane, due_at)
  SELECT webhook, (b ->> 'sequence')::bigint, b ->> 'lane', now FROM jsonb_array_elements(p -> 'behind') AS b
  ON CONFLICT DO NOTHING;
  why := CASE
    WHEN EXISTS (SELECT FROM jsonb_array_elements(p -> 'results') AS r WHERE r ->> 'outcome' = 'GONE') THEN 'GONE'
    WHEN failed > 0 AND NOT delivered AND EXISTS (SELECT FROM webhook_message m WHERE m.webhook_id = webhook AND m.failed_at = now
      AND (w.succeeded_at IS NULL OR w.succeeded_at < m.first_at)) THEN 'FAILING'
    WHEN failed > 0 AND EXISTS (SELECT FROM webhook_message m WHERE m.webhook_id = webhook AND m.failed_at = now)
      AND (SELECT count(*) FROM webhook_message m WHERE m.webhook_id = webhook AND m.failed_at IS NOT NULL) >= 5000 THEN 'FAILING' END;
  IF w.status <> 'ACTIVE' THEN
    why := NULL;
  END IF;
  -- Whoever is back after a silence gets at once what has waited for it; once, so that one message that it never takes is
  -- not sent with each of the others.
  IF delivered AND w.failures >= 2 THEN
    UPDATE webhook_message m SET due_at = now WHERE m.webhook_id = webhook AND m.failed_at IS NULL AND m.due_at > now;
  END IF;
  -- Where it was set back meanwhile, it stays there.
  UPDATE public.webhook one SET
    position = CASE WHEN one.position = (p ->> 'from')::bigint AND one.resends = (p ->> 'resends')::int THEN (p ->> 'position')::bigint
      ELSE one.position END,
    failures = CASE WHEN delivered THEN 0 ELSE one.failures + least(failed, 1) END,
    rests_until = CASE WHEN delivered OR failed = 0 THEN NULL ELSE now + rest_ms * interval '1 millisecond' END,
    succeeded_at = CASE WHEN delivered THEN now ELSE one.succeeded_at END,
    status = CASE WHEN why IS NULL THEN one.status ELSE 'DISABLED' END, disabled_why = coalesce(why, one.disabled_why),
    version = one.version + CASE WHEN why IS NULL THEN 0 ELSE 1 END
  WHERE one.id = webhook RETURNING one.* INTO w;
  IF why IS NOT NULL THEN
    PERFORM internal.note('{"system": "exchange"}', 'webhook.disable', why, jsonb_build_object('webhook', webhook), now);
    PERFORM internal.tell('{}', w.agency_id, 'webhook.disabled', jsonb_build_object('webhookId', webhook), now);
  END IF;
  RETURN json_build_object('hasMore', internal.is_due(w, now), 'why', why);
END $$;

-- What a test or the proof of control is sent with; null: no such webhook of the agency.
CREATE FUNCTION api.webhook_keys(reader uuid, webhook uuid) RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT json_build_object('url', w.url, 'status', w.status, 'keys', encode(w.keys_sealed, 'hex'),
      'former', CASE WHEN api.clock_now() < w.former_until THEN encode(w.former_sealed, 'hex') END)
    FROM public.webhook w WHERE w.id = webhook AND w.agency_id = reader);
END $$;

-- A test or a proof of control that was sent. Gives the attempt; null: no such webhook of the agency.
CREATE FUNCTION api.note_webhook_test(actor jsonb, webhook uuid, p jsonb) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  w public.webhook := internal.own_webhook(internal.acting(actor), webhook);
  now timestamptz := api.clock_now();
  a webhook_attempt;
BEGIN
  IF w.id IS NULL THEN
    RETURN NULL;
  END IF;
  INSERT INTO webhook_attempt (id, webhook_id, event_id, type, attempt, outcome, http_status, duration_ms, at)
  VALUES (uuidv7(), webhook, (p ->> 'eventId')::uuid, p ->> 'type', 1, p ->> 'outcome', (p ->> 'httpStatus')::int,
    (p ->> 'durationMs')::int, now)
  RETURNING * INTO a;
  PERFORM internal.note(actor, 'webhook.test', 'DONE', jsonb_build_object('webhook', webhook, 'attempt', a.id), now);
  RETURN internal.attempt_view(a);
END $$;

CREATE FUNCTION api.get_webhook_attempt(reader uuid, one uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT internal.attempt_view(a) FROM webhook_attempt a JOIN webhook w ON w.id = a.webhook_id
          WHERE a.id = one AND w.agency_id = reader);
END $$;

-- Attempts of more than a month ago, at most so many at once; gives how many.
CREATE FUNCTION api.forget_webhook_attempts(most int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE forgotten int;
BEGIN
  DELETE FROM webhook_attempt a WHERE a.id IN (SELECT one.id FROM webhook_attempt one
    WHERE one.at < api.clock_now() - interval '30 days' ORDER BY one.at LIMIT most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  RETURN forgotten;
END $$;

GRANT EXECUTE ON FUNCTION api.create_webhook(jsonb, jsonb, bytea, int), api.list_webhooks(uuid, bigint, uuid, int),
  api.get_webhook(uuid, uuid), api.set_webhook_code(jsonb, uuid, bytea, int), api.change_webhook(jsonb, uuid, text, jsonb),
  api.resend_webhook(jsonb, uuid, bigint, bigint), api.list_webhook_attempts(uuid, uuid, bigint, uuid, int),
  api.list_troubled_webhooks(jsonb, bigint, uuid, int), api.webhooks_due(uuid[]), api.take_webhook(uuid, int),
  api.record_webhook(uuid, jsonb, int), api.webhook_keys(uuid, uuid), api.note_webhook_test(jsonb, uuid, jsonb),
  api.get_webhook_attempt(uuid, uuid),
  api.forget_webhook_attempts(int) TO laufzettel_service;
