-- The day on which a part of a plan is looked at again: reminded of, and told in the rounds. Of each side only what it may read then,
-- and what is agreed on then as that side sees it.

-- Whether that is what is agreed on in its part, as that agency sees the plan: nothing that it may read was agreed on there later.
CREATE FUNCTION internal.is_current_in_plan(agency uuid, p plan_proposal, at timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  RETURN p.status = 'ACCEPTED' AND internal.reads_entry(agency, p.entry_id, at) AND NOT EXISTS (
    SELECT FROM plan_proposal later
    WHERE later.plan_id = p.plan_id AND later.part_id = p.part_id AND later.status = 'ACCEPTED'
      AND (later.answered_at, later.id) > (p.answered_at, p.id) AND internal.reads_entry(agency, later.entry_id, at));
END $$;

-- -------------------------------------------------------------------------------------------------------------- reminders

ALTER TABLE reminder DROP CONSTRAINT reminder_kind_check;
ALTER TABLE reminder ADD CONSTRAINT reminder_kind_check CHECK (kind IN ('REMINDER', 'ANSWER_DUE', 'DUE_FOR_SENDER',
  'DUE_FOR_RECIPIENT', 'OVERDUE', 'CONSENT_ENDING', 'RELEASE_ENDING', 'DISCLOSURE_ENDING', 'ANSWER_OWED', 'AGREEMENT_ENDING',
  'PLAN_REVIEW_FOR_OPENER', 'PLAN_REVIEW_FOR_PARTNER'));

-- The last working day before a day is less than 8 days away from it. Each side has holidays of its own.
CREATE FUNCTION internal.remind_of_review() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO reminder (subject_id, kind, since, look_at)
  VALUES (NEW.id, 'PLAN_REVIEW_FOR_OPENER', NEW.answered_at, NEW.review_on - 8),
    (NEW.id, 'PLAN_REVIEW_FOR_PARTNER', NEW.answered_at, NEW.review_on - 8) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER plan_proposal_review AFTER UPDATE OF status ON plan_proposal
  FOR EACH ROW WHEN (NEW.status = 'ACCEPTED' AND OLD.status = 'OPEN' AND NEW.review_on IS NOT NULL)
  EXECUTE FUNCTION internal.remind_of_review();

-- Who is reminded by a reminder of that kind.
CREATE FUNCTION internal.reviewing(reminded text, plan uuid) RETURNS uuid LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT CASE reminded WHEN 'PLAN_REVIEW_FOR_OPENER' THEN one.opened_by ELSE one.partner_id END FROM public.plan one WHERE one.id = plan
$$;

-- What a reminder of a review is judged by; null: it is no longer agreed on for that side, or nothing is planned on it any more.
CREATE FUNCTION internal.reminder_of_plan(r reminder, now timestamptz) RETURNS json LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT json_build_object('kind', r.kind, 'id', r.subject_id, 'told', r.told, 'dueDate', p.review_on, 'land', a.land)
  FROM plan_proposal p JOIN plan one ON one.id = p.plan_id JOIN laufzettel l ON l.id = one.laufzettel_id
    JOIN agency a ON a.id = internal.reviewing(r.kind, p.plan_id)
  WHERE p.id = r.subject_id AND internal.is_current_in_plan(a.id, p, now) AND internal.status_for(a.id, l) = 'OPEN'
$$;

-- As before, with reviews of plans: the proposal and its plan are kept, with the disclosures by which its entry is held.
CREATE OR REPLACE FUNCTION api.take_reminders(most int) RETURNS json LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  now timestamptz := api.clock_now();
  taken reminder[];
  named uuid[];
  held uuid[];
  rows uuid[];
  persons uuid[];
  found json;
BEGIN
  taken := ARRAY(SELECT r FROM reminder r WHERE r.look_at <= now ORDER BY r.look_at LIMIT most FOR UPDATE SKIP LOCKED);
  IF cardinality(taken) = 0 THEN
    RETURN NULL;
  END IF;
  named := ARRAY(SELECT r.subject_id FROM unnest(taken) AS r);
  held := ARRAY(SELECT f.id FROM forwarding f WHERE f.id = ANY (named) FOR SHARE SKIP LOCKED)
    || ARRAY(SELECT d.id FROM disclosure d WHERE d.id = ANY (named) FOR SHARE SKIP LOCKED)
    || ARRAY(SELECT p.id FROM plan_proposal p JOIN plan one ON one.id = p.plan_id WHERE p.id = ANY (named) FOR SHARE OF p, one SKIP LOCKED);
  rows := ARRAY(SELECT d.id FROM disclosure d JOIN plan_proposal p ON p.entry_id = d.entry_id
                WHERE p.id = ANY (named) AND d.closed_at IS NULL FOR SHARE OF d SKIP LOCKED);
  taken := ARRAY(SELECT r FROM unnest(taken) AS r
                 WHERE r.kind IN ('CONSENT_ENDING', 'RELEASE_ENDING', 'AGREEMENT_ENDING') OR (r.subject_id = ANY (held)
                   AND NOT EXISTS (SELECT FROM plan_proposal p JOIN disclosure d ON d.entry_id = p.entry_id
                                   WHERE p.id = r.subject_id AND d.closed_at IS NULL AND NOT d.id = ANY (rows))));
  IF cardinality(taken) = 0 THEN
    RETURN NULL;
  END IF;
  now := api.clock_now();
  persons := ARRAY(
    SELECT c.person_id FROM statement s JOIN client c ON c.id = s.client_id WHERE s.id = ANY (named)
    UNION SELECT c.person_id FROM release x JOIN client c ON c.id = x.client_id WHERE x.id = ANY (named));
  WITH looked AS MATERIALIZED (
    SELECT r.kind, r.subject_id, CASE
      WHEN r.kind IN ('DISCLOSURE_ENDING', 'ANSWER_OWED') THEN internal.reminder_of_disclosure(r, now)
      WHEN r.kind IN ('CONSENT_ENDING', 'RELEASE_ENDING', 'AGREEMENT_ENDING') THEN internal.reminder_of_end(r, now)
      WHEN r.kind IN ('PLAN_REVIEW_FOR_OPENER', 'PLAN_REVIEW_FOR_PARTNER') THEN internal.reminder_of_plan(r, now)
      ELSE internal.reminder_of_forwarding(r, now) END AS facts
    FROM unnest(taken) AS r)
  SELECT json_build_object('at', internal.ms(now),
    'reminders', coalesce(json_agg(l.facts) FILTER (WHERE l.facts IS NOT NULL), '[]'),
    'gone', coalesce(json_agg(json_build_object('kind', l.kind, 'id', l.subject_id)) FILTER (WHERE l.facts IS NULL), '[]'),
    'statements', internal.statements_about(persons), 'releases', internal.releases_about(persons))
  INTO found FROM looked l;
  RETURN found;
END $$;

-- As before, with reviews of plans.
CREATE OR REPLACE FUNCTION internal.tell_reminder(about text, id uuid, at timestamptz) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  f forwarding;
  d disclosure;
BEGIN
  IF about IN ('REMINDER', 'ANSWER_DUE', 'DUE_FOR_SENDER', 'DUE_FOR_RECIPIENT', 'OVERDUE') THEN
    SELECT one.* INTO f FROM forwarding one WHERE one.id = tell_reminder.id;
    PERFORM internal.tell('{}', CASE told.side WHEN 'FROM' THEN f.from_id ELSE f.to_id END, told.type,
      jsonb_build_object('forwardingId', f.id), at)
    FROM (VALUES ('REMINDER', 'TO', 'forwarding.reminder'), ('ANSWER_DUE', 'TO', 'forwarding.answer-due'),
      ('ANSWER_DUE', 'FROM', 'forwarding.unanswered'), ('DUE_FOR_SENDER', 'FROM', 'forwarding.due'),
      ('DUE_FOR_RECIPIENT', 'TO', 'forwarding.due'), ('OVERDUE', 'FROM', 'forwarding.overdue'),
      ('OVERDUE', 'TO', 'forwarding.overdue')) AS told (kind, side, type) WHERE told.kind = about;
  ELSIF about IN ('DISCLOSURE_ENDING', 'ANSWER_OWED') THEN
    SELECT one.* INTO d FROM disclosure one WHERE one.id = tell_reminder.id;
    -- Of what was passed on, the end follows from what the person said about others as well: nobody is told that it is near.
    PERFORM internal.tell('{}', side.agency, CASE about WHEN 'ANSWER_OWED' THEN 'disclosure.answer-due' ELSE 'disclosure.ending' END,
      jsonb_build_object('disclosureId', d.id, 'entryId', d.entry_id, 'forwardingId', d.forwarding_id), at)
    FROM entry e, LATERAL (VALUES (d.to_id, true), (d.from_id, about = 'DISCLOSURE_ENDING')) AS side (agency, is_told)
    WHERE e.id = d.entry_id AND side.is_told AND (about = 'ANSWER_OWED' OR e.origin_id = d.from_id);
  ELSIF about = 'CONSENT_ENDING' THEN
    PERFORM internal.tell('{}', s.discloser_id, 'consent.ending',
      jsonb_build_object('statementId', s.id, 'clientId', s.client_id), at) FROM statement s WHERE s.id = tell_reminder.id;
  ELSIF about = 'RELEASE_ENDING' THEN
    PERFORM internal.tell('{}', r.origin_id, 'release.ending',
      jsonb_build_object('releaseId', r.id, 'clientId', r.client_id), at) FROM release r WHERE r.id = tell_reminder.id;
  ELSIF about IN ('PLAN_REVIEW_FOR_OPENER', 'PLAN_REVIEW_FOR_PARTNER') THEN
    PERFORM internal.tell('{}', internal.reviewing(about, p.plan_id), 'plan.review-due',
      jsonb_build_object('planId', p.plan_id, 'planProposalId', p.id, 'entryId', p.entry_id), at)
    FROM plan_proposal p WHERE p.id = tell_reminder.id;
  ELSE
    PERFORM internal.tell('{}', p.agency_id, 'agreement.ending', jsonb_build_object('agreementId', p.agreement_id), at)
    FROM agreement_party p WHERE p.agreement_id = tell_reminder.id AND (p.left_at IS NULL OR at < p.left_at);
  END IF;
END $$;

-- ----------------------------------------------------------------------------------------------------------------- rounds

ALTER TABLE round_item ADD COLUMN plan_proposal_id uuid REFERENCES plan_proposal;
ALTER TABLE round_item DROP CONSTRAINT round_item_section_check;
ALTER TABLE round_item ADD CONSTRAINT round_item_section_check CHECK (section IN ('NEW', 'CHANGED', 'UNANSWERED', 'OVERDUE', 'ENDED',
  'CONSENT_ENDING', 'PLAN_REVIEW'));
ALTER TABLE round_item ADD CONSTRAINT round_item_plan_check CHECK ((section = 'PLAN_REVIEW') = (plan_proposal_id IS NOT NULL));

-- With each round: the parts of plans of the two that are to be looked at in the 30 days that come, or were to be. It stands in the rounds in
-- which the forwarding stands that brought it. at: when that day begins.
CREATE FUNCTION internal.add_plan_reviews() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO round_item (round_id, section, place, forwarding_id, plan_proposal_id, status, at)
  SELECT NEW.id, 'PLAN_REVIEW', row_number() OVER (ORDER BY p.review_on, p.id), f.id, p.id, internal.status_of(f, NEW.published_at),
    p.review_on::timestamp AT TIME ZONE 'Europe/Berlin'
  FROM plan one JOIN plan_proposal p ON p.plan_id = one.id JOIN forwarding f ON f.id = p.forwarding_id
    JOIN laufzettel l ON l.id = one.laufzettel_id
  WHERE ((one.opened_by = NEW.reader_id AND one.partner_id = NEW.partner_id)
      OR (one.partner_id = NEW.reader_id AND one.opened_by = NEW.partner_id))
    AND p.answered_at <= NEW.moment AND p.review_on <= internal.day_in_berlin(NEW.moment) + 30
    AND internal.is_current_in_plan(NEW.reader_id, p, NEW.published_at) AND internal.status_for(NEW.reader_id, l) = 'OPEN'
    AND internal.is_in_rounds_of(NEW.agreement_id, internal.rhythms_between(NEW.reader_id, NEW.partner_id, NEW.moment), f, l,
      NEW.reader_id, NEW.published_at);
  RETURN NULL;
END $$;
CREATE TRIGGER round_plan_reviews AFTER INSERT ON round FOR EACH ROW EXECUTE FUNCTION internal.add_plan_reviews();

-- As before. A review is shown while that is agreed on as its reader sees it.
CREATE OR REPLACE FUNCTION internal.shown_items(r round, now timestamptz)
RETURNS TABLE (section text, place int, forwarding_id uuid, disclosure_id uuid, status text, at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY
  SELECT i.section, i.place, i.forwarding_id, i.disclosure_id, i.status, coalesce(d.good_until, i.at)
  FROM round_item i JOIN forwarding f ON f.id = i.forwarding_id LEFT JOIN disclosure d ON d.id = i.disclosure_id
  WHERE i.round_id = r.id AND r.reader_id IN (f.from_id, f.to_id)
    AND (i.plan_proposal_id IS NULL OR EXISTS (
      SELECT FROM plan_proposal p WHERE p.id = i.plan_proposal_id AND internal.is_current_in_plan(r.reader_id, p, now)))
    AND (i.disclosure_id IS NULL
      OR (d.closed_at IS NULL AND now < d.good_until AND d.good_until <= internal.days_later(r.moment, 30)))
    AND NOT (i.disclosure_id IS NULL AND r.reader_id = f.to_id
      AND NOT EXISTS (SELECT FROM laufzettel l WHERE l.id = f.laufzettel_id AND l.agreement_id = r.agreement_id)
      AND EXISTS (SELECT FROM disclosure x WHERE x.forwarding_id = f.id AND x.relied_on -> 'agreements' ? r.agreement_id::text)
      AND NOT EXISTS (SELECT FROM disclosure x WHERE x.forwarding_id = f.id AND x.relied_on -> 'agreements' ? r.agreement_id::text
        AND (x.fetched_at IS NOT NULL OR (x.closed_at IS NULL AND now < x.good_until))));
END $$;

-- As before, with the plan of a review.
CREATE OR REPLACE FUNCTION api.get_round(reader uuid, round uuid, most int) RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER
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
        'disclosureId', i.disclosure_id, 'planId', (
          SELECT p.plan_id FROM round_item kept JOIN plan_proposal p ON p.id = kept.plan_proposal_id
          WHERE kept.round_id = r.id AND kept.section = i.section AND kept.place = i.place), 'received', f.to_id = reader, 'kind', l.kind, 'purpose', f.purpose,
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
