-- Plans that two agencies write together. A plan holds no personal field: its content are entries, each disclosed by the ordinary
-- check and forwarding. What a reader sees is folded from the proposals whose entry it may read; so nothing about a plan is stored
-- that counts or orders more than one of them.

-- name_label: as it read when the plan was opened. version: counts every change, and is told to nobody; who writes by what it saw
-- notices by it that somebody was faster.
CREATE TABLE plan (
  id            uuid PRIMARY KEY,
  laufzettel_id uuid NOT NULL REFERENCES laufzettel,
  opened_by     uuid NOT NULL REFERENCES agency,
  partner_id    uuid NOT NULL REFERENCES agency,
  kind          text NOT NULL CHECK (kind IN ('FOERDERPLAN', 'BERUFSWEGEPLANUNG')),
  name_code     text NOT NULL,
  name_label    text NOT NULL,
  version       integer NOT NULL DEFAULT 1,
  created_at    timestamptz(3) NOT NULL,
  CHECK (opened_by <> partner_id)
);
CREATE INDEX plan_opener ON plan (opened_by, created_at, id);
CREATE INDEX plan_partner ON plan (partner_id, created_at, id);
CREATE INDEX plan_laufzettel ON plan (laufzettel_id);
ALTER TABLE plan ENABLE ROW LEVEL SECURITY;

-- part_id: the place in the plan; that of its first proposal. entry_id: a correction takes the place of what it corrects. replaces: the
-- proposal whose content stood there for its proposer. after_part without place: where the part is, or at the end.
CREATE TABLE plan_proposal (
  id            uuid PRIMARY KEY,
  plan_id       uuid NOT NULL REFERENCES plan,
  part_id       uuid NOT NULL,
  proposed_by   uuid NOT NULL REFERENCES agency,
  entry_id      uuid NOT NULL REFERENCES entry,
  forwarding_id uuid NOT NULL REFERENCES forwarding,
  replaces      uuid REFERENCES plan_proposal,
  place         text CHECK (place IN ('FIRST', 'AFTER')),
  after_part    uuid,
  review_on     date,
  status        text NOT NULL DEFAULT 'OPEN' CHECK (status IN ('OPEN', 'ACCEPTED', 'DECLINED', 'WITHDRAWN')),
  decline_code  text,
  proposed_at   timestamptz(3) NOT NULL,
  answered_at   timestamptz(3),
  UNIQUE (plan_id, entry_id),
  CHECK ((place IS NOT DISTINCT FROM 'AFTER') = (after_part IS NOT NULL)),
  CHECK ((status = 'OPEN') = (answered_at IS NULL)),
  CHECK ((status = 'DECLINED') = (decline_code IS NOT NULL))
);
CREATE INDEX plan_proposal_part ON plan_proposal (plan_id, part_id);
CREATE INDEX plan_proposal_entry ON plan_proposal (entry_id);
CREATE INDEX plan_proposal_own ON plan_proposal (proposed_by, proposed_at, id);
ALTER TABLE plan_proposal ENABLE ROW LEVEL SECURITY;

-- Every entry that has stood in a proposal: its first one, and what corrected it.
CREATE TABLE plan_entry (
  entry_id    uuid NOT NULL REFERENCES entry,
  proposal_id uuid NOT NULL REFERENCES plan_proposal,
  PRIMARY KEY (entry_id, proposal_id)
);
CREATE INDEX plan_entry_proposal ON plan_entry (proposal_id);
ALTER TABLE plan_entry ENABLE ROW LEVEL SECURITY;

-- An answered proposal stays as it is, but for the entry that corrects what it brought.
CREATE FUNCTION internal.keep_plan_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF ROW (NEW.id, NEW.plan_id, NEW.part_id, NEW.proposed_by, NEW.forwarding_id, NEW.replaces, NEW.place, NEW.after_part, NEW.review_on,
      NEW.proposed_at) IS DISTINCT FROM ROW (OLD.id, OLD.plan_id, OLD.part_id, OLD.proposed_by, OLD.forwarding_id, OLD.replaces,
      OLD.place, OLD.after_part, OLD.review_on, OLD.proposed_at)
      OR (OLD.status <> 'OPEN' AND ROW (NEW.status, NEW.decline_code, NEW.answered_at)
        IS DISTINCT FROM ROW (OLD.status, OLD.decline_code, OLD.answered_at)) THEN
    RAISE EXCEPTION 'a proposal stays as it was answered' USING ERRCODE = 'LZ900';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER plan_proposal_kept BEFORE UPDATE ON plan_proposal FOR EACH ROW EXECUTE FUNCTION internal.keep_plan_proposal();
CREATE TRIGGER plan_proposal_only_grows BEFORE DELETE OR TRUNCATE ON plan_proposal
  FOR EACH STATEMENT EXECUTE FUNCTION internal.append_only();

-- A correction takes the place of what it corrects, in every plan in which that stands; who of the sides gets it has been decided by
-- the same check as for everybody who held the other.
CREATE FUNCTION internal.correct_in_plans() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO plan_entry (entry_id, proposal_id) SELECT NEW.id, p.id FROM plan_proposal p WHERE p.entry_id = NEW.replaces;
  UPDATE plan_proposal SET entry_id = NEW.id WHERE entry_id = NEW.replaces;
  RETURN NULL;
END $$;
CREATE TRIGGER entry_corrected_in_plans AFTER UPDATE OF replaces ON entry
  FOR EACH ROW WHEN (NEW.replaces IS NOT NULL AND OLD.replaces IS NULL) EXECUTE FUNCTION internal.correct_in_plans();

-- When its proposal has been answered a forwarding is closed without having been accepted; what it disclosed goes on, and its end is
-- reminded of as if it had been.
CREATE FUNCTION internal.remind_of_settled() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO reminder (subject_id, kind, since, look_at)
  SELECT d.id, 'DISCLOSURE_ENDING', NEW.changed_at, internal.before_end(d.good_until)
  FROM disclosure d WHERE d.forwarding_id = NEW.id AND d.closed_at IS NULL
  ON CONFLICT (subject_id, kind) DO UPDATE SET look_at = excluded.look_at;
  RETURN NULL;
END $$;
CREATE TRIGGER forwarding_settled AFTER UPDATE OF status ON forwarding
  FOR EACH ROW WHEN (NEW.status = 'CLOSED' AND OLD.status IN ('SENT', 'DELIVERED')) EXECUTE FUNCTION internal.remind_of_settled();

-- ------------------------------------------------------------------------------------------------------------- who sees what

-- Whether that agency may read an entry at that instant, as far as is written down: it wrote it and its key is there, or it holds it.
CREATE FUNCTION internal.reads_entry(agency uuid, entry uuid, at timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (
      SELECT FROM public.entry e JOIN client_key k ON k.client_id = e.client_id
      WHERE e.id = entry AND e.origin_id = agency AND k.wrapped IS NOT NULL)
    OR EXISTS (SELECT FROM disclosure d WHERE d.entry_id = entry AND d.to_id = agency AND d.closed_at IS NULL AND at < d.good_until);
END $$;

-- What an agency had read of a plan and may read no more: (entry_id, category, closed_at). What it had read elsewhere, and nothing of in
-- the plan, is no trace of the plan: a proposal that was gone before it was read has never been there. Whoever answered it had
-- read it, by whatever disclosure.
CREATE FUNCTION internal.plan_traces(reader uuid, plan uuid, at timestamptz)
RETURNS TABLE (entry_id uuid, category text, closed_at timestamptz) LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN QUERY
  SELECT e.id, e.category, max(coalesce(d.closed_at, d.good_until))
  FROM plan_proposal p JOIN plan_entry pe ON pe.proposal_id = p.id JOIN entry e ON e.id = pe.entry_id
    JOIN disclosure d ON d.entry_id = e.id AND d.to_id = reader AND d.fetched_at IS NOT NULL
  WHERE p.plan_id = plan_traces.plan AND e.origin_id <> reader AND NOT internal.reads_entry(reader, e.id, at)
    AND (d.forwarding_id = p.forwarding_id
      OR (p.status IN ('ACCEPTED', 'DECLINED') AND p.proposed_at < coalesce(d.closed_at, d.good_until)))
  GROUP BY e.id;
END $$;

-- Its opener has the plan from the beginning; for the other side it begins with what is disclosed to it, and is there as long as
-- there is something of it to be seen.
CREATE FUNCTION internal.sees_plan(reader uuid, one plan, at timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  RETURN one.opened_by = reader OR (one.partner_id = reader AND (
    EXISTS (SELECT FROM plan_proposal p WHERE p.plan_id = one.id AND internal.reads_entry(reader, p.entry_id, at))
    OR EXISTS (SELECT FROM internal.plan_traces(reader, one.id, at))));
END $$;

CREATE FUNCTION internal.plan_view(reader uuid, one plan) RETURNS json LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT json_build_object('id', one.id, 'kind', one.kind, 'nameCode', one.name_code, 'nameLabel', one.name_label,
    'laufzettelId', one.laufzettel_id, 'openedBy', one.opened_by, 'partner', one.partner_id, 'createdAt', internal.ms(one.created_at),
    'clientId', CASE WHEN l.created_by = reader THEN l.client_id ELSE internal.handle_of(reader, c.person_id) END)
  FROM laufzettel l JOIN client c ON c.id = l.client_id WHERE l.id = one.laufzettel_id
$$;

-- A proposal of which the other side may read nothing any more can be answered no more. Its proposer, who disclosed it, is told so.
CREATE FUNCTION internal.plan_proposal_status(p plan_proposal, one plan, at timestamptz) RETURNS text LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
BEGIN
  RETURN CASE WHEN p.status = 'OPEN' AND NOT internal.reads_entry(
      CASE WHEN p.proposed_by = one.opened_by THEN one.partner_id ELSE one.opened_by END, p.entry_id, at)
    THEN 'LAPSED' ELSE p.status END;
END $$;

-- ------------------------------------------------------------------------------------------------------------------ reading

-- A plan with those proposals whose entry the reader may read as far as is written down, and all that is needed to decide that again;
-- no content. Null: it is not the reader's to see.
CREATE FUNCTION api.read_plan(reader uuid, plan uuid) RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  one public.plan;
  entries uuid[];
  persons uuid[];
BEGIN
  PERFORM internal.demand_active(reader);
  SELECT p.* INTO one FROM public.plan p WHERE p.id = read_plan.plan AND internal.sees_plan(reader, p, now);
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  entries := ARRAY(SELECT p.entry_id FROM plan_proposal p WHERE p.plan_id = one.id AND internal.reads_entry(reader, p.entry_id, now));
  persons := internal.concerned(entries);
  RETURN json_build_object(
    'at', internal.ms(now),
    'plan', internal.plan_view(reader, one),
    'version', one.version,
    'proposals', (
      SELECT coalesce(json_agg(json_build_object('id', p.id, 'part', p.part_id, 'by', p.proposed_by, 'entry', p.entry_id,
        'replaces', p.replaces, 'place', p.place, 'afterPart', p.after_part, 'reviewOn', p.review_on,
        'status', internal.plan_proposal_status(p, one, now), 'code', p.decline_code, 'proposedAt', internal.ms(p.proposed_at),
        'answeredAt', internal.ms(p.answered_at), 'forwardingId', p.forwarding_id, 'carriedBy', f.status, 'carriedVersion', f.version)
        ORDER BY p.proposed_at, p.id), '[]')
      FROM plan_proposal p JOIN forwarding f ON f.id = p.forwarding_id WHERE p.plan_id = one.id AND p.entry_id = ANY (entries)),
    'traces', (
      SELECT coalesce(json_agg(json_build_object('entryId', t.entry_id, 'category', t.category, 'closedAt', internal.ms(t.closed_at))
        ORDER BY t.closed_at, t.entry_id), '[]')
      FROM internal.plan_traces(reader, one.id, now) AS t),
    'entries', internal.entry_metas(entries),
    'handles', internal.handles_of(reader, persons),
    'rows', (
      SELECT coalesce(json_agg(json_build_object('id', d.id, 'person', d.person_id, 'fetched', d.fetched_at IS NOT NULL, 'kind', l.kind)
        ORDER BY d.opened_at, d.id), '[]')
      FROM disclosure d JOIN forwarding f ON f.id = d.forwarding_id JOIN laufzettel l ON l.id = f.laufzettel_id
      WHERE d.entry_id = ANY (entries) AND d.to_id = reader AND d.closed_at IS NULL),
    'facts', internal.facts(persons, entries, ARRAY[reader]));
END $$;

-- Ciphertexts of entries that stand in a plan, as far as the reader may read them.
CREATE FUNCTION api.plan_contents(reader uuid, plan uuid, entries uuid[]) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE now timestamptz := api.clock_now();
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN internal.sealed(ARRAY(
    SELECT p.entry_id FROM plan_proposal p JOIN public.plan one ON one.id = p.plan_id
    WHERE p.plan_id = plan_contents.plan AND reader IN (one.opened_by, one.partner_id) AND p.entry_id = ANY (entries)
      AND internal.reads_entry(reader, p.entry_id, now)));
END $$;

-- The plans that the reader sees, newest first, as far as they pass the filter {clientId, laufzettelId, kind}, after a place.
CREATE FUNCTION api.list_plans(reader uuid, filter jsonb, after_at bigint, after_id uuid, most int) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  before_at timestamptz := coalesce(internal.moment(after_at), 'infinity');
  before_id uuid := coalesce(after_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
  person uuid := (SELECT c.person_id FROM client c WHERE c.id = (filter ->> 'clientId')::uuid AND c.agency_id = reader);
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (
    SELECT coalesce(json_agg(internal.plan_view(reader, page.one) ORDER BY (page.one).created_at DESC, (page.one).id DESC), '[]') FROM (
      SELECT one FROM plan one JOIN laufzettel l ON l.id = one.laufzettel_id JOIN client c ON c.id = l.client_id
      WHERE reader IN (one.opened_by, one.partner_id) AND (one.created_at, one.id) < (before_at, before_id)
        AND (filter ->> 'laufzettelId' IS NULL OR one.laufzettel_id = (filter ->> 'laufzettelId')::uuid)
        AND (filter ->> 'kind' IS NULL OR one.kind = filter ->> 'kind')
        AND (filter ->> 'clientId' IS NULL OR c.person_id = person)
        AND internal.sees_plan(reader, one, now)
      ORDER BY one.created_at DESC, one.id DESC LIMIT most) AS page);
END $$;

-- What the reader proposed itself, oldest first, without what was erased since.
CREATE FUNCTION api.list_own_plan_proposals(reader uuid, after_at bigint, after_id uuid, most int) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE now timestamptz := api.clock_now();
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (
    SELECT coalesce(json_agg(json_build_object('id', page.id, 'planId', page.plan_id, 'partId', page.part_id, 'entryId', page.entry_id,
      'forwardingId', page.forwarding_id, 'reviewOn', page.review_on, 'status', page.shown, 'code', page.decline_code,
      'proposedAt', internal.ms(page.proposed_at), 'answeredAt', internal.ms(page.answered_at)) ORDER BY page.proposed_at, page.id), '[]')
    FROM (
      SELECT p.*, internal.plan_proposal_status(p, one, now) AS shown FROM plan_proposal p JOIN plan one ON one.id = p.plan_id
      WHERE p.proposed_by = reader AND internal.reads_entry(reader, p.entry_id, now)
        AND (after_id IS NULL OR (p.proposed_at, p.id) > (internal.moment(after_at), after_id))
      ORDER BY p.proposed_at, p.id LIMIT most) AS page);
END $$;

-- ------------------------------------------------------------------------------------------------------------------ writing

-- p: {id, laufzettelId, partner, kind, nameCode, nameLabel, most}. Nobody but its opener knows of it yet.
CREATE FUNCTION api.open_plan(actor jsonb, p jsonb, at_ms bigint) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  at timestamptz := internal.moment(at_ms);
  l laufzettel;
BEGIN
  -- Who completes or cancels it waits, and so does who opens another one on it at the same time.
  SELECT one.* INTO l FROM laufzettel one
  WHERE one.id = (p ->> 'laufzettelId')::uuid AND internal.may_see_laufzettel(reader, one) FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN 'not-found';
  ELSIF internal.status_for(reader, l) <> 'OPEN' THEN
    RETURN 'not-open';
  ELSIF l.kind <> p ->> 'kind' THEN
    RETURN 'other-kind';
  ELSIF NOT EXISTS (SELECT FROM agency a WHERE a.id = (p ->> 'partner')::uuid AND a.id <> reader) THEN
    RETURN 'no-partner';
  ELSIF (SELECT count(*) FROM plan one WHERE one.laufzettel_id = l.id AND one.opened_by = reader) >= (p ->> 'most')::int THEN
    RETURN 'too-many';
  END IF;
  INSERT INTO plan (id, laufzettel_id, opened_by, partner_id, kind, name_code, name_label, created_at)
  VALUES ((p ->> 'id')::uuid, l.id, reader, (p ->> 'partner')::uuid, l.kind, p ->> 'nameCode', p ->> 'nameLabel', at);
  PERFORM internal.note(actor, 'plan.open', 'DONE', jsonb_build_object('plan', p -> 'id', 'laufzettel', l.id), at);
  RETURN 'ok';
END $$;

-- Locks the plan if it is still as it was seen.
CREATE FUNCTION internal.lock_plan(reader uuid, plan uuid, expected int) RETURNS public.plan LANGUAGE sql VOLATILE
SET search_path = public, pg_temp AS $$
  UPDATE public.plan one SET version = one.version + 1
  WHERE one.id = plan AND one.version = expected AND reader IN (one.opened_by, one.partner_id) RETURNING one.*
$$;

-- Puts a proposal into the plan, in the transaction that has just forwarded its entry to the other side.
-- p: {id, planId, expected, partId, entryId, forwardingId, replaces, place, afterPart, reviewOn}. False: the plan has changed.
CREATE FUNCTION api.propose_in_plan(actor jsonb, p jsonb, at_ms bigint) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  at timestamptz := internal.moment(at_ms);
  one plan;
  other uuid;
BEGIN
  one := internal.lock_plan(reader, (p ->> 'planId')::uuid, (p ->> 'expected')::int);
  IF one.id IS NULL THEN
    RETURN false;
  END IF;
  other := CASE WHEN one.opened_by = reader THEN one.partner_id ELSE one.opened_by END;
  -- What the use case had made sure of, demanded again of the one that writes.
  IF NOT EXISTS (SELECT FROM disclosure d JOIN forwarding f ON f.id = d.forwarding_id JOIN entry e ON e.id = d.entry_id
      WHERE f.id = (p ->> 'forwardingId')::uuid AND f.laufzettel_id = one.laufzettel_id AND d.from_id = reader AND d.to_id = other
        AND e.id = (p ->> 'entryId')::uuid AND e.origin_id = reader AND e.category = one.kind AND d.closed_at IS NULL)
      OR (p ->> 'replaces' IS NOT NULL AND NOT EXISTS (SELECT FROM plan_proposal r WHERE r.id = (p ->> 'replaces')::uuid
        AND r.plan_id = one.id AND r.part_id = (p ->> 'partId')::uuid)) THEN
    RAISE EXCEPTION 'not what was decided upon' USING ERRCODE = 'LZ404';
  END IF;
  INSERT INTO plan_proposal (id, plan_id, part_id, proposed_by, entry_id, forwarding_id, replaces, place, after_part, review_on, proposed_at)
  VALUES ((p ->> 'id')::uuid, one.id, (p ->> 'partId')::uuid, reader, (p ->> 'entryId')::uuid, (p ->> 'forwardingId')::uuid,
    (p ->> 'replaces')::uuid, p ->> 'place', (p ->> 'afterPart')::uuid, (p ->> 'reviewOn')::date, at);
  INSERT INTO plan_entry (entry_id, proposal_id) VALUES ((p ->> 'entryId')::uuid, (p ->> 'id')::uuid);
  PERFORM internal.tell(actor, other, 'plan.proposed', jsonb_build_object('planId', one.id, 'planProposalId', p -> 'id',
    'entryId', p -> 'entryId', 'forwardingId', p -> 'forwardingId'), at);
  RETURN true;
END $$;

-- Accepts, declines or withdraws a proposal that is open. p: {id, planId, expected, status, code}. The other side is told if it sees it.
-- False: the plan has changed.
CREATE FUNCTION api.settle_plan_proposal(actor jsonb, p jsonb) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  now timestamptz;
  one plan;
  settled plan_proposal;
  other uuid;
BEGIN
  one := internal.lock_plan(reader, (p ->> 'planId')::uuid, (p ->> 'expected')::int);
  IF one.id IS NULL THEN
    RETURN false;
  END IF;
  now := api.clock_now();
  UPDATE plan_proposal x SET status = p ->> 'status', decline_code = p ->> 'code', answered_at = now
  WHERE x.id = (p ->> 'id')::uuid AND x.plan_id = one.id AND x.status = 'OPEN'
    AND (p ->> 'status' = 'WITHDRAWN') = (x.proposed_by = reader) AND internal.reads_entry(reader, x.entry_id, now)
  RETURNING x.* INTO settled;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  other := CASE WHEN one.opened_by = reader THEN one.partner_id ELSE one.opened_by END;
  PERFORM internal.note(actor, 'plan.settle', settled.status, jsonb_build_object('plan', one.id, 'proposal', settled.id), now);
  IF internal.reads_entry(other, settled.entry_id, now) THEN
    PERFORM internal.tell(actor, other, 'plan.' || lower(settled.status), jsonb_build_object('planId', one.id,
      'planProposalId', settled.id, 'entryId', settled.entry_id, 'forwardingId', settled.forwarding_id), now);
  END IF;
  RETURN true;
END $$;

GRANT EXECUTE ON FUNCTION api.read_plan(uuid, uuid), api.plan_contents(uuid, uuid, uuid[]), api.list_plans(uuid, jsonb, bigint, uuid, int),
  api.list_own_plan_proposals(uuid, bigint, uuid, int), api.open_plan(jsonb, jsonb, bigint), api.propose_in_plan(jsonb, jsonb, bigint),
  api.settle_plan_proposal(jsonb, jsonb) TO laufzettel_service;
