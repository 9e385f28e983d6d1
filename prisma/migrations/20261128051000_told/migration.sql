-- Whoever is shown something is told when it changes by what others did. Each of these is told to those alone who are shown it.

-- ------------------------------------------------------------------------------------------- what the person has said

-- A no is told to every agency that is shown it: the one it is about, or everybody with a handle where it names none.
CREATE FUNCTION internal.tell_of_no() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  person uuid := internal.person_of(NEW.client_id);
  giver uuid := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
BEGIN
  PERFORM internal.tell(jsonb_build_object('agency', NEW.recorded_by), holder.agency_id, TG_TABLE_NAME || '.recorded',
    jsonb_build_object(TG_TABLE_NAME || 'Id', NEW.id, 'clientId', internal.handle_of(holder.agency_id, person)), api.clock_now())
  FROM (SELECT DISTINCT c.agency_id FROM client c
        WHERE c.person_id = person AND (giver IS NULL OR giver = c.agency_id)) AS holder;
  RETURN NULL;
END $$;
CREATE TRIGGER statement_is_told AFTER INSERT ON statement
  FOR EACH ROW WHEN (NEW.decision <> 'GIVEN') EXECUTE FUNCTION internal.tell_of_no('discloser_id');
CREATE TRIGGER release_is_told AFTER INSERT ON release
  FOR EACH ROW WHEN (NEW.decision <> 'GIVEN') EXECUTE FUNCTION internal.tell_of_no('origin_id');

-- Handles that a link has united, or that come apart with it: other statements are shown for them, and where an agency has several of
-- them, other disclosures. Who holds them may have nothing to do with the link, so nothing is said of one. Told for each handle for
-- which there is a difference; the agency that made the link did not make what it shows.
CREATE FUNCTION internal.tell_of_others_words() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  WITH moved AS MATERIALIZED (
    SELECT present.id, former.person_id AS before, present.person_id AS after
    FROM present JOIN former ON former.id = present.id WHERE present.person_id <> former.person_id
  ), about AS MATERIALIZED (
    SELECT c.id, c.agency_id, coalesce(moved.before, c.person_id) AS before, c.person_id AS after
    FROM client c LEFT JOIN moved ON moved.id = c.id
    WHERE c.person_id IN (SELECT moved.before FROM moved UNION SELECT moved.after FROM moved)
  ), said AS MATERIALIZED (
    SELECT about.before, about.after, s.recorded_by, s.decision, s.discloser_id AS giver
    FROM about JOIN statement s ON s.client_id = about.id
    UNION ALL
    SELECT about.before, about.after, r.recorded_by, r.decision, r.origin_id FROM about JOIN release r ON r.client_id = about.id
  )
  INSERT INTO event (id, agency_id, type, subject, at)
  SELECT uuidv7(), about.agency_id, 'client.changed', jsonb_build_object('clientId', about.id), api.clock_now()
  FROM about WHERE EXISTS (
    SELECT FROM said WHERE (said.before = about.before) <> (said.after = about.after)
      AND (said.recorded_by = about.agency_id
        OR (said.decision <> 'GIVEN' AND coalesce(said.giver, about.agency_id) = about.agency_id)))
    OR EXISTS (SELECT FROM about AS own WHERE own.agency_id = about.agency_id
      AND (own.before = about.before) <> (own.after = about.after))
  ORDER BY about.id;
  RETURN NULL;
END $$;
CREATE TRIGGER client_shows_others_words AFTER UPDATE ON client REFERENCING OLD TABLE AS former NEW TABLE AS present
  FOR EACH STATEMENT EXECUTE FUNCTION internal.tell_of_others_words();

-- ---------------------------------------------------------------------------------------------------------- proposals

-- A lapse has been told, or there was nobody to tell of it.
ALTER TABLE consent_proposal ADD COLUMN lapse_told_at timestamptz(3);
CREATE INDEX consent_proposal_lapsing ON consent_proposal (lapses_at) WHERE lapse_told_at IS NULL;

-- As before, with the lapse.
CREATE OR REPLACE FUNCTION internal.keep_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ends text[] := '{decision,decided_at,withdrawn_at,told_at,lapse_told_at}';
BEGIN
  IF to_jsonb(NEW) - ends IS DISTINCT FROM to_jsonb(OLD) - ends
      OR (OLD.decision IS NOT NULL AND (NEW.decision, NEW.decided_at) IS DISTINCT FROM (OLD.decision, OLD.decided_at))
      OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at)
      OR (OLD.told_at IS NOT NULL AND NEW.told_at IS DISTINCT FROM OLD.told_at)
      OR (OLD.lapse_told_at IS NOT NULL AND NEW.lapse_told_at IS DISTINCT FROM OLD.lapse_told_at) THEN
    RAISE EXCEPTION 'a proposal stays as it was made and decided' USING ERRCODE = 'LZ902';
  END IF;
  RETURN NEW;
END $$;
-- What lapsed before anybody was told of it stays as it is.
UPDATE consent_proposal SET lapse_told_at = api.clock_now() WHERE lapses_at <= api.clock_now();

-- Tells each side for which a proposal has lapsed, as it is shown it: the proposer hears the same whether the giver has declined
-- it, has never seen it, or has confirmed it for somebody else. Gives how many have lapsed.
CREATE FUNCTION api.tell_lapsed_proposals(most int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  p consent_proposal;
  lapsed int := 0;
BEGIN
  FOR p IN
    SELECT one.* FROM consent_proposal one WHERE one.lapse_told_at IS NULL AND one.lapses_at <= now
    ORDER BY one.lapses_at, one.id LIMIT most FOR NO KEY UPDATE SKIP LOCKED
  LOOP
    UPDATE consent_proposal one SET lapse_told_at = now WHERE one.id = p.id;
    PERFORM internal.tell('{}', side, 'proposal.lapsed', jsonb_build_object('proposalId', p.id), now)
    FROM (VALUES (p.proposer_id), (p.giver_id)) AS sides (side)
    WHERE internal.may_see_proposal(side, p) AND internal.proposal_status(p, side = p.proposer_id, now) = 'LAPSED';
    lapsed := lapsed + 1;
  END LOOP;
  RETURN lapsed;
END $$;

-- --------------------------------------------------------------------------------------------------------- disclosures

-- That it was read for the first time: to its author wherever it travelled, and to its sender where the forwarding had been
-- delivered before, as with a correction; else that is what the sender is told.
CREATE FUNCTION internal.tell_of_fetching() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.tell('{}', hearer.agency, 'disclosure.fetched',
    jsonb_build_object('disclosureId', NEW.id, 'entryId', NEW.entry_id)
      || CASE WHEN hearer.agency = NEW.from_id THEN jsonb_build_object('forwardingId', NEW.forwarding_id) ELSE '{}' END,
    NEW.fetched_at)
  FROM entry e JOIN forwarding f ON f.id = NEW.forwarding_id, LATERAL (
    SELECT e.origin_id AS agency WHERE e.origin_id <> NEW.from_id UNION ALL SELECT NEW.from_id WHERE f.status <> 'SENT') AS hearer
  WHERE e.id = NEW.entry_id;
  RETURN NULL;
END $$;
CREATE TRIGGER disclosure_is_fetched AFTER UPDATE OF fetched_at ON disclosure
  FOR EACH ROW WHEN (OLD.fetched_at IS NULL AND NEW.fetched_at IS NOT NULL) EXECUTE FUNCTION internal.tell_of_fetching();

-- As before; an end that moves is told to the entry's author, who alone is shown it.
CREATE OR REPLACE FUNCTION api.apply_review(actor jsonb, p jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := internal.moment((p ->> 'at')::bigint);
  touched uuid[];
BEGIN
  PERFORM internal.acting(actor);
  PERFORM FROM forwarding f WHERE f.id IN (SELECT d.forwarding_id FROM disclosure d, jsonb_array_elements(p -> 'close') AS c
                                           WHERE d.id = (c ->> 'id')::uuid)
  ORDER BY f.id FOR NO KEY UPDATE;
  -- What has ended since the review began has ended, and does not begin again.
  WITH moved AS (
    UPDATE disclosure d SET good_until = internal.moment((m ->> 'goodUntil')::bigint)
    FROM jsonb_array_elements(p -> 'move') AS m
    WHERE d.id = (m ->> 'id')::uuid AND d.closed_at IS NULL AND api.clock_now() < d.good_until
    RETURNING d.*
  )
  -- That it was accepted, and so ends later, is what its sender is told of it.
  INSERT INTO event (id, agency_id, type, subject, at)
  SELECT uuidv7(), e.origin_id, 'disclosure.end-changed', jsonb_build_object('disclosureId', moved.id, 'entryId', moved.entry_id)
    || CASE WHEN e.origin_id = moved.from_id THEN jsonb_build_object('forwardingId', moved.forwarding_id) ELSE '{}' END, now
  FROM moved JOIN entry e ON e.id = moved.entry_id JOIN forwarding f ON f.id = moved.forwarding_id
  WHERE e.origin_id IS DISTINCT FROM (actor ->> 'agency')::uuid
    AND NOT (p ->> 'cause' = 'FORWARDING_ACCEPTED' AND e.origin_id = moved.from_id AND f.status = 'ACCEPTED');
  -- A forwarding that was decided upon ends that have moved since is decided again.
  IF jsonb_array_length(p -> 'close') + jsonb_array_length(p -> 'move') > 0 THEN
    UPDATE person SET version = version + 1 WHERE id = ANY (internal.uuids(p -> 'persons'));
  END IF;
  IF jsonb_array_length(p -> 'close') = 0 THEN
    RETURN;
  END IF;
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
  WITH ended AS (
    UPDATE forwarding f SET version = f.version + 1, changed_at = now,
      status = CASE WHEN f.status IN ('SENT', 'DELIVERED') AND f.expires_at <= now THEN 'EXPIRED' ELSE 'BLOCKED' END
    WHERE f.id = ANY (touched) AND f.status NOT IN ('CLOSED', 'REJECTED', 'RECALLED', 'EXPIRED', 'BLOCKED')
      AND NOT EXISTS (SELECT FROM disclosure d WHERE d.forwarding_id = f.id AND d.closed_at IS NULL)
    RETURNING f.*
  )
  -- Nobody asked for it to be blocked or to expire: both sides are told, the actor too when it is one of them by chance
  INSERT INTO event (id, agency_id, type, subject, at)
  SELECT uuidv7(), side, 'forwarding.' || lower(ended.status), jsonb_build_object('forwardingId', ended.id), now
  FROM ended, LATERAL (VALUES (ended.from_id), (ended.to_id)) AS sides (side);
END $$;

GRANT EXECUTE ON FUNCTION api.tell_lapsed_proposals(int) TO laufzettel_service;
