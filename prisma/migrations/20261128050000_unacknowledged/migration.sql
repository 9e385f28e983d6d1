-- Whoever gave or wrote what a recipient had fetched and that has closed sees since when its answer is overdue, and is told once.

-- What is owed an answer for: a disclosure that was closed after it had been fetched, from its closing until it is answered.
-- from, to, origin: of the disclosure and its entry, and never another. due_at: from then on it is unacknowledged.
CREATE TABLE acknowledgement (
  disclosure_id uuid PRIMARY KEY REFERENCES disclosure,
  from_id uuid NOT NULL,
  to_id uuid NOT NULL,
  origin_id uuid NOT NULL,
  due_at timestamptz(3) NOT NULL,
  told_at timestamptz(3)
);
ALTER TABLE acknowledgement ENABLE ROW LEVEL SECURITY;
CREATE INDEX acknowledgement_from ON acknowledgement (from_id, due_at, disclosure_id);
CREATE INDEX acknowledgement_origin ON acknowledgement (origin_id, due_at, disclosure_id);
CREATE INDEX acknowledgement_to ON acknowledgement (to_id, due_at);
CREATE INDEX acknowledgement_untold ON acknowledgement (due_at) WHERE told_at IS NULL;

-- Until when the recipient has to have answered: as many calendar days after the end, at the same time of day in Europe/Berlin,
-- as the agreements say that the disclosure relied on; of several the one that leaves the least.
CREATE FUNCTION internal.acknowledge_by(d disclosure) RETURNS timestamptz LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT (coalesce(d.closed_at, d.good_until) AT TIME ZONE 'Europe/Berlin' + make_interval(days => coalesce(min(a.days_to_acknowledge), 14)))
    AT TIME ZONE 'Europe/Berlin'
  FROM agreement a WHERE a.id IN (SELECT one::uuid FROM jsonb_array_elements_text(d.relied_on -> 'agreements') AS one)
$$;

-- Since when a disclosure is unacknowledged, closed by the clock already or not; null: it is not.
CREATE FUNCTION internal.unacknowledged_since(d disclosure, now timestamptz) RETURNS timestamptz LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT due FROM internal.acknowledge_by(d) AS due
  WHERE d.fetched_at IS NOT NULL AND due <= now AND NOT EXISTS (SELECT FROM closure_answer c WHERE c.disclosure_id = d.id)
$$;

-- Whatever closes it: nothing that does has to think of this. It may have been answered between its end and its closing.
CREATE FUNCTION internal.await_acknowledgement() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO acknowledgement (disclosure_id, from_id, to_id, origin_id, due_at)
  SELECT NEW.id, NEW.from_id, NEW.to_id, e.origin_id, internal.acknowledge_by(NEW)
  FROM entry e WHERE e.id = NEW.entry_id AND NOT EXISTS (SELECT FROM closure_answer c WHERE c.disclosure_id = NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER disclosure_awaits_acknowledgement AFTER UPDATE OF closed_at ON disclosure
  FOR EACH ROW WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND NEW.fetched_at IS NOT NULL)
  EXECUTE FUNCTION internal.await_acknowledgement();

CREATE FUNCTION internal.acknowledged() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM acknowledgement a WHERE a.disclosure_id = NEW.disclosure_id;
  RETURN NULL;
END $$;
CREATE TRIGGER closure_answer_acknowledges AFTER INSERT ON closure_answer
  FOR EACH ROW EXECUTE FUNCTION internal.acknowledged();

INSERT INTO acknowledgement (disclosure_id, from_id, to_id, origin_id, due_at)
SELECT d.id, d.from_id, d.to_id, e.origin_id, internal.acknowledge_by(d)
FROM disclosure d JOIN entry e ON e.id = d.entry_id
WHERE d.closed_at IS NOT NULL AND d.fetched_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM closure_answer c WHERE c.disclosure_id = d.id);

-- All that is unacknowledged at that moment. What time has ended is closed soon afterwards; where that took longer than the
-- shortest term there is, a day that may have 23 hours, it is looked for by its end.
CREATE FUNCTION internal.unacknowledged(now timestamptz)
RETURNS TABLE (disclosure_id uuid, from_id uuid, to_id uuid, origin_id uuid, since timestamptz) LANGUAGE sql STABLE AS $$
  SELECT a.disclosure_id, a.from_id, a.to_id, a.origin_id, a.due_at FROM public.acknowledgement a WHERE a.due_at <= now
  UNION ALL
  SELECT d.id, d.from_id, d.to_id, e.origin_id, internal.acknowledge_by(d)
  FROM public.disclosure d JOIN public.entry e ON e.id = d.entry_id
  WHERE d.closed_at IS NULL AND d.good_until <= now - interval '23 hours' AND d.fetched_at IS NOT NULL
    AND internal.unacknowledged_since(d, now) IS NOT NULL
$$;

-- Of what the reader gave or wrote, oldest first. By the handle of its own that it knows the person by.
CREATE FUNCTION api.list_unacknowledged(reader uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT coalesce(jsonb_agg(to_jsonb(one) ORDER BY one."unacknowledgedSince", one."disclosureId"), '[]') FROM (
    SELECT u.disclosure_id AS "disclosureId", CASE WHEN u.from_id = reader THEN d.forwarding_id END AS "forwardingId",
      d.entry_id AS "entryId", e.category,
      CASE WHEN u.from_id = reader THEN f.from_client_id ELSE e.client_id END AS "clientId", u.to_id AS recipient,
      internal.ms(coalesce(d.closed_at, d.good_until)) AS "closedAt", internal.ms(u.since) AS "unacknowledgedSince"
    FROM internal.unacknowledged(api.clock_now()) AS u JOIN disclosure d ON d.id = u.disclosure_id
      JOIN entry e ON e.id = d.entry_id JOIN forwarding f ON f.id = d.forwarding_id
    WHERE (u.from_id = reader OR u.origin_id = reader)
      AND (after_id IS NULL OR (u.since, u.disclosure_id) > (internal.moment(after_at), after_id))
    ORDER BY u.since, u.disclosure_id LIMIT most) AS one);
END $$;

-- For who runs the exchange: which agencies leave answers owing, and since when the oldest. How much, rounded down to fives, and
-- only where it is about five persons at least: one more or fewer tells of nobody.
CREATE FUNCTION api.list_unacknowledged_recipients(actor jsonb, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_admin(actor);
  RETURN (SELECT coalesce(jsonb_agg(to_jsonb(one) ORDER BY one.since, one."agencyId"), '[]') FROM (
    SELECT u.to_id AS "agencyId", internal.ms(min(u.since)) AS since,
      CASE WHEN count(DISTINCT c.person_id) >= 5 THEN count(*) / 5 * 5 END AS disclosures
    FROM internal.unacknowledged(api.clock_now()) AS u JOIN disclosure d ON d.id = u.disclosure_id
      JOIN forwarding f ON f.id = d.forwarding_id JOIN client c ON c.id = f.from_client_id
    GROUP BY u.to_id
    HAVING after_id IS NULL OR (min(u.since), u.to_id) > (internal.moment(after_at), after_id)
    ORDER BY min(u.since), u.to_id LIMIT most) AS one);
END $$;

-- Tells giver and author of what has become unacknowledged, once, whoever ticks. Gives of how many disclosures.
CREATE FUNCTION api.tell_unacknowledged(most int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  due acknowledgement;
  told int := 0;
BEGIN
  FOR due IN
    SELECT a.* FROM acknowledgement a WHERE a.told_at IS NULL AND a.due_at <= now
    ORDER BY a.due_at, a.disclosure_id LIMIT most FOR UPDATE SKIP LOCKED
  LOOP
    UPDATE acknowledgement a SET told_at = now WHERE a.disclosure_id = due.disclosure_id;
    PERFORM internal.tell('{}', hearer.agency, 'disclosure.unacknowledged',
      jsonb_build_object('disclosureId', d.id, 'entryId', d.entry_id)
        || CASE WHEN hearer.agency = due.from_id THEN jsonb_build_object('forwardingId', d.forwarding_id) ELSE '{}' END, now)
    FROM disclosure d, LATERAL (SELECT due.from_id AS agency UNION SELECT due.origin_id) AS hearer
    WHERE d.id = due.disclosure_id;
    told := told + 1;
  END LOOP;
  RETURN told;
END $$;

-- ------------------------------------------------------------------------------------------------- who answered what

-- Everything that a recipient answered to the end of a disclosure, in order.
CREATE FUNCTION internal.answers_to(disclosure uuid) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object('answer', c.answer, 'statute', c.statute, 'answeredAt', internal.ms(c.at))
    ORDER BY c.place), '[]')
  FROM closure_answer c WHERE c.disclosure_id = answers_to.disclosure
$$;

-- As before, with since when it is unacknowledged, for who gave or wrote it and for its recipient.
CREATE OR REPLACE FUNCTION api.list_disclosures(reader uuid, client uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
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
      END AS basis,
      -- What the recipient did when it closed: for giver, author and recipient, so for everybody who sees the row.
      told.answer, told.statute, internal.ms(told.at) AS "answeredAt",
      internal.ms(internal.unacknowledged_since(d, api.clock_now())) AS "unacknowledgedSince"
    FROM disclosure d JOIN entry e ON e.id = d.entry_id LEFT JOIN LATERAL (
      SELECT c.* FROM closure_answer c WHERE c.disclosure_id = d.id ORDER BY c.place DESC LIMIT 1) AS told ON true
    WHERE (d.from_id = reader OR e.origin_id = reader
        OR (d.to_id = reader AND (d.fetched_at IS NOT NULL OR (d.closed_at IS NULL AND api.clock_now() < d.good_until))))
      AND d.entry_id IN (SELECT ec.entry_id FROM entry_concern ec JOIN public.client c ON c.id = ec.client_id
                         WHERE c.person_id = person)
      AND (after_id IS NULL OR (d.opened_at, d.id) < (internal.moment(after_at), after_id))
    ORDER BY d.opened_at DESC, d.id DESC LIMIT most) AS one);
END $$;

-- What has ended of what the reader gave or wrote about this client, last ended first, with the answers to it. Null: not the
-- reader's client.
CREATE FUNCTION api.list_closures(reader uuid, client uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  person uuid;
BEGIN
  PERFORM internal.demand_active(reader);
  SELECT c.person_id INTO person FROM public.client c WHERE c.id = client AND c.agency_id = reader;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT coalesce(jsonb_agg(to_jsonb(one) ORDER BY one."closedAt" DESC, one."disclosureId" DESC), '[]') FROM (
    SELECT d.id AS "disclosureId", CASE WHEN d.from_id = reader THEN d.forwarding_id END AS "forwardingId",
      d.entry_id AS "entryId", e.category, e.origin_id AS origin, d.from_id AS "from", d.to_id AS "to", d.purpose,
      internal.ms(d.opened_at) AS "openedAt", internal.ms(d.fetched_at) AS "fetchedAt",
      internal.ms(coalesce(d.closed_at, d.good_until)) AS "closedAt", internal.answers_to(d.id) AS answers,
      internal.ms(internal.unacknowledged_since(d, now)) AS "unacknowledgedSince"
    FROM disclosure d JOIN entry e ON e.id = d.entry_id
    WHERE reader IN (d.from_id, e.origin_id) AND coalesce(d.closed_at, d.good_until) <= now
      AND d.entry_id IN (SELECT ec.entry_id FROM entry_concern ec JOIN public.client c ON c.id = ec.client_id
                         WHERE c.person_id = person)
      AND (after_id IS NULL OR (coalesce(d.closed_at, d.good_until), d.id) < (internal.moment(after_at), after_id))
    ORDER BY coalesce(d.closed_at, d.good_until) DESC, d.id DESC LIMIT most) AS one);
END $$;

-- As before, and since when it is unacknowledged what nobody has answered.
CREATE OR REPLACE FUNCTION internal.last_answers(disclosures uuid[]) RETURNS json LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  IF disclosures IS NULL THEN
    RETURN NULL;
  END IF;
  RETURN (
    SELECT json_object_agg(d.id, json_build_object('answer', told.answer, 'statute', told.statute,
      'answeredAt', internal.ms(told.at), 'unacknowledgedSince', internal.ms(internal.unacknowledged_since(d, api.clock_now()))))
    FROM disclosure d LEFT JOIN LATERAL (
      SELECT c.* FROM closure_answer c WHERE c.disclosure_id = d.id ORDER BY c.place DESC LIMIT 1) AS told ON true
    WHERE d.id = ANY (disclosures));
END $$;

GRANT EXECUTE ON FUNCTION api.list_unacknowledged(uuid, bigint, uuid, int),
  api.list_unacknowledged_recipients(jsonb, bigint, uuid, int), api.tell_unacknowledged(int),
  api.list_closures(uuid, uuid, bigint, uuid, int) TO laufzettel_service;
