-- What agencies are reminded of: a list of what is still to be told, and when to look at it. It is written with what it is about,
-- looked at by the clock job, and gone once told. A look costs nothing where nothing is due; which day is a working day is not
-- decided here.

-- As before, with what each agreement says about the time to accept.
CREATE OR REPLACE FUNCTION api.network() RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  RETURN json_build_object(
    'state', (SELECT s.state FROM network_state s),
    'agencies', (
      SELECT coalesce(json_agg(json_build_object('version', a.version, 'fact', json_build_object(
        'id', a.id, 'publicBody', a.public_body, 'suspendedAt', internal.ms(a.suspended_at)))), '[]')
      FROM agency a),
    'agreements', (
      SELECT coalesce(json_agg(json_build_object('version', a.version, 'daysToAccept', a.days_to_accept,
        'fact', json_build_object(
          'id', a.id, 'purposes', a.purposes, 'categories', a.categories,
          'from', internal.ms(a.valid_from), 'until', internal.ms(a.valid_until), 'terminatedAt', internal.ms(a.terminated_at),
          'parties', (SELECT json_agg(json_build_object('agency', p.agency_id,
                        'signedAt', internal.ms(p.signed_at), 'leftAt', internal.ms(p.left_at)))
                      FROM agreement_party p WHERE p.agreement_id = a.id)))), '[]')
      FROM agreement a));
END $$;

-- -------------------------------------------------------------------------------------------------------------- the list

-- since: when the period began that somebody has to act in, or the last reminder came. look_at: no later than it is to be told. told: how often
-- it was told already. Subjects: REMINDER to DUE_FOR_RECIPIENT a forwarding, CONSENT_ENDING a statement, and so on.
CREATE TABLE reminder (
  subject_id uuid NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('REMINDER', 'ANSWER_DUE', 'DUE_FOR_SENDER', 'DUE_FOR_RECIPIENT', 'OVERDUE',
    'CONSENT_ENDING', 'RELEASE_ENDING', 'DISCLOSURE_ENDING', 'ANSWER_OWED', 'AGREEMENT_ENDING')),
  since      timestamptz(3) NOT NULL,
  look_at    timestamptz(3) NOT NULL,
  told       smallint NOT NULL DEFAULT 0,
  PRIMARY KEY (subject_id, kind)
);
CREATE INDEX reminder_look ON reminder (look_at);
ALTER TABLE reminder ENABLE ROW LEVEL SECURITY;
-- Most rows go a day after they came.
ALTER TABLE reminder SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);

-- 08:00 of that many days later: no reminder of a period comes before that of its shortest, one day.
CREATE FUNCTION internal.morning_after(at timestamptz, days int) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT ((at AT TIME ZONE 'Europe/Berlin')::date + days + time '08:00') AT TIME ZONE 'Europe/Berlin'
$$;

-- No earlier than it is to be told of an end: 30 days of Berlin before it are an hour more or less than 30 times 24.
CREATE FUNCTION internal.before_end(ending timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT ending - interval '31 days'
$$;

-- --------------------------------------------------------------------------------------------------------- what is put there

-- The last working day before a due date is less than 8 days away from it.
CREATE FUNCTION internal.remind_of_forwarding() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE due date := (SELECT l.due_date FROM laufzettel l WHERE l.id = NEW.laufzettel_id);
BEGIN
  INSERT INTO reminder (subject_id, kind, since, look_at)
  VALUES (NEW.id, 'REMINDER', NEW.sent_at, internal.morning_after(NEW.sent_at, 1)) ON CONFLICT DO NOTHING;
  IF due IS NOT NULL THEN
    INSERT INTO reminder (subject_id, kind, since, look_at)
    VALUES (NEW.id, 'DUE_FOR_SENDER', NEW.sent_at, due - 8), (NEW.id, 'DUE_FOR_RECIPIENT', NEW.sent_at, due - 8),
      (NEW.id, 'OVERDUE', NEW.sent_at, due) ON CONFLICT DO NOTHING;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER forwarding_reminders AFTER INSERT ON forwarding
  FOR EACH ROW EXECUTE FUNCTION internal.remind_of_forwarding();

-- Until it is accepted, what it disclosed ends with it; that is nobody's to be reminded of.
CREATE FUNCTION internal.remind_of_accepted() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO reminder (subject_id, kind, since, look_at)
  VALUES (NEW.id, 'ANSWER_DUE', NEW.changed_at, internal.morning_after(NEW.changed_at, 1)) ON CONFLICT DO NOTHING;
  INSERT INTO reminder (subject_id, kind, since, look_at)
  SELECT d.id, 'DISCLOSURE_ENDING', NEW.changed_at, internal.before_end(d.good_until)
  FROM disclosure d WHERE d.forwarding_id = NEW.id AND d.closed_at IS NULL
  ON CONFLICT (subject_id, kind) DO UPDATE SET look_at = excluded.look_at;
  RETURN NULL;
END $$;
CREATE TRIGGER forwarding_accepted AFTER UPDATE OF status ON forwarding
  FOR EACH ROW WHEN (NEW.status = 'ACCEPTED' AND OLD.status <> 'ACCEPTED') EXECUTE FUNCTION internal.remind_of_accepted();

-- Only a correction discloses anything in a forwarding that was accepted already.
CREATE FUNCTION internal.remind_of_corrected() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO reminder (subject_id, kind, since, look_at)
  SELECT d.id, 'DISCLOSURE_ENDING', d.opened_at, internal.before_end(d.good_until)
  FROM made d JOIN forwarding f ON f.id = d.forwarding_id WHERE f.status NOT IN ('SENT', 'DELIVERED')
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER disclosure_reminders AFTER INSERT ON disclosure REFERENCING NEW TABLE AS made
  FOR EACH STATEMENT EXECUTE FUNCTION internal.remind_of_corrected();

-- An end that moves is told when it comes near, whether one before it was told or not.
CREATE FUNCTION internal.remind_of_moved() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO reminder (subject_id, kind, since, look_at)
  VALUES (NEW.id, 'DISCLOSURE_ENDING', NEW.opened_at, internal.before_end(NEW.good_until))
  ON CONFLICT (subject_id, kind) DO UPDATE SET look_at = excluded.look_at;
  RETURN NULL;
END $$;
CREATE TRIGGER disclosure_moved AFTER UPDATE OF good_until ON disclosure
  FOR EACH ROW WHEN (NEW.good_until <> OLD.good_until AND NEW.closed_at IS NULL) EXECUTE FUNCTION internal.remind_of_moved();

CREATE FUNCTION internal.remind_of_closed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO reminder (subject_id, kind, since, look_at)
  VALUES (NEW.id, 'ANSWER_OWED', NEW.closed_at, internal.morning_after(NEW.closed_at, 1)) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER disclosure_owed AFTER UPDATE OF closed_at ON disclosure
  FOR EACH ROW WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND NEW.fetched_at IS NOT NULL)
  EXECUTE FUNCTION internal.remind_of_closed();

-- Its argument is the kind.
CREATE FUNCTION internal.remind_of_end() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO reminder (subject_id, kind, since, look_at)
  VALUES (NEW.id, TG_ARGV[0], api.clock_now(), internal.before_end(NEW.valid_until)) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER statement_ending AFTER INSERT ON statement
  FOR EACH ROW WHEN (NEW.decision = 'GIVEN') EXECUTE FUNCTION internal.remind_of_end('CONSENT_ENDING');
CREATE TRIGGER release_ending AFTER INSERT ON release
  FOR EACH ROW WHEN (NEW.decision = 'GIVEN') EXECUTE FUNCTION internal.remind_of_end('RELEASE_ENDING');
CREATE TRIGGER agreement_ending AFTER INSERT ON agreement
  FOR EACH ROW WHEN (NEW.valid_until IS NOT NULL) EXECUTE FUNCTION internal.remind_of_end('AGREEMENT_ENDING');

-- What is there already. When something was accepted is not known any more; it has not changed since then.
INSERT INTO reminder (subject_id, kind, since, look_at)
SELECT f.id, CASE WHEN f.status IN ('SENT', 'DELIVERED') THEN 'REMINDER' ELSE 'ANSWER_DUE' END, one.since,
  internal.morning_after(one.since, 1)
FROM forwarding f, LATERAL (SELECT CASE WHEN f.status IN ('SENT', 'DELIVERED') THEN f.sent_at ELSE f.changed_at END AS since) AS one
WHERE f.status IN ('SENT', 'DELIVERED', 'ACCEPTED', 'IN_PROGRESS', 'ON_HOLD')
UNION ALL
SELECT f.id, one.kind, f.sent_at, l.due_date - one.days
FROM forwarding f JOIN laufzettel l ON l.id = f.laufzettel_id,
  (VALUES ('DUE_FOR_SENDER', 8), ('DUE_FOR_RECIPIENT', 8), ('OVERDUE', 0)) AS one (kind, days)
WHERE f.status IN ('SENT', 'DELIVERED', 'ACCEPTED', 'IN_PROGRESS', 'ON_HOLD') AND l.due_date IS NOT NULL
UNION ALL
SELECT d.id, 'DISCLOSURE_ENDING', d.opened_at, internal.before_end(d.good_until)
FROM disclosure d JOIN forwarding f ON f.id = d.forwarding_id
WHERE d.closed_at IS NULL AND f.status NOT IN ('SENT', 'DELIVERED')
UNION ALL
SELECT d.id, 'ANSWER_OWED', d.closed_at, internal.morning_after(d.closed_at, 1) FROM disclosure d
WHERE d.closed_at IS NOT NULL AND d.fetched_at IS NOT NULL
  AND NOT EXISTS (SELECT FROM closure_answer c WHERE c.disclosure_id = d.id)
UNION ALL
SELECT s.id, 'CONSENT_ENDING', s.recorded_at, internal.before_end(s.valid_until) FROM statement s
WHERE s.decision = 'GIVEN' AND s.valid_until > api.clock_now()
UNION ALL
SELECT r.id, 'RELEASE_ENDING', r.recorded_at, internal.before_end(r.valid_until) FROM release r
WHERE r.decision = 'GIVEN' AND r.valid_until > api.clock_now()
UNION ALL
SELECT a.id, 'AGREEMENT_ENDING', a.created_at, internal.before_end(a.valid_until) FROM agreement a
WHERE a.valid_until > api.clock_now() AND a.terminated_at IS NULL;

-- -------------------------------------------------------------------------------------------------------- what is looked at

-- Somebody still has to do something about it. What was answered waits for nobody by its due date.
CREATE FUNCTION internal.is_unanswered(f forwarding, now timestamptz) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT internal.status_of(f, now) IN ('SENT', 'DELIVERED', 'ACCEPTED', 'IN_PROGRESS', 'ON_HOLD') AND internal.is_live(f.id, now)
$$;

-- The shortest of the terms that these disclosures were permitted under; where none is named, the usual ones. Whoever receives
-- them is a party of each agreement.
CREATE FUNCTION internal.shortest_terms(disclosures uuid[], OUT remind int, OUT answer int, OUT acknowledge int) LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT coalesce(min(a.days_to_remind), 3), coalesce(min(a.days_to_answer), 28), coalesce(min(a.days_to_acknowledge), 14)
  FROM disclosure d CROSS JOIN LATERAL jsonb_array_elements_text(d.relied_on -> 'agreements') AS named (id)
    JOIN agreement a ON a.id = named.id::uuid
  WHERE d.id = ANY (disclosures)
$$;

-- What a reminder of a forwarding is judged by; null: there is nothing to be reminded of any more. Of the disclosures only those count
-- that its recipient can still read.
CREATE FUNCTION internal.reminder_of_forwarding(r reminder, now timestamptz) RETURNS json LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
DECLARE
  f forwarding;
  l laufzettel;
  status text;
  land text;
  terms record;
BEGIN
  SELECT one.* INTO f FROM forwarding one WHERE one.id = r.subject_id;
  SELECT one.* INTO l FROM laufzettel one WHERE one.id = f.laufzettel_id;
  status := internal.status_of(f, now);
  IF NOT internal.is_unanswered(f, now) OR l.status <> 'OPEN'
      OR (r.kind = 'REMINDER') AND status NOT IN ('SENT', 'DELIVERED')
      OR (r.kind = 'ANSWER_DUE') AND status IN ('SENT', 'DELIVERED') THEN
    RETURN NULL;
  END IF;
  SELECT a.land INTO land FROM agency a WHERE a.id = CASE WHEN r.kind = 'DUE_FOR_SENDER' THEN f.from_id ELSE f.to_id END;
  IF r.kind NOT IN ('REMINDER', 'ANSWER_DUE') THEN
    RETURN json_build_object('kind', r.kind, 'id', r.subject_id, 'told', r.told, 'dueDate', l.due_date, 'land', land);
  END IF;
  SELECT t.* INTO terms FROM internal.shortest_terms(ARRAY(
    SELECT d.id FROM disclosure d WHERE d.forwarding_id = f.id AND d.closed_at IS NULL AND now < d.good_until)) AS t;
  RETURN json_build_object('kind', r.kind, 'id', r.subject_id, 'told', r.told, 'since', internal.ms(r.since),
    'days', CASE WHEN r.kind = 'REMINDER' THEN terms.remind ELSE terms.answer END, 'land', land);
END $$;

-- Whether it ends only because nobody has accepted yet what it hangs on, by however many hops; that may still change.
CREATE FUNCTION internal.hangs_on_unaccepted(d disclosure, now timestamptz) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  WITH RECURSIVE behind AS (
    SELECT o.id, o.from_id, o.forwarding_id FROM disclosure o
    WHERE o.entry_id = d.entry_id AND o.to_id = d.from_id AND o.closed_at IS NULL AND o.good_until = d.good_until
    UNION
    SELECT o.id, o.from_id, o.forwarding_id FROM behind b JOIN disclosure o ON o.to_id = b.from_id
    WHERE o.entry_id = d.entry_id AND o.closed_at IS NULL AND o.good_until = d.good_until)
  SELECT EXISTS (SELECT FROM behind b JOIN forwarding h ON h.id = b.forwarding_id
                 WHERE h.expires_at = d.good_until AND internal.status_of(h, now) IN ('SENT', 'DELIVERED'))
$$;

CREATE FUNCTION internal.reminder_of_disclosure(r reminder, now timestamptz) RETURNS json LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT json_build_object('kind', r.kind, 'id', d.id, 'told', r.told, 'ends', internal.ms(d.good_until),
    'capped', internal.hangs_on_unaccepted(d, now))
  FROM disclosure d JOIN forwarding f ON f.id = d.forwarding_id
  WHERE r.kind = 'DISCLOSURE_ENDING' AND d.id = r.subject_id AND d.closed_at IS NULL AND now < d.good_until
    AND f.status NOT IN ('SENT', 'DELIVERED')
  UNION ALL
  SELECT json_build_object('kind', r.kind, 'id', d.id, 'told', r.told, 'since', internal.ms(r.since),
    'days', (SELECT t.acknowledge FROM internal.shortest_terms(ARRAY[d.id]) AS t), 'land', a.land)
  FROM disclosure d JOIN agency a ON a.id = d.to_id
  WHERE r.kind = 'ANSWER_OWED' AND d.id = r.subject_id
    AND NOT EXISTS (SELECT FROM closure_answer c WHERE c.disclosure_id = d.id)
$$;

-- What was said under a handle that has been erased since is proof, and no longer of use.
CREATE FUNCTION internal.reminder_of_end(r reminder, now timestamptz) RETURNS json LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT json_build_object('kind', r.kind, 'id', r.subject_id, 'told', r.told, 'ends', internal.ms(one.ends), 'capped', false) FROM (
    SELECT s.valid_until AS ends FROM statement s JOIN client_key k ON k.client_id = s.client_id
    WHERE r.kind = 'CONSENT_ENDING' AND s.id = r.subject_id AND k.wrapped IS NOT NULL
    UNION ALL
    SELECT x.valid_until FROM release x JOIN client_key k ON k.client_id = x.client_id
    WHERE r.kind = 'RELEASE_ENDING' AND x.id = r.subject_id AND k.wrapped IS NOT NULL
    UNION ALL
    SELECT a.valid_until FROM agreement a
    WHERE r.kind = 'AGREEMENT_ENDING' AND a.id = r.subject_id AND (a.terminated_at IS NULL OR now < a.terminated_at)) AS one
$$;

-- Takes what is to be looked at, at most so many, and keeps it until the transaction ends, with the forwardings and disclosures
-- that it is about, so that none of them changes meanwhile. What others hold is left for the next look; so nothing is waited for here.
-- {at, reminders, gone: those that are about nothing any more, statements and releases of the persons whose yeses end}; null: nothing.
CREATE FUNCTION api.take_reminders(most int) RETURNS json LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  now timestamptz := api.clock_now();
  taken reminder[];
  named uuid[];
  held uuid[];
  persons uuid[];
  found json;
BEGIN
  taken := ARRAY(SELECT r FROM reminder r WHERE r.look_at <= now ORDER BY r.look_at LIMIT most FOR UPDATE SKIP LOCKED);
  IF cardinality(taken) = 0 THEN
    RETURN NULL;
  END IF;
  named := ARRAY(SELECT r.subject_id FROM unnest(taken) AS r);
  held := ARRAY(SELECT f.id FROM forwarding f WHERE f.id = ANY (named) FOR SHARE SKIP LOCKED)
    || ARRAY(SELECT d.id FROM disclosure d WHERE d.id = ANY (named) FOR SHARE SKIP LOCKED);
  taken := ARRAY(SELECT r FROM unnest(taken) AS r
                 WHERE r.kind IN ('CONSENT_ENDING', 'RELEASE_ENDING', 'AGREEMENT_ENDING') OR r.subject_id = ANY (held));
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
      ELSE internal.reminder_of_forwarding(r, now) END AS facts
    FROM unnest(taken) AS r)
  SELECT json_build_object('at', internal.ms(now),
    'reminders', coalesce(json_agg(l.facts) FILTER (WHERE l.facts IS NOT NULL), '[]'),
    'gone', coalesce(json_agg(json_build_object('kind', l.kind, 'id', l.subject_id)) FILTER (WHERE l.facts IS NULL), '[]'),
    'statements', internal.statements_about(persons), 'releases', internal.releases_about(persons))
  INTO found FROM looked l;
  RETURN found;
END $$;

-- ---------------------------------------------------------------------------------------------------------------- what is told

CREATE FUNCTION internal.tell_reminder(about text, id uuid, at timestamptz) RETURNS void LANGUAGE plpgsql
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
  ELSE
    PERFORM internal.tell('{}', p.agency_id, 'agreement.ending', jsonb_build_object('agreementId', p.agreement_id), at)
    FROM agreement_party p WHERE p.agreement_id = tell_reminder.id AND (p.left_at IS NULL OR at < p.left_at);
  END IF;
END $$;

-- Of what this transaction has taken: [{kind, id, tell, lookAt: when to look again, null for never}].
CREATE FUNCTION api.settle_reminders(at bigint, settled jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  now timestamptz := internal.moment(at);
  one record;
BEGIN
  FOR one IN
    DELETE FROM reminder r USING jsonb_to_recordset(settled) AS s (kind text, id uuid, tell boolean, "lookAt" bigint)
    WHERE r.subject_id = s.id AND r.kind = s.kind AND s."lookAt" IS NULL RETURNING r.kind, r.subject_id, s.tell
  LOOP
    IF one.tell THEN
      PERFORM internal.tell_reminder(one.kind, one.subject_id, now);
    END IF;
  END LOOP;
  FOR one IN
    UPDATE reminder r SET look_at = internal.moment(s."lookAt"), told = r.told + CASE WHEN s.tell THEN 1 ELSE 0 END,
      since = CASE WHEN s.tell THEN now ELSE r.since END
    FROM jsonb_to_recordset(settled) AS s (kind text, id uuid, tell boolean, "lookAt" bigint)
    WHERE r.subject_id = s.id AND r.kind = s.kind AND s."lookAt" IS NOT NULL RETURNING r.kind, r.subject_id, s.tell
  LOOP
    IF one.tell THEN
      PERFORM internal.tell_reminder(one.kind, one.subject_id, now);
    END IF;
  END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION api.take_reminders(int), api.settle_reminders(bigint, jsonb) TO laufzettel_service;
