-- The round (Turnus): when an agreement's rhythm says so, each pair of its parties gets a report of what is between them, one for
-- either side. A round holds ids, codes and instants; whoever wants more fetches it, and is checked as ever.

-- How far an agreement's rhythm has been followed. done_until: every moment up to then has had its rounds. next_at: the first one
-- after that; null: there is none any more. The rule is computed by the service, which may die at any time: what it has
-- computed counts only together with the rounds that it was for.
CREATE TABLE round_schedule (
  agreement_id uuid PRIMARY KEY REFERENCES agreement,
  done_until   timestamptz(3) NOT NULL,
  next_at      timestamptz(3),
  CHECK (done_until < next_at)
);
ALTER TABLE round_schedule ENABLE ROW LEVEL SECURITY;

-- What a reader is told about one partner at one moment. Its window: after window_from, up to the moment.
CREATE TABLE round (
  id           uuid PRIMARY KEY,
  agreement_id uuid NOT NULL REFERENCES agreement,
  reader_id    uuid NOT NULL REFERENCES agency,
  partner_id   uuid NOT NULL REFERENCES agency,
  moment       timestamptz(3) NOT NULL,
  window_from  timestamptz(3) NOT NULL,
  published_at timestamptz(3) NOT NULL,
  CHECK (reader_id <> partner_id AND window_from <= moment AND moment <= published_at),
  UNIQUE (agreement_id, reader_id, partner_id, moment)
);
CREATE INDEX round_history ON round (reader_id, moment, id);
CREATE INDEX round_of_pair ON round (reader_id, partner_id, moment);
CREATE INDEX round_age ON round (moment);
ALTER TABLE round ENABLE ROW LEVEL SECURITY;

-- status: when it was published. at: see internal.round_items. disclosure_id: of what ends alone.
CREATE TABLE round_item (
  round_id      uuid NOT NULL REFERENCES round ON DELETE CASCADE,
  section       text NOT NULL CHECK (section IN ('NEW', 'CHANGED', 'UNANSWERED', 'OVERDUE', 'ENDED', 'CONSENT_ENDING')),
  place         integer NOT NULL,
  forwarding_id uuid NOT NULL REFERENCES forwarding,
  disclosure_id uuid REFERENCES disclosure,
  status        text NOT NULL,
  at            timestamptz(3) NOT NULL,
  PRIMARY KEY (round_id, section, place),
  CHECK ((section = 'CONSENT_ENDING') = (disclosure_id IS NOT NULL))
);
CREATE INDEX round_item_forwarding ON round_item (forwarding_id, section);
ALTER TABLE round_item ENABLE ROW LEVEL SECURITY;

-- When the recipient accepted: an answer is due that many days later.
CREATE TABLE forwarding_acceptance (
  forwarding_id uuid PRIMARY KEY REFERENCES forwarding,
  at            timestamptz(3) NOT NULL
);
ALTER TABLE forwarding_acceptance ENABLE ROW LEVEL SECURITY;

INSERT INTO forwarding_acceptance (forwarding_id, at)
SELECT (e.subject ->> 'forwardingId')::uuid, min(e.at) FROM event e WHERE e.type = 'forwarding.accepted' GROUP BY 1;

CREATE FUNCTION internal.keep_acceptance() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO forwarding_acceptance (forwarding_id, at) VALUES (NEW.id, NEW.changed_at) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER forwarding_acceptance_noted AFTER UPDATE OF status ON forwarding
  FOR EACH ROW WHEN (NEW.status = 'ACCEPTED' AND OLD.status <> 'ACCEPTED') EXECUTE FUNCTION internal.keep_acceptance();

-- What a date on a wall in Berlin is at that instant, and that many calendar days later by the same wall clock.
CREATE FUNCTION internal.day_in_berlin(at timestamptz) RETURNS date LANGUAGE sql STABLE
AS $$ SELECT (at AT TIME ZONE 'Europe/Berlin')::date $$;
CREATE FUNCTION internal.days_later(at timestamptz, days int) RETURNS timestamptz LANGUAGE sql STABLE
AS $$ SELECT ((at AT TIME ZONE 'Europe/Berlin') + days * interval '1 day') AT TIME ZONE 'Europe/Berlin' $$;

-- ---------------------------------------------------------------------------------------------------------- the tick

-- First instant at which an agreement no longer holds.
CREATE FUNCTION internal.agreement_end(a agreement) RETURNS timestamptz LANGUAGE sql STABLE
AS $$ SELECT least(coalesce(a.valid_until, 'infinity'), coalesce(a.terminated_at, 'infinity')) $$;

-- Agreements whose rhythm asks for something now: {at, due: [{agreement, turnus, from, doneUntil, end}]}, at most so many. end: the
-- first instant that has no round any more; null: none is known. Nobody has signed an agreement before it was drafted.
CREATE FUNCTION api.due_rhythms(most int) RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE now timestamptz := api.clock_now();
BEGIN
  RETURN json_build_object('at', internal.ms(now), 'due', (
    SELECT coalesce(json_agg(json_build_object('agreement', one.id, 'turnus', one.turnus, 'from', internal.ms(one.valid_from),
      'doneUntil', internal.ms(one.done_until),
      'end', CASE WHEN one.ends < 'infinity' THEN internal.ms(one.ends) END)), '[]')
    FROM (
      SELECT a.id, a.turnus, a.valid_from, internal.agreement_end(a) AS ends,
        coalesce(s.done_until, greatest(a.valid_from, a.created_at) - interval '1 millisecond') AS done_until
      FROM agreement a LEFT JOIN round_schedule s ON s.agreement_id = a.id
      WHERE a.turnus IS NOT NULL AND (s.agreement_id IS NULL OR s.next_at <= now)
      ORDER BY s.next_at NULLS FIRST, a.id LIMIT most) AS one));
END $$;

-- Locks how far a rhythm has been followed, and gives the time; null: it is not `expected` any more. Until a rhythm has been looked
-- at for the first time nothing is kept of it.
CREATE FUNCTION internal.follow(agreement uuid, expected bigint) RETURNS timestamptz LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE done timestamptz;
BEGIN
  INSERT INTO round_schedule (agreement_id, done_until, next_at)
  SELECT a.id, internal.moment(expected), internal.moment(expected + 1) FROM public.agreement a WHERE a.id = agreement AND a.turnus IS NOT NULL
  ON CONFLICT DO NOTHING;
  SELECT s.done_until INTO done FROM round_schedule s WHERE s.agreement_id = agreement FOR UPDATE;
  RETURN CASE WHEN done = internal.moment(expected) THEN api.clock_now() END;
END $$;

-- Whose agreement it is at that instant: who has signed, and not left.
CREATE FUNCTION internal.parties_at(agreement uuid, at timestamptz) RETURNS SETOF agreement_party LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT p.* FROM agreement_party p
  WHERE p.agreement_id = agreement AND p.signed_at <= at AND at < coalesce(p.left_at, 'infinity')
$$;

-- Agreements with a rhythm between two agencies that holds at that instant, the smallest id first. One whose rule gives no further
-- moment has no rhythm any more.
CREATE FUNCTION internal.rhythms_between(one uuid, other uuid, at timestamptz) RETURNS uuid[] LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  RETURN ARRAY(
    SELECT a.id FROM agreement a
      JOIN agreement_party p ON p.agreement_id = a.id AND p.agency_id = one
      JOIN agreement_party q ON q.agreement_id = a.id AND q.agency_id = other
      LEFT JOIN round_schedule s ON s.agreement_id = a.id
    WHERE a.turnus IS NOT NULL AND a.valid_from <= at AND at < internal.agreement_end(a)
      AND p.signed_at <= at AND at < coalesce(p.left_at, 'infinity') AND q.signed_at <= at AND at < coalesce(q.left_at, 'infinity')
      AND (s.agreement_id IS NULL OR s.next_at IS NOT NULL)
    ORDER BY a.id::text);
END $$;

-- Whether a forwarding stands in the rounds of that agreement: those that it names, by what its disclosures relied on or by its
-- Laufzettel. Where none of these has a rhythm it stands in the first that has, lest it stand in none. A recipient's round
-- looks at the disclosures that it sees, for what vanished must not be told by where the rest stands.
CREATE FUNCTION internal.is_in_rounds_of(agreement uuid, rhythms uuid[], f forwarding, l laufzettel, reader uuid, now timestamptz)
RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE named uuid[];
BEGIN
  named := ARRAY(
    SELECT DISTINCT one::uuid FROM disclosure d, jsonb_array_elements_text(d.relied_on -> 'agreements') AS one
    WHERE d.forwarding_id = f.id
      AND (f.from_id = reader OR d.fetched_at IS NOT NULL OR (d.closed_at IS NULL AND now < d.good_until)))
    || l.agreement_id;
  RETURN agreement = ANY (named) OR (NOT named && rhythms AND agreement = rhythms[1]);
END $$;

-- Whether something of that instant is in a round's window; or came too late for the one before, because it was still being
-- written or stood in another agreement's rounds until now, and was not told yet.
CREATE FUNCTION internal.is_news(r round, forwarding uuid, sections text[], of_instant timestamptz) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN of_instant <= r.moment AND (of_instant > r.window_from OR (
    of_instant > r.window_from - interval '30 days'
    AND EXISTS (SELECT FROM round o WHERE o.reader_id = r.reader_id AND o.partner_id = r.partner_id AND o.moment < r.moment
                  AND o.window_from < of_instant)
    AND NOT EXISTS (SELECT FROM round_item i JOIN round o ON o.id = i.round_id
                    WHERE i.forwarding_id = is_news.forwarding AND i.section = ANY (sections)
                      AND i.at = of_instant AND o.reader_id = r.reader_id)));
END $$;

-- What stands in a round, as its reader's lists show it now: (section, forwarding, disclosure, status, at). at: NEW when it was
-- sent; CHANGED when its status last changed; UNANSWERED since when it waits; OVERDUE since when it is; ENDED when it did;
-- CONSENT_ENDING until when it may be read. A passed-on entry ends without notice, for its end tells what was said to others.
CREATE FUNCTION internal.round_items(r round, days_to_answer int, now timestamptz)
RETURNS TABLE (section text, forwarding_id uuid, disclosure_id uuid, status text, at timestamptz) LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
DECLARE
  rhythms uuid[] := internal.rhythms_between(r.reader_id, r.partner_id, r.moment);
  ended text[] := '{CLOSED,REJECTED,RECALLED,EXPIRED,BLOCKED}';
  unanswered text[] := '{SENT,DELIVERED,ACCEPTED,IN_PROGRESS,ON_HOLD}';
  today date := internal.day_in_berlin(r.moment);
  soon timestamptz := internal.days_later(r.moment, 30);
  since timestamptz := r.window_from - interval '30 days';
BEGIN
  RETURN QUERY
  WITH found AS (
    SELECT one.id FROM forwarding one WHERE one.from_id = r.reader_id AND one.to_id = r.partner_id AND one.changed_at > since
    UNION
    SELECT one.id FROM forwarding one WHERE one.to_id = r.reader_id AND one.from_id = r.partner_id AND one.changed_at > since
    UNION
    SELECT one.id FROM forwarding one WHERE one.from_id = r.reader_id AND one.to_id = r.partner_id
      AND one.status IN ('SENT', 'DELIVERED', 'ACCEPTED', 'IN_PROGRESS', 'ON_HOLD', 'ANSWERED')
    UNION
    SELECT one.id FROM forwarding one WHERE one.to_id = r.reader_id AND one.from_id = r.partner_id
      AND one.status IN ('SENT', 'DELIVERED', 'ACCEPTED', 'IN_PROGRESS', 'ON_HOLD', 'ANSWERED')
  ), hop AS MATERIALIZED (
    SELECT f.id, internal.status_of(f, now) AS status, f.sent_at, f.changed_at, f.expires_at, l.due_date, a.at AS accepted_at
    FROM found JOIN forwarding f ON f.id = found.id JOIN laufzettel l ON l.id = f.laufzettel_id
      LEFT JOIN forwarding_acceptance a ON a.forwarding_id = f.id
    WHERE f.sent_at <= r.moment AND internal.is_in_rounds_of(r.agreement_id, rhythms, f, l, r.reader_id, now)
  ), waits AS (
    SELECT h.*, least(
      CASE WHEN h.due_date < today THEN (h.due_date + 1)::timestamp AT TIME ZONE 'Europe/Berlin' END,
      CASE WHEN internal.day_in_berlin(h.accepted_at) + days_to_answer < today
        THEN (internal.day_in_berlin(h.accepted_at) + days_to_answer + 1)::timestamp AT TIME ZONE 'Europe/Berlin' END) AS overdue_since
    FROM hop h WHERE h.status = ANY (unanswered)
  ), ends AS (
    SELECT h.*, CASE WHEN h.status = 'EXPIRED' THEN h.expires_at ELSE h.changed_at END AS ended_at
    FROM hop h WHERE h.status = ANY (ended)
  )
  SELECT 'NEW', h.id, NULL::uuid, h.status, h.sent_at FROM hop h WHERE internal.is_news(r, h.id, '{NEW}', h.sent_at)
  UNION ALL
  SELECT 'CHANGED', h.id, NULL, h.status, h.changed_at FROM hop h
  WHERE h.status <> 'SENT' AND NOT h.status = ANY (ended) AND internal.is_news(r, h.id, '{CHANGED}', h.changed_at)
  UNION ALL
  SELECT 'UNANSWERED', w.id, NULL, w.status, coalesce(w.accepted_at, w.sent_at) FROM waits w
  WHERE w.status <> 'SENT' OR w.sent_at <= r.window_from
  UNION ALL
  SELECT 'OVERDUE', w.id, NULL, w.status, w.overdue_since FROM waits w WHERE w.overdue_since IS NOT NULL
  UNION ALL
  SELECT 'ENDED', e.id, NULL, e.status, e.ended_at FROM ends e WHERE internal.is_news(r, e.id, '{ENDED}', e.ended_at)
  UNION ALL
  SELECT 'CONSENT_ENDING', f.id, d.id, internal.status_of(f, now), d.good_until
  FROM disclosure d JOIN forwarding f ON f.id = d.forwarding_id JOIN laufzettel l ON l.id = f.laufzettel_id
    JOIN entry e ON e.id = d.entry_id
  WHERE ((d.from_id = r.reader_id AND d.to_id = r.partner_id) OR (d.to_id = r.reader_id AND d.from_id = r.partner_id))
    AND d.closed_at IS NULL AND now < d.good_until AND d.opened_at <= r.moment AND d.good_until <= soon
    AND e.origin_id = d.from_id
    -- That nobody has accepted it in time is no consent that ends.
    AND NOT (f.status IN ('SENT', 'DELIVERED') AND d.good_until >= f.expires_at)
    AND internal.is_in_rounds_of(r.agreement_id, rhythms, f, l, r.reader_id, now);
END $$;

-- Publishes the rounds that one party still lacks of a moment; gives how many. 0: no party lacks any, or somebody else has gone on
-- already, so that `expected` is no longer how far the rhythm has been followed. A party at a time, so that an agreement of
-- many takes no longer than a statement may; all of a party or nothing, so that whoever dies here leaves it to the next.
CREATE FUNCTION api.publish_rounds(agreement uuid, expected bigint, moment_ms bigint) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  a public.agreement;
  due timestamptz := internal.moment(moment_ms);
  now timestamptz;
  lacking uuid;
  published int := 0;
  r round;
BEGIN
  now := internal.follow(agreement, expected);
  SELECT one.* INTO a FROM public.agreement one WHERE one.id = agreement AND one.turnus IS NOT NULL;
  IF now IS NULL OR NOT FOUND OR due > now OR due < a.valid_from OR due >= internal.agreement_end(a) THEN
    RETURN 0;
  END IF;
  SELECT p.agency_id INTO lacking FROM internal.parties_at(agreement, due) AS p
  WHERE NOT EXISTS (SELECT FROM round o WHERE o.agreement_id = a.id AND o.reader_id = p.agency_id
                      AND o.moment = due)
  ORDER BY p.agency_id LIMIT 1;
  FOR r IN
    INSERT INTO round (id, agreement_id, reader_id, partner_id, moment, window_from, published_at)
    SELECT uuidv7(), agreement, lacking, q.agency_id, due, coalesce((
        SELECT max(o.moment) FROM round o
        WHERE o.agreement_id = a.id AND o.reader_id = lacking AND o.partner_id = q.agency_id), a.valid_from), now
    FROM internal.parties_at(agreement, due) AS q WHERE q.agency_id <> lacking ORDER BY q.agency_id
    RETURNING *
  LOOP
    INSERT INTO round_item (round_id, section, place, forwarding_id, disclosure_id, status, at)
    SELECT r.id, i.section, row_number() OVER (PARTITION BY i.section ORDER BY i.at, i.forwarding_id, i.disclosure_id),
      i.forwarding_id, i.disclosure_id, i.status, i.at
    FROM internal.round_items(r, a.days_to_answer, now) AS i;
    PERFORM internal.tell('{}', r.reader_id, 'round.published',
      jsonb_build_object('roundId', r.id, 'agreementId', agreement), now);
    published := published + 1;
  END LOOP;
  IF published > 0 THEN
    PERFORM internal.note('{"agency": null, "system": "clock"}', 'round.publish', 'DONE',
      jsonb_build_object('agreement', agreement, 'agency', lacking, 'moment', moment_ms, 'rounds', published), now);
  END IF;
  RETURN published;
END $$;

-- Keeps how far a rhythm has been followed: up to a moment that has its rounds, null: as far as before; and the next one.
CREATE FUNCTION api.follow_rhythm(agreement uuid, expected bigint, done_ms bigint, next_ms bigint) RETURNS void LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF internal.follow(agreement, expected) IS NOT NULL THEN
    UPDATE round_schedule s SET done_until = coalesce(internal.moment(done_ms), s.done_until), next_at = internal.moment(next_ms)
    WHERE s.agreement_id = agreement;
  END IF;
END $$;

-- Rounds are kept for two years; the last of a pair for as long as it is the last, for the next one begins where it ended.
CREATE FUNCTION api.forget_rounds(most int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE forgotten int;
BEGIN
  DELETE FROM round r WHERE r.id IN (
    SELECT old.id FROM round old WHERE old.moment < api.clock_now() - interval '2 years'
      AND EXISTS (SELECT FROM round newer WHERE newer.agreement_id = old.agreement_id AND newer.reader_id = old.reader_id
                    AND newer.partner_id = old.partner_id AND newer.moment > old.moment)
    ORDER BY old.moment LIMIT most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  RETURN forgotten;
END $$;

-- ---------------------------------------------------------------------------------------------------------- reading

-- The items that a round still shows. A consent that ends is shown while the disclosure is live and still ends then: what has
-- closed meanwhile is gone, whether it had been read or not. What came to the reader under this agreement by disclosures that have all
-- vanished unread is in the rounds of this agreement no more.
CREATE FUNCTION internal.shown_items(r round, now timestamptz)
RETURNS TABLE (section text, place int, forwarding_id uuid, disclosure_id uuid, status text, at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY
  SELECT i.section, i.place, i.forwarding_id, i.disclosure_id, i.status, coalesce(d.good_until, i.at)
  FROM round_item i JOIN forwarding f ON f.id = i.forwarding_id LEFT JOIN disclosure d ON d.id = i.disclosure_id
  WHERE i.round_id = r.id AND r.reader_id IN (f.from_id, f.to_id)
    AND (i.disclosure_id IS NULL
      OR (d.closed_at IS NULL AND now < d.good_until AND d.good_until <= internal.days_later(r.moment, 30)))
    AND NOT (i.disclosure_id IS NULL AND r.reader_id = f.to_id
      AND NOT EXISTS (SELECT FROM laufzettel l WHERE l.id = f.laufzettel_id AND l.agreement_id = r.agreement_id)
      AND EXISTS (SELECT FROM disclosure x WHERE x.forwarding_id = f.id AND x.relied_on -> 'agreements' ? r.agreement_id::text)
      AND NOT EXISTS (SELECT FROM disclosure x WHERE x.forwarding_id = f.id AND x.relied_on -> 'agreements' ? r.agreement_id::text
        AND (x.fetched_at IS NOT NULL OR (x.closed_at IS NULL AND now < x.good_until))));
END $$;

CREATE FUNCTION internal.round_view(r round, now timestamptz) RETURNS json LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT json_build_object('id', r.id, 'agreementId', r.agreement_id, 'agreementTitle', a.title, 'reader', r.reader_id,
    'readerName', reader.name, 'partner', r.partner_id, 'partnerName', partner.name, 'at', internal.ms(r.moment),
    'windowFrom', internal.ms(r.window_from), 'publishedAt', internal.ms(r.published_at),
    'counts', (SELECT coalesce(json_object_agg(c.section, c.many), '{}')
               FROM (SELECT i.section, count(*) AS many FROM internal.shown_items(r, now) AS i GROUP BY 1) AS c))
  FROM agreement a, agency reader, agency partner
  WHERE a.id = r.agreement_id AND reader.id = r.reader_id AND partner.id = r.partner_id
$$;

-- The reader's rounds, newest first, as far as they pass the filter {agreementId, partner}, after a place.
CREATE FUNCTION api.list_rounds(reader uuid, filter jsonb, after_at bigint, after_id uuid, most int) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz;
  before_at timestamptz := coalesce(internal.moment(after_at), 'infinity');
  before_id uuid := coalesce(after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
BEGIN
  PERFORM internal.demand_active(reader);
  now := api.clock_now();
  RETURN (
    SELECT coalesce(json_agg(internal.round_view(page.r, now) ORDER BY (page.r).moment DESC, (page.r).id DESC), '[]') FROM (
      SELECT one AS r FROM round one
      WHERE one.reader_id = reader AND (one.moment, one.id) < (before_at, before_id)
        AND (filter ->> 'agreementId' IS NULL OR one.agreement_id = (filter ->> 'agreementId')::uuid)
        AND (filter ->> 'partner' IS NULL OR one.partner_id = (filter ->> 'partner')::uuid)
      ORDER BY one.moment DESC, one.id DESC LIMIT most) AS page);
END $$;

-- One round with the first so many items of each section: {round, items: [{section, forwardingId, ...}]}; null: not the reader's.
CREATE FUNCTION api.get_round(reader uuid, round uuid, most int) RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz;
  r public.round;
BEGIN
  PERFORM internal.demand_active(reader);
  SELECT one.* INTO r FROM public.round one WHERE one.id = get_round.round AND one.reader_id = reader;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  now := api.clock_now();
  RETURN json_build_object('round', internal.round_view(r, now), 'items', (
    SELECT coalesce(json_agg(json_build_object('section', i.section, 'forwardingId', f.id, 'laufzettelId', f.laufzettel_id,
        'disclosureId', i.disclosure_id, 'received', f.to_id = reader, 'kind', l.kind, 'purpose', f.purpose,
        'urgency', l.urgency, 'dueDate', l.due_date, 'status', i.status, 'at', internal.ms(i.at),
        'clientId', c.id, 'sealedFileReference', encode(c.file_reference_sealed, 'base64'), 'wrapped', encode(k.wrapped, 'base64'))
        ORDER BY i.section, i.nth), '[]')
    FROM (SELECT s.*, row_number() OVER (PARTITION BY s.section ORDER BY s.at, s.place) AS nth
          FROM internal.shown_items(r, now) AS s) AS i
      JOIN forwarding f ON f.id = i.forwarding_id JOIN laufzettel l ON l.id = f.laufzettel_id
      JOIN client c ON c.id = CASE WHEN f.from_id = reader THEN f.from_client_id ELSE f.to_client_id END AND c.agency_id = reader
      JOIN client_key k ON k.client_id = c.id
    WHERE i.nth <= most));
END $$;

GRANT EXECUTE ON FUNCTION api.due_rhythms(int), api.publish_rounds(uuid, bigint, bigint), api.follow_rhythm(uuid, bigint, bigint, bigint),
  api.forget_rounds(int),
  api.list_rounds(uuid, jsonb, bigint, uuid, int), api.get_round(uuid, uuid, int) TO laufzettel_service;
