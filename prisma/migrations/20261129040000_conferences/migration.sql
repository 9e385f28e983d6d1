-- Case conferences (Fallbesprechungen): two agencies meet, over an agenda of Laufzettel that both may discuss. A conference holds
-- nothing about anybody: ids, instants and codes. What of the agenda may be discussed is decided at every read, elsewhere.

-- begins_at, ends_at: as planned. begun_at, ended_at: as it was. answer: the partner's to the invitation of now.
-- *_remind_at: 08:00 of the working day before, by each side's own holidays; null: told, or nothing to tell.
CREATE TABLE conference (
  id                 uuid PRIMARY KEY,
  convener_id        uuid NOT NULL REFERENCES agency,
  partner_id         uuid NOT NULL REFERENCES agency,
  begins_at          timestamptz(3) NOT NULL,
  ends_at            timestamptz(3),
  place              text NOT NULL,
  status             text NOT NULL DEFAULT 'PLANNED' CHECK (status IN ('PLANNED', 'BEGUN', 'ENDED', 'CANCELLED')),
  answer             text CHECK (answer IN ('ACCEPTED', 'DECLINED')),
  begun_at           timestamptz(3),
  ended_at           timestamptz(3),
  convener_remind_at timestamptz(3),
  partner_remind_at  timestamptz(3),
  version            integer NOT NULL DEFAULT 1,
  created_at         timestamptz(3) NOT NULL,
  changed_at         timestamptz(3) NOT NULL,
  CHECK (convener_id <> partner_id),
  CHECK (begins_at < ends_at),
  CHECK ((begun_at IS NOT NULL) = (status IN ('BEGUN', 'ENDED'))),
  CHECK ((ended_at IS NOT NULL) = (status = 'ENDED')),
  CHECK (begun_at IS NULL OR answer = 'ACCEPTED')
);
CREATE INDEX conference_convener ON conference (convener_id, created_at, id);
CREATE INDEX conference_partner ON conference (partner_id, created_at, id);
CREATE INDEX conference_open ON conference (begins_at) WHERE status IN ('PLANNED', 'BEGUN');
ALTER TABLE conference ENABLE ROW LEVEL SECURITY;

-- A Laufzettel on the agenda. It stands there by what had been forwarded between the two when it was put there: when that has
-- ended it does not come back, and a new forwarding needs a new item. at_beginning: it was there when the conference began.
CREATE TABLE conference_item (
  id            uuid PRIMARY KEY,
  conference_id uuid NOT NULL REFERENCES conference,
  laufzettel_id uuid NOT NULL REFERENCES laufzettel,
  added_by      uuid NOT NULL REFERENCES agency,
  added_at      timestamptz(3) NOT NULL,
  at_beginning  boolean NOT NULL DEFAULT false
);
CREATE INDEX conference_item_conference ON conference_item (conference_id, added_at, id);

-- Minutes are ordinary entries; here stands which conference, and which Laufzettel on its agenda, they are of.
CREATE TABLE conference_minutes (
  entry_id      uuid PRIMARY KEY REFERENCES entry,
  conference_id uuid NOT NULL REFERENCES conference,
  laufzettel_id uuid NOT NULL REFERENCES laufzettel
);
CREATE INDEX conference_minutes_of ON conference_minutes (conference_id, laufzettel_id);

-- A task is an ordinary Laufzettel; about_id: the one on the agenda that it came of.
CREATE TABLE conference_task (
  laufzettel_id uuid PRIMARY KEY REFERENCES laufzettel,
  conference_id uuid NOT NULL REFERENCES conference,
  about_id      uuid NOT NULL REFERENCES laufzettel
);
CREATE INDEX conference_task_of ON conference_task (conference_id, about_id);
ALTER TABLE conference_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE conference_minutes ENABLE ROW LEVEL SECURITY;
ALTER TABLE conference_task ENABLE ROW LEVEL SECURITY;

-- What has ended never begins again, and nobody takes it away: it was told to somebody.
CREATE FUNCTION internal.keep_conference() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status IN ('ENDED', 'CANCELLED') AND NEW IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'a conference that has ended stays as it is' USING ERRCODE = 'LZ900';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER conference_keep BEFORE UPDATE ON conference FOR EACH ROW EXECUTE FUNCTION internal.keep_conference();
CREATE TRIGGER conference_kept BEFORE DELETE OR TRUNCATE ON conference
  FOR EACH STATEMENT EXECUTE FUNCTION internal.append_only();

-- The minutes of an entry that was corrected are what replaces it.
CREATE FUNCTION internal.correct_minutes() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO conference_minutes (entry_id, conference_id, laufzettel_id)
  SELECT NEW.id, m.conference_id, m.laufzettel_id FROM conference_minutes m WHERE m.entry_id = NEW.replaces;
  RETURN NULL;
END $$;
CREATE TRIGGER entry_corrects_minutes AFTER UPDATE OF replaces ON entry
  FOR EACH ROW WHEN (NEW.replaces IS NOT NULL) EXECUTE FUNCTION internal.correct_minutes();

-- ------------------------------------------------------------------------------------------------- what each side sees

-- A conference as time has left it, written down already or not: what nobody began within 7 days of its plan is cancelled, what
-- nobody ended within 24 hours has ended.
CREATE FUNCTION internal.conference_at(c conference, now timestamptz) RETURNS conference LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF c.status = 'PLANNED' AND c.begins_at + interval '168 hours' <= now THEN
    c.status := 'CANCELLED';
    c.changed_at := c.begins_at + interval '168 hours';
    c.version := c.version + 1;
  ELSIF c.status = 'BEGUN' AND c.begun_at + interval '24 hours' <= now THEN
    c.status := 'ENDED';
    c.ended_at := c.begun_at + interval '24 hours';
    c.changed_at := c.ended_at;
    c.version := c.version + 1;
  END IF;
  RETURN c;
END $$;

-- Both sides see the same of it, and its version counts nothing else.
CREATE FUNCTION internal.conference_view(written conference, now timestamptz) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('id', c.id,
    'convener', c.convener_id, 'convenerName', (SELECT a.name FROM agency a WHERE a.id = c.convener_id),
    'partner', c.partner_id, 'partnerName', (SELECT a.name FROM agency a WHERE a.id = c.partner_id),
    'beginsAt', internal.ms(c.begins_at), 'endsAt', internal.ms(c.ends_at), 'place', c.place,
    'status', c.status, 'answer', c.answer, 'begunAt', internal.ms(c.begun_at), 'endedAt', internal.ms(c.ended_at),
    'version', c.version, 'createdAt', internal.ms(c.created_at), 'changedAt', internal.ms(c.changed_at))
  FROM internal.conference_at(written, now) AS c
$$;

CREATE FUNCTION internal.is_of_conference(reader uuid, c conference) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT reader IN (c.convener_id, c.partner_id)
$$;

-- The hops of a Laufzettel between the two, by which it could be put on the agenda at that instant.
CREATE FUNCTION internal.conference_hops(c conference, slip uuid, at timestamptz) RETURNS SETOF forwarding LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT f.* FROM forwarding f
  WHERE f.laufzettel_id = slip AND f.purpose = 'FALLBESPRECHUNG' AND f.sent_at <= at
    AND (f.from_id, f.to_id) IN ((c.convener_id, c.partner_id), (c.partner_id, c.convener_id))
$$;

-- An agency's minutes of a Laufzettel that nothing has replaced and whose key still stands.
CREATE FUNCTION internal.minutes_of(conference uuid, slip uuid) RETURNS SETOF entry LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT e.* FROM conference_minutes m JOIN entry e ON e.id = m.entry_id JOIN client_key k ON k.client_id = e.client_id
  WHERE m.conference_id = conference AND m.laufzettel_id = slip AND k.wrapped IS NOT NULL
    AND NOT EXISTS (SELECT FROM entry newer WHERE newer.replaces = e.id)
$$;

-- One Laufzettel as it is judged for the agenda: by open disclosures between the two of entries of these categories, and of what it is shown with,
-- its minutes and tasks. minutes: the reader's own, and others' with the rows by which it holds them. Of a task only its maker and who
-- received it from its maker are told that it is one: to whoever got it from a third agency the conference would tell who made it
-- (docs/adr/0017). Null: the reader has no handle on the person, or none whose key still stands.
CREATE FUNCTION internal.agenda_item(reader uuid, c conference, item conference_item, core text[], now timestamptz) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('id', item.id, 'laufzettelId', item.laufzettel_id, 'addedBy', item.added_by,
    'addedAt', internal.ms(item.added_at), 'atBeginning', item.at_beginning,
    'person', person, 'kind', l.kind, 'clientId', h.id,
    'sealedFileReference', encode(h.file_reference_sealed, 'base64'), 'wrapped', encode(k.wrapped, 'base64'),
    'disclosedByReader', (SELECT bool_and(f.from_id = reader) FROM internal.conference_hops(c, item.laufzettel_id, item.added_at) AS f),
    'rows', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'person', d.person_id) ORDER BY d.opened_at, d.id), '[]')
      FROM internal.conference_hops(c, item.laufzettel_id, item.added_at) AS f JOIN disclosure d ON d.forwarding_id = f.id
        JOIN entry e ON e.id = d.entry_id
      WHERE d.closed_at IS NULL AND now < d.good_until AND (e.category = ANY (core) OR e.filed_under && core)),
    'minutes', (
      SELECT coalesce(jsonb_agg(jsonb_build_object('entry', e.id, 'own', e.origin_id = reader, 'rows', (
          SELECT coalesce(jsonb_agg(jsonb_build_object('id', d.id, 'person', d.person_id) ORDER BY d.opened_at, d.id), '[]')
          FROM disclosure d WHERE d.entry_id = e.id AND d.to_id = reader AND d.closed_at IS NULL AND now < d.good_until))
        ORDER BY e.created_at, e.id), '[]')
      FROM internal.minutes_of(c.id, item.laufzettel_id) AS e
      WHERE e.origin_id = reader OR EXISTS (SELECT FROM disclosure d WHERE d.entry_id = e.id AND d.to_id = reader
        AND d.closed_at IS NULL AND now < d.good_until)),
    'tasks', (
      SELECT coalesce(jsonb_agg(t.laufzettel_id ORDER BY t.laufzettel_id), '[]')
      FROM conference_task t JOIN laufzettel made ON made.id = t.laufzettel_id
      WHERE t.conference_id = c.id AND t.about_id = item.laufzettel_id AND internal.hears_end(reader, made.id)),
    'ownTasks', (
      SELECT count(*) FROM conference_task t JOIN laufzettel made ON made.id = t.laufzettel_id
      WHERE t.conference_id = c.id AND t.about_id = item.laufzettel_id AND made.created_by = reader))
  FROM laufzettel l, internal.person_of(l.client_id) AS person, internal.live_handle(reader, person) AS handle
    JOIN client h ON h.id = handle JOIN client_key k ON k.client_id = h.id
  WHERE l.id = item.laufzettel_id
$$;

-- A conference with its agenda as it is judged: {at, conference, items, entries, facts}. also: a Laufzettel that is asked about beside
-- the agenda, as if it were put there now, with the id of the conference. Of what has no open row any more only the reader's own is
-- looked at, the newest first: as many as an agenda may have.
CREATE FUNCTION internal.conference_judged(reader uuid, c conference, core text[], also uuid) RETURNS jsonb LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  items jsonb;
  entries uuid[];
BEGIN
  WITH judged AS MATERIALIZED (
    SELECT i.added_at, i.id, internal.agenda_item(reader, c, i, core, now) AS one FROM conference_item i WHERE i.conference_id = c.id
    UNION ALL
    SELECT now, c.id, internal.agenda_item(reader, c, ROW(c.id, c.id, also, reader, now, false)::conference_item, core, now)
    WHERE also IS NOT NULL AND EXISTS (SELECT FROM internal.conference_hops(c, also, now))
  ), ranked AS (
    SELECT j.*, j.one -> 'rows' = '[]' AS over,
      row_number() OVER (PARTITION BY j.one -> 'rows' = '[]' ORDER BY j.added_at DESC, j.id DESC) AS rank
    FROM judged j WHERE j.one IS NOT NULL AND (j.one -> 'rows' <> '[]' OR j.one -> 'disclosedByReader' = 'true')
  )
  SELECT coalesce(jsonb_agg(r.one ORDER BY r.added_at, r.id), '[]') INTO items FROM ranked r WHERE NOT r.over OR r.rank <= 50;
  entries := ARRAY(
    SELECT DISTINCT d.entry_id FROM (
      SELECT jsonb_path_query(items, '$[*].rows[*].id') UNION ALL SELECT jsonb_path_query(items, '$[*].minutes[*].rows[*].id')) AS held (row)
    JOIN disclosure d ON d.id = (held.row #>> '{}')::uuid);
  RETURN jsonb_build_object('at', internal.ms(now), 'conference', internal.conference_view(c, now), 'items', items,
    'entries', internal.entry_metas(entries),
    'facts', internal.facts(internal.concerned(entries), entries, ARRAY[c.convener_id, c.partner_id]));
END $$;

CREATE FUNCTION api.get_conference(reader uuid, conference uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT internal.conference_view(c, api.clock_now()) FROM public.conference c
          WHERE c.id = get_conference.conference AND internal.is_of_conference(reader, c));
END $$;

CREATE FUNCTION api.read_conference(reader uuid, conference uuid, core text[]) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT internal.conference_judged(reader, c, core, NULL) FROM public.conference c
          WHERE c.id = read_conference.conference AND internal.is_of_conference(reader, c));
END $$;

-- Of the reader, newest first, as far as they pass the filter {status: [...], partner}.
CREATE FUNCTION api.list_conferences(reader uuid, filter jsonb, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  wanted text[] := internal.texts(filter -> 'status');
  other uuid := (filter ->> 'partner')::uuid;
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT coalesce(jsonb_agg(internal.conference_view(c, now) ORDER BY c.created_at DESC, c.id DESC), '[]') FROM (
    SELECT one.* FROM conference one
    WHERE internal.is_of_conference(reader, one)
      AND (other IS NULL OR internal.is_of_conference(other, one) AND other <> reader)
      AND (wanted IS NULL OR (internal.conference_at(one, now)).status = ANY (wanted))
      AND (after_id IS NULL OR (one.created_at, one.id) < (internal.moment(after_at), after_id))
    ORDER BY one.created_at DESC, one.id DESC LIMIT most) AS c);
END $$;

-- ------------------------------------------------------------------------------------------------------------ planning

-- Locks two agencies and what they have agreed upon.
CREATE FUNCTION internal.lock_between(one uuid, other uuid) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM agency a WHERE a.id IN (one, other) ORDER BY a.id FOR SHARE;
  PERFORM FROM agreement a WHERE a.id IN (
      SELECT p.agreement_id FROM agreement_party p JOIN agreement_party q USING (agreement_id)
      WHERE p.agency_id = one AND q.agency_id = other)
    ORDER BY a.id FOR SHARE;
END $$;

-- What planning a conference with that agency is decided upon, locked: {at, partnerKnown, open: how many there are between the two, lands, facts}.
CREATE FUNCTION api.lock_conferring(actor jsonb, partner uuid) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  now timestamptz;
BEGIN
  PERFORM internal.lock_between(reader, partner);
  -- Whoever plans another one with the same agency at the same time waits, so that they are counted.
  PERFORM pg_advisory_xact_lock(hashtextextended('conference ' || least(reader, partner) || greatest(reader, partner), 0));
  now := api.clock_now();
  RETURN jsonb_build_object('at', internal.ms(now),
    'partnerKnown', EXISTS (SELECT FROM agency a WHERE a.id = partner),
    'open', (SELECT count(*) FROM conference c
             WHERE (c.convener_id, c.partner_id) IN ((reader, partner), (partner, reader))
               AND (internal.conference_at(c, now)).status IN ('PLANNED', 'BEGUN')),
    'lands', (SELECT coalesce(jsonb_object_agg(a.id, a.land), '{}') FROM agency a WHERE a.id IN (reader, partner)),
    'facts', internal.facts('{}', '{}', ARRAY[reader, partner]));
END $$;

-- p = {id, partner, beginsAt, endsAt, place, convenerRemindAt, partnerRemindAt, at}, in the transaction that holds what it was decided upon.
CREATE FUNCTION api.plan_conference(actor jsonb, p jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  at timestamptz := internal.moment((p ->> 'at')::bigint);
  subject jsonb := jsonb_build_object('conferenceId', p -> 'id');
BEGIN
  INSERT INTO conference (id, convener_id, partner_id, begins_at, ends_at, place, convener_remind_at, partner_remind_at,
    created_at, changed_at)
  VALUES ((p ->> 'id')::uuid, reader, (p ->> 'partner')::uuid, internal.moment((p ->> 'beginsAt')::bigint),
    internal.moment((p ->> 'endsAt')::bigint), p ->> 'place', internal.moment((p ->> 'convenerRemindAt')::bigint),
    internal.moment((p ->> 'partnerRemindAt')::bigint), at, at);
  PERFORM internal.note(actor, 'conference.plan', 'DONE',
    jsonb_build_object('conference', p -> 'id', 'partner', p -> 'partner'), at);
  PERFORM internal.tell(actor, (p ->> 'partner')::uuid, 'conference.invited', subject, at);
END $$;

-- --------------------------------------------------------------------------------------------------- steps and the agenda

-- Locks a conference and what its agenda is decided upon, in the order of all who lock: agencies, agreements, persons, the conference. also: a
-- Laufzettel that the actor may see; handles: of the actor's, whose persons are locked as well; whole: everybody on the agenda is.
-- As api.read_conference, with {lands, slip: 'OPEN' or how it has ended, null: not the actor's to see}; null: not the actor's conference.
CREATE FUNCTION api.lock_conference(actor jsonb, conference uuid, core text[], also uuid, handles uuid[], whole boolean) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  c public.conference;
  about uuid[];
BEGIN
  SELECT one.* INTO c FROM public.conference one WHERE one.id = lock_conference.conference AND internal.is_of_conference(reader, one);
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  PERFORM internal.demand_own(reader, handles);
  PERFORM internal.lock_between(c.convener_id, c.partner_id);
  SELECT coalesce(array_agg(l.client_id), '{}') INTO about FROM laufzettel l
  WHERE (l.id = also AND internal.may_see_laufzettel(reader, l))
    OR (whole AND l.id IN (SELECT i.laufzettel_id FROM conference_item i WHERE i.conference_id = c.id));
  PERFORM internal.lock_persons_of(about || handles);
  SELECT one.* INTO c FROM public.conference one WHERE one.id = c.id FOR NO KEY UPDATE;
  RETURN internal.conference_judged(reader, c, core, also) || jsonb_build_object(
    'lands', (SELECT jsonb_object_agg(a.id, a.land) FROM agency a WHERE a.id IN (c.convener_id, c.partner_id)),
    'slip', (SELECT internal.status_for(reader, l) FROM laufzettel l WHERE l.id = also AND internal.may_see_laufzettel(reader, l)));
END $$;

-- Takes a step that the table allowed, in the transaction that holds the conference: p = {id, expectedVersion, action, status, answer, at,
-- beginsAt, endsAt, place, convenerRemindAt, partnerRemindAt: where it is moved; agenda: items that are there when it begins, with
-- the Laufzettel for the audit}. Null: it is not the version that was judged.
CREATE FUNCTION api.step_conference(actor jsonb, p jsonb) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  at timestamptz := internal.moment((p ->> 'at')::bigint);
  moved boolean := p ->> 'action' = 'MOVE';
  c conference;
  slips jsonb;
BEGIN
  UPDATE conference one SET status = p ->> 'status', answer = p ->> 'answer', version = one.version + 1, changed_at = at,
    begins_at = CASE WHEN moved THEN internal.moment((p ->> 'beginsAt')::bigint) ELSE one.begins_at END,
    ends_at = CASE WHEN moved THEN internal.moment((p ->> 'endsAt')::bigint) ELSE one.ends_at END,
    place = CASE WHEN moved THEN p ->> 'place' ELSE one.place END,
    convener_remind_at = CASE WHEN moved THEN internal.moment((p ->> 'convenerRemindAt')::bigint) ELSE one.convener_remind_at END,
    partner_remind_at = CASE WHEN moved THEN internal.moment((p ->> 'partnerRemindAt')::bigint) ELSE one.partner_remind_at END,
    begun_at = CASE WHEN p ->> 'action' = 'BEGIN' THEN at ELSE one.begun_at END,
    ended_at = CASE WHEN p ->> 'action' = 'END' THEN at ELSE one.ended_at END
  WHERE one.id = (p ->> 'id')::uuid AND one.version = (p ->> 'expectedVersion')::int
    AND (internal.conference_at(one, at)).version = one.version AND internal.is_of_conference(reader, one)
    -- Whose step it is the table says; what binds each side alone is demanded here again.
    AND (p ->> 'action' NOT IN ('ACCEPT', 'DECLINE') OR one.partner_id = reader) AND (NOT moved OR one.convener_id = reader)
  RETURNING one.* INTO c;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF p ->> 'action' = 'BEGIN' THEN
    UPDATE conference_item i SET at_beginning = true WHERE i.conference_id = c.id AND i.id = ANY (internal.uuids(p -> 'agenda'));
    SELECT coalesce(jsonb_agg(i.laufzettel_id ORDER BY i.added_at, i.id), '[]') INTO slips
    FROM conference_item i WHERE i.conference_id = c.id AND i.at_beginning;
  END IF;
  PERFORM internal.note(actor, 'conference.step', p ->> 'action',
    jsonb_build_object('conference', c.id) || CASE WHEN slips IS NULL THEN '{}' ELSE jsonb_build_object('agenda', slips) END, at);
  PERFORM internal.tell(actor, side, 'conference.' || CASE p ->> 'action' WHEN 'ACCEPT' THEN 'accepted'
      WHEN 'DECLINE' THEN 'declined' WHEN 'MOVE' THEN 'moved' WHEN 'CANCEL' THEN 'cancelled' WHEN 'BEGIN' THEN 'begun' ELSE 'ended' END,
    jsonb_build_object('conferenceId', c.id), at)
  FROM (VALUES (c.convener_id), (c.partner_id)) AS sides (side);
  RETURN internal.conference_view(c, at);
END $$;

-- Puts a Laufzettel on the agenda, in the transaction that holds what it was decided upon. Both may discuss it, so both may know.
CREATE FUNCTION api.add_conference_item(actor jsonb, conference uuid, item uuid, slip uuid, at_ms bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  at timestamptz := internal.moment(at_ms);
  c public.conference;
BEGIN
  SELECT one.* INTO c FROM public.conference one
  WHERE one.id = add_conference_item.conference AND internal.is_of_conference(reader, one);
  IF NOT FOUND OR NOT EXISTS (SELECT FROM laufzettel l WHERE l.id = slip AND internal.may_see_laufzettel(reader, l)) THEN
    RAISE EXCEPTION 'not what was decided upon' USING ERRCODE = 'LZ404';
  END IF;
  INSERT INTO conference_item (id, conference_id, laufzettel_id, added_by, added_at) VALUES (item, c.id, slip, reader, at);
  PERFORM internal.note(actor, 'conference.add', 'DONE', jsonb_build_object('conference', c.id, 'laufzettel', slip), at);
  PERFORM internal.tell(actor, side, 'conference.agenda-changed', jsonb_build_object('conferenceId', c.id), at)
  FROM (VALUES (c.convener_id), (c.partner_id)) AS sides (side);
END $$;

-- Takes one off it. told: whether the other side sees it there at this moment.
CREATE FUNCTION api.remove_conference_item(actor jsonb, conference uuid, item uuid, told boolean, at_ms bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  at timestamptz := internal.moment(at_ms);
  c public.conference;
  slip uuid;
BEGIN
  SELECT one.* INTO c FROM public.conference one
  WHERE one.id = remove_conference_item.conference AND internal.is_of_conference(reader, one);
  DELETE FROM conference_item i WHERE i.id = item AND i.conference_id = c.id RETURNING i.laufzettel_id INTO slip;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'not what was decided upon' USING ERRCODE = 'LZ404';
  END IF;
  PERFORM internal.note(actor, 'conference.remove', 'DONE', jsonb_build_object('conference', c.id, 'laufzettel', slip), at);
  IF told THEN
    PERFORM internal.tell(actor, side, 'conference.agenda-changed', jsonb_build_object('conferenceId', c.id), at)
    FROM (VALUES (c.convener_id), (c.partner_id)) AS sides (side);
  END IF;
END $$;

-- --------------------------------------------------------------------------------------------------------- what comes of it

-- Writes minutes as an entry of the actor's own on the Laufzettel, in the transaction that holds what it was decided upon. What of it goes
-- to the other side is decided next.
CREATE FUNCTION api.write_minutes(actor jsonb, conference uuid, slip uuid, entry jsonb, sealed bytea, at_ms bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  at timestamptz := internal.moment(at_ms);
  l laufzettel;
BEGIN
  SELECT one.* INTO l FROM laufzettel one WHERE one.id = slip AND internal.may_see_laufzettel(reader, one) FOR SHARE;
  IF l.id IS NULL OR internal.status_for(reader, l) <> 'OPEN'
      OR NOT EXISTS (SELECT FROM public.conference c JOIN conference_item i ON i.conference_id = c.id
                     WHERE c.id = write_minutes.conference AND internal.is_of_conference(reader, c) AND i.laufzettel_id = slip)
      OR internal.person_of((entry ->> 'clientId')::uuid) <> internal.person_of(l.client_id) THEN
    RAISE EXCEPTION 'not what was decided upon' USING ERRCODE = 'LZ404';
  END IF;
  PERFORM internal.insert_entries(reader, jsonb_build_array(entry), ARRAY[sealed], at);
  INSERT INTO laufzettel_entry (laufzettel_id, entry_id, added_by) VALUES (slip, (entry ->> 'id')::uuid, reader);
  INSERT INTO conference_minutes (entry_id, conference_id, laufzettel_id)
  VALUES ((entry ->> 'id')::uuid, write_minutes.conference, slip);
END $$;

-- As api.create_laufzettel, with the conference that the Laufzettel comes of, and the one on its agenda that it is about.
CREATE FUNCTION api.create_conference_task(actor jsonb, conference uuid, about uuid, p jsonb, sealed bytea[], at_ms bigint) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  created json;
BEGIN
  IF NOT EXISTS (SELECT FROM public.conference c JOIN conference_item i ON i.conference_id = c.id JOIN laufzettel l ON l.id = i.laufzettel_id
                 WHERE c.id = create_conference_task.conference AND internal.is_of_conference(reader, c) AND i.laufzettel_id = about
                   AND internal.may_see_laufzettel(reader, l)
                   AND internal.person_of(l.client_id) = internal.person_of((p ->> 'clientId')::uuid)) THEN
    RAISE EXCEPTION 'not what was decided upon' USING ERRCODE = 'LZ404';
  END IF;
  created := api.create_laufzettel(actor, p, sealed, at_ms);
  IF created ->> 'outcome' <> 'ok' THEN
    RETURN created;
  END IF;
  INSERT INTO conference_task (laufzettel_id, conference_id, about_id)
  VALUES ((p ->> 'id')::uuid, create_conference_task.conference, about);
  RETURN json_build_object('outcome', 'ok', 'shown', (
    SELECT internal.laufzettel_shown(reader, l) FROM laufzettel l WHERE l.id = (p ->> 'id')::uuid));
END $$;

-- As before, with the conference that it comes of, for its creator alone.
CREATE OR REPLACE FUNCTION internal.laufzettel_shown(reader uuid, l laufzettel) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('id', l.id, 'kind', l.kind, 'purpose', l.purpose,
    'clientId', CASE WHEN l.created_by = reader THEN l.client_id
                     ELSE internal.handle_of(reader, (SELECT c.person_id FROM client c WHERE c.id = l.client_id)) END,
    'createdBy', CASE WHEN l.created_by = reader THEN l.created_by END,
    'urgency', l.urgency, 'dueDate', l.due_date,
    'agreementId', CASE WHEN l.created_by = reader THEN l.agreement_id END,
    'route', CASE WHEN l.created_by = reader THEN to_jsonb(l.route) ELSE '[]' END,
    'entryIds', to_jsonb(internal.entries_on(reader, l.id)),
    'conferenceId', CASE WHEN l.created_by = reader THEN (SELECT t.conference_id FROM conference_task t WHERE t.laufzettel_id = l.id) END,
    'status', CASE WHEN r.hears_end THEN l.status ELSE 'OPEN' END,
    'version', CASE WHEN r.hears_end THEN l.version ELSE 1 END,
    'createdAt', internal.ms(r.created_at), 'changedAt', internal.ms(r.changed_at))
  FROM laufzettel_reader r WHERE r.laufzettel_id = l.id AND r.agency_id = reader
$$;

-- ---------------------------------------------------------------------------------------------------- what ends it besides

-- Writes down that a locked conference is over which neither side ended, and tells both.
CREATE FUNCTION internal.end_conference(c conference, cause text, changed timestamptz) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  next text := CASE c.status WHEN 'BEGUN' THEN 'ENDED' ELSE 'CANCELLED' END;
BEGIN
  UPDATE conference one SET status = next, version = one.version + 1, changed_at = changed,
    ended_at = CASE WHEN next = 'ENDED' THEN changed END WHERE one.id = c.id;
  PERFORM internal.note(jsonb_build_object('system', CASE cause WHEN 'TIME' THEN 'clock' ELSE 'exchange' END),
    'conference.end', cause, jsonb_build_object('conference', c.id), now);
  PERFORM internal.tell('{}', side, 'conference.' || lower(next), jsonb_build_object('conferenceId', c.id), now)
  FROM (VALUES (c.convener_id), (c.partner_id)) AS sides (side);
END $$;

-- Without an agreement in force between the two, or with one of them suspended, nothing is discussed: what is planned is
-- cancelled, what has begun has ended.
CREATE FUNCTION internal.end_uncovered_conferences(among uuid[]) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  c conference;
BEGIN
  FOR c IN
    SELECT one.* FROM conference one
    WHERE one.status IN ('PLANNED', 'BEGUN') AND (one.convener_id = ANY (among) OR one.partner_id = ANY (among))
      AND (internal.conference_at(one, now)).status = one.status
      AND (EXISTS (SELECT FROM agency a WHERE a.id IN (one.convener_id, one.partner_id) AND a.suspended_at <= now)
        OR NOT EXISTS (
          SELECT FROM agreement a
            JOIN agreement_party p ON p.agreement_id = a.id AND p.agency_id = one.convener_id
            JOIN agreement_party q ON q.agreement_id = a.id AND q.agency_id = one.partner_id
          WHERE 'FALLBESPRECHUNG' = ANY (a.purposes)
            AND a.valid_from <= now AND now < coalesce(a.valid_until, 'infinity') AND now < coalesce(a.terminated_at, 'infinity')
            AND p.signed_at <= now AND now < coalesce(p.left_at, 'infinity')
            AND q.signed_at <= now AND now < coalesce(q.left_at, 'infinity')))
    ORDER BY one.id FOR NO KEY UPDATE
  LOOP
    PERFORM internal.end_conference(c, 'AGREEMENT', now);
  END LOOP;
END $$;

-- As the transaction of the fact commits, as with requests: conferences are locked after all else, and what was only tried out leaves nothing.
CREATE FUNCTION internal.conferences_after_agreement() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.end_uncovered_conferences(
    ARRAY(SELECT p.agency_id FROM agreement_party p WHERE p.agreement_id = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid));
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER agreement_ends_conferences AFTER UPDATE ON agreement DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.terminated_at IS DISTINCT FROM OLD.terminated_at)
  EXECUTE FUNCTION internal.conferences_after_agreement('id');
CREATE CONSTRAINT TRIGGER agreement_party_ends_conferences AFTER UPDATE ON agreement_party DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.left_at IS DISTINCT FROM OLD.left_at)
  EXECUTE FUNCTION internal.conferences_after_agreement('agreement_id');

CREATE FUNCTION internal.conferences_after_suspension() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.end_uncovered_conferences(ARRAY[NEW.id]);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER agency_ends_conferences AFTER UPDATE ON agency DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.suspended_at IS DISTINCT FROM OLD.suspended_at)
  EXECUTE FUNCTION internal.conferences_after_suspension();

-- The clock job: writes down what time has ended, and reminds each side of what is planned for its next working day. Gives how many it has
-- looked at.
CREATE FUNCTION api.tend_conferences(most int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  c conference;
  past conference;
  many int := 0;
BEGIN
  FOR c IN
    SELECT one.* FROM conference one
    WHERE one.status IN ('PLANNED', 'BEGUN') AND (internal.conference_at(one, now)).status <> one.status
    ORDER BY one.begins_at, one.id LIMIT most FOR NO KEY UPDATE SKIP LOCKED
  LOOP
    past := internal.conference_at(c, now);
    PERFORM internal.end_conference(c, 'TIME', past.changed_at);
    many := many + 1;
  END LOOP;
  FOR c IN
    SELECT one.* FROM conference one
    WHERE one.status = 'PLANNED' AND least(one.convener_remind_at, one.partner_remind_at) <= now
    ORDER BY least(one.convener_remind_at, one.partner_remind_at), one.id LIMIT most FOR NO KEY UPDATE SKIP LOCKED
  LOOP
    -- What should have begun already is nobody's to be reminded of, nor does who has declined come.
    PERFORM internal.tell('{}', side.agency, 'conference.upcoming', jsonb_build_object('conferenceId', c.id), now)
    FROM (VALUES (c.convener_id, c.convener_remind_at), (c.partner_id, c.partner_remind_at)) AS side (agency, moment)
    WHERE side.moment <= now AND now < c.begins_at AND (side.agency = c.convener_id OR c.answer IS DISTINCT FROM 'DECLINED');
    UPDATE conference one SET
      convener_remind_at = CASE WHEN one.convener_remind_at > now THEN one.convener_remind_at END,
      partner_remind_at = CASE WHEN one.partner_remind_at > now THEN one.partner_remind_at END
    WHERE one.id = c.id;
    many := many + 1;
  END LOOP;
  RETURN many;
END $$;

-- As before, and an agreement waits for its open amendment as well; once, since the first of what is to be signed. And an invitation to a
-- conference waits for its answer.
CREATE OR REPLACE FUNCTION api.list_waiting(reader uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  after timestamptz := internal.moment(after_at);
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('type', w.type, 'id', w.id, 'clientId', w.client_id,
      'since', internal.ms(w.since), 'dueDate', w.due_date, 'urgency', w.urgency) ORDER BY w.since, w.id), '[]') FROM (
    (SELECT 'FORWARDING' AS type, f.id, f.to_client_id AS client_id, f.sent_at AS since, l.due_date, l.urgency
     FROM forwarding f JOIN laufzettel l ON l.id = f.laufzettel_id
     WHERE f.to_id = reader AND f.status IN ('SENT', 'DELIVERED', 'ACCEPTED', 'IN_PROGRESS', 'ON_HOLD')
       AND internal.status_of(f) <> 'EXPIRED' AND (after_id IS NULL OR (f.sent_at, f.id) > (after, after_id))
     ORDER BY f.sent_at, f.id LIMIT most)
    UNION ALL
    (SELECT 'ANSWERED', f.id, f.from_client_id, f.changed_at, l.due_date, l.urgency
     FROM forwarding f JOIN laufzettel l ON l.id = f.laufzettel_id
     WHERE f.from_id = reader AND f.status = 'ANSWERED' AND (after_id IS NULL OR (f.changed_at, f.id) > (after, after_id))
     ORDER BY f.changed_at, f.id LIMIT most)
    UNION ALL
    (SELECT 'REQUEST', r.id, internal.asked_handle(r), r.created_at, r.due_date, r.urgency
     FROM laufzettel_request r
     WHERE r.to_id = reader AND r.status = 'OPEN' AND internal.request_status(r) = 'OPEN' AND internal.may_see_request(reader, r)
       AND (after_id IS NULL OR (r.created_at, r.id) > (after, after_id))
     ORDER BY r.created_at, r.id LIMIT most)
    UNION ALL
    (SELECT 'PROPOSAL', p.id, internal.live_handle(reader, c.person_id), p.proposed_at, NULL, NULL
     FROM consent_proposal p JOIN client c ON c.id = p.client_id
     WHERE p.giver_id = reader AND internal.proposal_status(p, false, now) = 'PROPOSED' AND internal.may_see_proposal(reader, p)
       AND (after_id IS NULL OR (p.proposed_at, p.id) > (after, after_id))
     ORDER BY p.proposed_at, p.id LIMIT most)
    UNION ALL
    (SELECT 'OWED_ANSWER', d.id, f.to_client_id, coalesce(d.closed_at, d.good_until), NULL, NULL
     FROM disclosure d JOIN forwarding f ON f.id = d.forwarding_id
     WHERE d.to_id = reader AND d.fetched_at IS NOT NULL AND coalesce(d.closed_at, d.good_until) <= now
       AND NOT EXISTS (SELECT FROM closure_answer c WHERE c.disclosure_id = d.id)
       AND (after_id IS NULL OR (coalesce(d.closed_at, d.good_until), d.id) > (after, after_id))
     ORDER BY coalesce(d.closed_at, d.good_until), d.id LIMIT most)
    UNION ALL
    (SELECT 'AGREEMENT', one.id, NULL, one.since, NULL, NULL
     FROM (SELECT either.id, min(either.since) AS since FROM (
         SELECT a.id, a.created_at AS since
         FROM agreement a JOIN agreement_party p ON p.agreement_id = a.id AND p.agency_id = reader
         WHERE p.signed_at IS NULL AND p.left_at IS NULL AND a.terminated_at IS NULL
           AND (a.valid_until IS NULL OR now < a.valid_until)
         UNION ALL
         SELECT a.id, v.proposed_at
         FROM agreement_version v JOIN agreement a ON a.id = v.agreement_id
         WHERE internal.is_open(v) AND internal.can_take_effect(a, v, now) AND v.terms -> 'parties' ? reader::text
           AND NOT EXISTS (SELECT FROM agreement_signature s
                           WHERE s.agreement_id = v.agreement_id AND s.number = v.number AND s.agency_id = reader)) AS either
       GROUP BY either.id) AS one
     WHERE after_id IS NULL OR (one.since, one.id) > (after, after_id)
     ORDER BY one.since, one.id LIMIT most)
    UNION ALL
    (SELECT 'CONFERENCE', c.id, NULL, c.changed_at, (c.begins_at AT TIME ZONE 'Europe/Berlin')::date, NULL
     FROM conference c
     WHERE c.partner_id = reader AND c.answer IS NULL AND (internal.conference_at(c, now)).status = 'PLANNED'
       AND (after_id IS NULL OR (c.changed_at, c.id) > (after, after_id))
     ORDER BY c.changed_at, c.id LIMIT most)
    ORDER BY since, id LIMIT most) AS w);
END $$;

GRANT EXECUTE ON FUNCTION api.get_conference(uuid, uuid), api.read_conference(uuid, uuid, text[]),
  api.list_conferences(uuid, jsonb, bigint, uuid, int), api.lock_conferring(jsonb, uuid), api.plan_conference(jsonb, jsonb),
  api.lock_conference(jsonb, uuid, text[], uuid, uuid[], boolean), api.step_conference(jsonb, jsonb),
  api.add_conference_item(jsonb, uuid, uuid, uuid, bigint), api.remove_conference_item(jsonb, uuid, uuid, boolean, bigint),
  api.write_minutes(jsonb, uuid, uuid, jsonb, bytea, bigint),
  api.create_conference_task(jsonb, uuid, uuid, jsonb, bytea[], bigint), api.tend_conferences(int) TO laufzettel_service;
