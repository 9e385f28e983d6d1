-- Proposals: an agency to which a client gave a yes that another agency has to prove (Art. 7(1) GDPR) brings it to that
-- agency, the giver: the discloser, of a release the origin. It counts from the giver's confirmation, as the giver's own
-- statement.
--
-- Whether the giver knows the person is personal data of the giver's client. So the proposer is never shown it: what it sees
-- of a proposal is the same whether the giver knows the person, has declined, or has confirmed a yes that is not to the
-- proposer itself.

CREATE TABLE consent_proposal (
  id                          uuid PRIMARY KEY,
  -- The proposer's handle; its key seals the proof.
  client_id                   uuid NOT NULL REFERENCES client,
  proposer_id                 uuid NOT NULL REFERENCES agency,
  type                        text NOT NULL CHECK (type IN ('STATEMENT', 'RELEASE')),
  giver_id                    uuid NOT NULL REFERENCES agency,
  recipient_id                uuid NOT NULL REFERENCES agency,
  purpose                     text,
  categories                  text[] NOT NULL CHECK (cardinality(categories) > 0),
  stated_at                   timestamptz(3) NOT NULL,
  stated_by                   text NOT NULL,
  age_band                    text NOT NULL,
  valid_from                  timestamptz(3) NOT NULL,
  valid_until                 timestamptz(3) NOT NULL,
  form                        text NOT NULL,
  capacity_confirmed          boolean NOT NULL,
  explicit_special_categories boolean NOT NULL,
  language                    text NOT NULL,
  text_hash                   text NOT NULL,
  evidence_sealed             bytea NOT NULL,
  adult_from                  timestamptz(3),
  proposed_at                 timestamptz(3) NOT NULL,
  lapses_at                   timestamptz(3) NOT NULL,
  -- What the giver decided; null: nothing yet.
  decision                    text CHECK (decision IN ('CONFIRMED', 'DECLINED')),
  decided_at                  timestamptz(3),
  -- The proposer's own end of it, beside the giver's.
  withdrawn_at                timestamptz(3),
  -- When the giver was told, which is when it has a handle on the person while the proposal is open. Before, it sees nothing.
  told_at                     timestamptz(3),
  CHECK ((type = 'STATEMENT') = (purpose IS NOT NULL)),
  CHECK (giver_id NOT IN (proposer_id, recipient_id)),
  CHECK (stated_at <= proposed_at AND valid_from < valid_until),
  CHECK ((decision IS NULL) = (decided_at IS NULL))
);
CREATE INDEX consent_proposal_client ON consent_proposal (client_id);
CREATE INDEX consent_proposal_sent ON consent_proposal (proposer_id, proposed_at, id);
CREATE INDEX consent_proposal_received ON consent_proposal (giver_id, proposed_at, id);
ALTER TABLE consent_proposal ENABLE ROW LEVEL SECURITY;

-- Each side decides once, and what was proposed stays as it is: it is the proof of what was confirmed.
CREATE FUNCTION internal.keep_proposal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ends text[] := '{decision,decided_at,withdrawn_at,told_at}';
BEGIN
  IF to_jsonb(NEW) - ends IS DISTINCT FROM to_jsonb(OLD) - ends
      OR (OLD.decision IS NOT NULL AND (NEW.decision, NEW.decided_at) IS DISTINCT FROM (OLD.decision, OLD.decided_at))
      OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at)
      OR (OLD.told_at IS NOT NULL AND NEW.told_at IS DISTINCT FROM OLD.told_at) THEN
    RAISE EXCEPTION 'a proposal stays as it was made and decided' USING ERRCODE = 'LZ902';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER consent_proposal_keep BEFORE UPDATE ON consent_proposal
  FOR EACH ROW EXECUTE FUNCTION internal.keep_proposal();
CREATE TRIGGER consent_proposal_kept BEFORE DELETE OR TRUNCATE ON consent_proposal
  FOR EACH STATEMENT EXECUTE FUNCTION internal.append_only();

-- Unique: what was proposed once is recorded once.
ALTER TABLE statement ADD COLUMN proposal_id uuid UNIQUE REFERENCES consent_proposal;
ALTER TABLE release ADD COLUMN proposal_id uuid UNIQUE REFERENCES consent_proposal;

-- ---------------------------------------------------------------------------------------------- who sees what of it

-- The agency's handle on the person whose key still stands: one without takes no yes any more. Null: it has none.
CREATE FUNCTION internal.live_handle(agency uuid, person uuid) RETURNS uuid LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT c.id FROM client c JOIN client_key k ON k.client_id = c.id AND k.wrapped IS NOT NULL
  WHERE c.person_id = person AND c.agency_id = agency ORDER BY c.created_at, c.id LIMIT 1
$$;

-- The status that a side is shown. The proposer learns of the confirmation only where the yes names it as the recipient:
-- then the person agreed that it hears from the giver. Of anything else the giver decided it learns nothing.
CREATE FUNCTION internal.proposal_status(p consent_proposal, to_proposer boolean, now timestamptz) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE
    WHEN p.decision IS NOT NULL AND (NOT to_proposer OR (p.decision = 'CONFIRMED' AND p.recipient_id = p.proposer_id))
      THEN p.decision
    WHEN p.withdrawn_at IS NOT NULL THEN 'WITHDRAWN'
    WHEN p.lapses_at <= now THEN 'LAPSED'
    ELSE 'PROPOSED' END
$$;

CREATE FUNCTION internal.proposal_view(reader uuid, p consent_proposal, now timestamptz) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  WITH shown AS (
    SELECT p.proposer_id = reader AS sent, internal.proposal_status(p, p.proposer_id = reader, now) AS status
  ), came_of_it AS (
    SELECT s.id AS statement, NULL::uuid AS release, s.client_id FROM statement s WHERE s.proposal_id = p.id
    UNION ALL SELECT NULL, r.id, r.client_id FROM release r WHERE r.proposal_id = p.id
  )
  SELECT jsonb_build_object(
    'id', p.id, 'type', p.type, 'direction', CASE WHEN sent THEN 'SENT' ELSE 'RECEIVED' END, 'status', status,
    'clientId', CASE WHEN sent THEN p.client_id ELSE coalesce((SELECT client_id FROM came_of_it),
      internal.live_handle(reader, (SELECT c.person_id FROM client c WHERE c.id = p.client_id))) END,
    'proposedBy', p.proposer_id, 'proposedAt', internal.ms(p.proposed_at), 'lapsesAt', internal.ms(p.lapses_at),
    'decidedAt', internal.ms(CASE WHEN status IN ('CONFIRMED', 'DECLINED') THEN p.decided_at
                                  WHEN status = 'WITHDRAWN' THEN p.withdrawn_at END),
    'statementId', CASE WHEN NOT sent THEN (SELECT statement FROM came_of_it) END,
    'releaseId', CASE WHEN NOT sent THEN (SELECT release FROM came_of_it) END,
    'giver', p.giver_id, 'recipient', p.recipient_id, 'purpose', p.purpose, 'categories', to_jsonb(p.categories),
    'statedAt', internal.ms(p.stated_at), 'statedBy', p.stated_by, 'ageBand', p.age_band,
    'validFrom', internal.ms(p.valid_from), 'validUntil', internal.ms(p.valid_until), 'form', p.form,
    'capacityConfirmed', p.capacity_confirmed, 'explicitSpecialCategories', p.explicit_special_categories,
    'language', p.language, 'textHash', p.text_hash, 'adultFrom', internal.ms(p.adult_from))
    -- The giver needs the proof while it decides; what it confirms it keeps under its own key.
    || jsonb_build_object('sealedUnder', p.client_id,
      'evidenceSealed', CASE WHEN sent OR status = 'PROPOSED' THEN encode(p.evidence_sealed, 'base64') END,
      'wrapped', CASE WHEN sent OR status = 'PROPOSED' THEN
        (SELECT encode(k.wrapped, 'base64') FROM client_key k WHERE k.client_id = p.client_id) END)
  FROM shown
$$;

-- Its proposer; its giver, if that has a handle on the person, and had one while it was open: one that ended before was never
-- told to it.
CREATE FUNCTION internal.may_see_proposal(reader uuid, p consent_proposal) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT p.proposer_id = reader OR (p.giver_id = reader AND p.told_at IS NOT NULL
    AND internal.live_handle(reader, (SELECT c.person_id FROM client c WHERE c.id = p.client_id)) IS NOT NULL)
$$;

CREATE FUNCTION api.get_proposal(reader uuid, proposal uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT internal.proposal_view(reader, p, api.clock_now()) FROM consent_proposal p
          WHERE p.id = proposal AND internal.may_see_proposal(reader, p));
END $$;

-- What the reader proposed, or what was proposed to it about persons on whom it has a handle; newest first.
CREATE FUNCTION api.list_proposals(reader uuid, received boolean, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE now timestamptz := api.clock_now();
BEGIN
  PERFORM internal.demand_active(reader);
  IF received THEN
    RETURN (SELECT coalesce(jsonb_agg(internal.proposal_view(reader, p, now) ORDER BY p.proposed_at DESC, p.id DESC), '[]')
      FROM (
        SELECT one.* FROM consent_proposal one WHERE one.giver_id = reader AND internal.may_see_proposal(reader, one)
          AND (after_id IS NULL OR (one.proposed_at, one.id) < (internal.moment(after_at), after_id))
        ORDER BY one.proposed_at DESC, one.id DESC LIMIT most) AS p);
  END IF;
  RETURN (SELECT coalesce(jsonb_agg(internal.proposal_view(reader, p, now) ORDER BY p.proposed_at DESC, p.id DESC), '[]')
    FROM (
      SELECT one.* FROM consent_proposal one WHERE one.proposer_id = reader
        AND (after_id IS NULL OR (one.proposed_at, one.id) < (internal.moment(after_at), after_id))
      ORDER BY one.proposed_at DESC, one.id DESC LIMIT most) AS p);
END $$;

-- ------------------------------------------------------------------------------------------- proposing and deciding

-- Whether the person has said no, since it stated the yes, to what a proposal tells its giver: that it is the proposer's client.
-- Then the giver is not told what it does not know yet. A release has no purpose; a no that names one is not about it.
CREATE FUNCTION internal.is_spoken_against(p consent_proposal, person uuid) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM client c JOIN statement s ON s.client_id = c.id
    WHERE c.person_id = person AND s.decision <> 'GIVEN' AND s.recorded_at >= p.stated_at
      AND coalesce(s.discloser_id, p.proposer_id) = p.proposer_id AND coalesce(s.recipient_id, p.giver_id) = p.giver_id
      AND (s.purpose IS NULL OR s.purpose = p.purpose) AND (s.categories IS NULL OR 'STAMMDATEN' = ANY (s.categories)))
$$;

-- Tells the givers of what is open about the person of this handle, once each, as soon as they have a handle on it: of what
-- was proposed by this handle, and what was proposed to its agency.
CREATE FUNCTION internal.tell_of_proposals(handle uuid) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  told record;
BEGIN
  FOR told IN
    UPDATE consent_proposal p SET told_at = now FROM client came, client brought
    WHERE came.id = handle AND brought.person_id = came.person_id AND p.client_id = brought.id
      AND (brought.id = came.id OR p.giver_id = came.agency_id)
      AND p.told_at IS NULL AND p.decision IS NULL AND p.withdrawn_at IS NULL AND p.lapses_at > now
      AND internal.live_handle(p.giver_id, came.person_id) IS NOT NULL AND NOT internal.is_spoken_against(p, came.person_id)
    RETURNING p.id, p.giver_id
  LOOP
    PERFORM internal.tell('{}', told.giver_id, 'proposal.received', jsonb_build_object('proposalId', told.id), now);
  END LOOP;
END $$;

-- A handle that came into being, or that now stands for somebody else, may be the first of a giver.
CREATE FUNCTION internal.handle_came() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.tell_of_proposals(CASE TG_TABLE_NAME WHEN 'client' THEN (to_jsonb(NEW) ->> 'id')::uuid
                                                        ELSE (to_jsonb(NEW) ->> 'client_id')::uuid END);
  RETURN NULL;
END $$;
CREATE TRIGGER client_key_came AFTER INSERT ON client_key FOR EACH ROW EXECUTE FUNCTION internal.handle_came();
CREATE TRIGGER client_moved AFTER UPDATE OF person_id ON client FOR EACH ROW
  WHEN (OLD.person_id IS DISTINCT FROM NEW.person_id) EXECUTE FUNCTION internal.handle_came();

-- ok, or too-many: as many wait already as may. Nothing here depends on whether the giver knows the person.
CREATE FUNCTION api.propose_consent(actor jsonb, p jsonb, evidence bytea, most_open int) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  handle uuid := (p ->> 'clientId')::uuid;
  at timestamptz := internal.moment((p ->> 'proposedAt')::bigint);
BEGIN
  PERFORM internal.demand_own(reader, ARRAY[handle]);
  -- One after the other about a client, so that they can be counted.
  PERFORM FROM client c WHERE c.id = handle FOR NO KEY UPDATE;
  IF (SELECT count(*) FROM consent_proposal one WHERE one.client_id = handle
        AND internal.proposal_status(one, true, at) = 'PROPOSED') >= most_open THEN
    RETURN 'too-many';
  END IF;
  INSERT INTO consent_proposal (id, client_id, proposer_id, type, giver_id, recipient_id, purpose, categories, stated_at,
    stated_by, age_band, valid_from, valid_until, form, capacity_confirmed, explicit_special_categories, language, text_hash,
    evidence_sealed, adult_from, proposed_at, lapses_at)
  VALUES ((p ->> 'id')::uuid, handle, reader, p ->> 'type', (p ->> 'giver')::uuid, (p ->> 'recipient')::uuid,
    p ->> 'purpose', internal.texts(p -> 'categories'), internal.moment((p ->> 'statedAt')::bigint), p ->> 'statedBy',
    p ->> 'ageBand', internal.moment((p ->> 'validFrom')::bigint), internal.moment((p ->> 'validUntil')::bigint),
    p ->> 'form', (p ->> 'capacityConfirmed')::boolean, (p ->> 'explicitSpecialCategories')::boolean, p ->> 'language',
    p ->> 'textHash', evidence, internal.moment((p ->> 'adultFrom')::bigint), at,
    internal.moment((p ->> 'lapsesAt')::bigint));
  PERFORM internal.note(actor, 'proposal.make', 'DONE', jsonb_build_object('proposal', p -> 'id', 'client', handle), at);
  PERFORM internal.tell_of_proposals(handle);
  RETURN 'ok';
END $$;

-- CONFIRMED or DECLINED, by the giver. ok; or the status that it has already; null: not the actor's to decide, or the
-- handle that it is confirmed for is not the actor's on that person. A confirmation holds the person's lock, and records next.
CREATE FUNCTION api.settle_proposal(actor jsonb, proposal uuid, verdict text, handle uuid, at_ms bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  p consent_proposal;
  person uuid;
  now timestamptz;
  status text;
BEGIN
  SELECT one.* INTO p FROM consent_proposal one WHERE one.id = proposal AND one.giver_id = reader FOR NO KEY UPDATE;
  IF NOT FOUND OR NOT internal.may_see_proposal(reader, p) THEN
    RETURN NULL;
  END IF;
  SELECT c.person_id INTO person FROM client c WHERE c.id = p.client_id;
  IF verdict = 'CONFIRMED' AND NOT EXISTS (SELECT FROM client c JOIN client_key k ON k.client_id = c.id
      WHERE c.id = handle AND c.agency_id = reader AND c.person_id = person AND k.wrapped IS NOT NULL) THEN
    RETURN NULL;
  END IF;
  now := api.clock_now();
  status := internal.proposal_status(p, false, now);
  IF status <> 'PROPOSED' THEN
    RETURN status;
  END IF;
  now := coalesce(internal.moment(at_ms), now);
  UPDATE consent_proposal one SET decision = verdict, decided_at = now WHERE one.id = proposal;
  PERFORM internal.note(actor, CASE verdict WHEN 'CONFIRMED' THEN 'proposal.confirm' ELSE 'proposal.decline' END, 'DONE',
    jsonb_build_object('proposal', proposal)
      || CASE WHEN handle IS NULL THEN '{}' ELSE jsonb_build_object('client', handle) END, now);
  IF verdict = 'CONFIRMED' AND p.recipient_id = p.proposer_id THEN
    PERFORM internal.tell(actor, p.proposer_id, 'proposal.confirmed', jsonb_build_object('proposalId', proposal), now);
  END IF;
  RETURN 'ok';
END $$;

-- By the proposer, from the status that it is shown, whatever the giver has decided unseen. ok, that status, or null.
CREATE FUNCTION api.withdraw_proposal(actor jsonb, proposal uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  p consent_proposal;
  now timestamptz;
  status text;
BEGIN
  SELECT one.* INTO p FROM consent_proposal one WHERE one.id = proposal AND one.proposer_id = reader FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  now := api.clock_now();
  status := internal.proposal_status(p, true, now);
  IF status <> 'PROPOSED' THEN
    RETURN status;
  END IF;
  UPDATE consent_proposal one SET withdrawn_at = now WHERE one.id = proposal;
  PERFORM internal.note(actor, 'proposal.withdraw', 'DONE', jsonb_build_object('proposal', proposal), now);
  IF p.decision IS NULL AND internal.may_see_proposal(p.giver_id, p) THEN
    PERFORM internal.tell(actor, p.giver_id, 'proposal.withdrawn', jsonb_build_object('proposalId', proposal), now);
  END IF;
  RETURN 'ok';
END $$;

-- ----------------------------------------------------------------------------- statements and releases know their proposal

CREATE OR REPLACE FUNCTION api.record_statement(actor jsonb, p jsonb, evidence bytea) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_own(internal.acting(actor), ARRAY[(p ->> 'clientId')::uuid]);
  IF p ->> 'recordedBy' IS DISTINCT FROM actor ->> 'agency' THEN
    RAISE EXCEPTION 'recorded by somebody else' USING ERRCODE = 'LZ403';
  END IF;
  -- It comes from a proposal that this same agency has just confirmed, or from none.
  IF p ->> 'proposalId' IS NOT NULL AND NOT EXISTS (SELECT FROM consent_proposal c WHERE c.id = (p ->> 'proposalId')::uuid
      AND c.giver_id = (p ->> 'recordedBy')::uuid AND c.decision = 'CONFIRMED') THEN
    RAISE EXCEPTION 'not confirmed by who records it' USING ERRCODE = 'LZ403';
  END IF;
  INSERT INTO statement (id, client_id, decision, discloser_id, recipient_id, purpose, categories, stated_at, recorded_at,
    recorded_by, stated_by, age_band, valid_from, valid_until, form, capacity_confirmed, explicit_special_categories,
    language, text_hash, evidence_sealed, adult_from, proposal_id)
  VALUES ((p ->> 'id')::uuid, (p ->> 'clientId')::uuid, p ->> 'decision', (p ->> 'discloser')::uuid,
    (p ->> 'recipient')::uuid, p ->> 'purpose', internal.texts(p -> 'categories'),
    internal.moment((p ->> 'statedAt')::bigint), internal.moment((p ->> 'recordedAt')::bigint),
    (p ->> 'recordedBy')::uuid, p ->> 'statedBy', p ->> 'ageBand', internal.moment((p ->> 'validFrom')::bigint),
    internal.moment((p ->> 'validUntil')::bigint), p ->> 'form', (p ->> 'capacityConfirmed')::boolean,
    (p ->> 'explicitSpecialCategories')::boolean, p ->> 'language', p ->> 'textHash', evidence,
    internal.moment((p ->> 'adultFrom')::bigint), (p ->> 'proposalId')::uuid);
  UPDATE person SET version = version + 1
  WHERE id = (SELECT c.person_id FROM client c WHERE c.id = (p ->> 'clientId')::uuid);
  PERFORM internal.note(actor, 'statement.record', p ->> 'decision',
    jsonb_build_object('statement', p -> 'id', 'client', p -> 'clientId'), internal.moment((p ->> 'recordedAt')::bigint));
END $$;

CREATE OR REPLACE FUNCTION api.record_release(actor jsonb, p jsonb, evidence bytea) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_own(internal.acting(actor), ARRAY[(p ->> 'clientId')::uuid]);
  IF p ->> 'recordedBy' IS DISTINCT FROM actor ->> 'agency' THEN
    RAISE EXCEPTION 'recorded by somebody else' USING ERRCODE = 'LZ403';
  END IF;
  -- It comes from a proposal that this same agency has just confirmed, or from none.
  IF p ->> 'proposalId' IS NOT NULL AND NOT EXISTS (SELECT FROM consent_proposal c WHERE c.id = (p ->> 'proposalId')::uuid
      AND c.giver_id = (p ->> 'recordedBy')::uuid AND c.decision = 'CONFIRMED') THEN
    RAISE EXCEPTION 'not confirmed by who records it' USING ERRCODE = 'LZ403';
  END IF;
  INSERT INTO release (id, client_id, decision, origin_id, recipient_id, categories, stated_at, recorded_at,
    recorded_by, stated_by, age_band, valid_from, valid_until, form, capacity_confirmed, explicit_special_categories,
    language, text_hash, evidence_sealed, adult_from, proposal_id)
  VALUES ((p ->> 'id')::uuid, (p ->> 'clientId')::uuid, p ->> 'decision', (p ->> 'origin')::uuid,
    (p ->> 'recipient')::uuid, internal.texts(p -> 'categories'),
    internal.moment((p ->> 'statedAt')::bigint), internal.moment((p ->> 'recordedAt')::bigint),
    (p ->> 'recordedBy')::uuid, p ->> 'statedBy', p ->> 'ageBand', internal.moment((p ->> 'validFrom')::bigint),
    internal.moment((p ->> 'validUntil')::bigint), p ->> 'form', (p ->> 'capacityConfirmed')::boolean,
    (p ->> 'explicitSpecialCategories')::boolean, p ->> 'language', p ->> 'textHash', evidence,
    internal.moment((p ->> 'adultFrom')::bigint), (p ->> 'proposalId')::uuid);
  UPDATE person SET version = version + 1
  WHERE id = (SELECT c.person_id FROM client c WHERE c.id = (p ->> 'clientId')::uuid);
  PERFORM internal.note(actor, 'release.record', p ->> 'decision',
    jsonb_build_object('release', p -> 'id', 'client', p -> 'clientId'), internal.moment((p ->> 'recordedAt')::bigint));
END $$;

-- What the reader may see of what its client said. A yes: its discloser. A no: the discloser it is about, who recorded it,
-- and, where it names no discloser, every agency with a handle, then without who recorded it.
CREATE OR REPLACE FUNCTION api.list_statements(reader uuid, client uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE person uuid;
BEGIN
  PERFORM internal.demand_active(reader);
  SELECT c.person_id INTO person FROM public.client c WHERE c.id = client AND c.agency_id = reader;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT coalesce(jsonb_agg(to_jsonb(one) ORDER BY one."recordedAt" DESC, one.id DESC), '[]') FROM (
    SELECT s.id, client AS "clientId", s.decision, s.discloser_id AS discloser, s.recipient_id AS recipient, s.purpose,
      s.categories, internal.ms(s.stated_at) AS "statedAt", internal.ms(s.recorded_at) AS "recordedAt",
      CASE WHEN s.recorded_by = reader THEN s.recorded_by END AS "recordedBy", s.stated_by AS "statedBy",
      s.age_band AS "ageBand", internal.ms(s.valid_from) AS "validFrom", internal.ms(s.valid_until) AS "validUntil",
      s.form, s.capacity_confirmed AS "capacityConfirmed",
      s.explicit_special_categories AS "explicitSpecialCategories", s.language, s.text_hash AS "textHash",
      internal.ms(s.adult_from) AS "adultFrom",
      CASE WHEN s.recorded_by = reader THEN s.proposal_id END AS "proposalId",
      CASE WHEN s.recorded_by = reader THEN s.client_id END AS "sealedUnder",
      CASE WHEN s.recorded_by = reader THEN encode(s.evidence_sealed, 'base64') END AS "evidenceSealed",
      (SELECT encode(k.wrapped, 'base64') FROM client_key k
        WHERE k.client_id = s.client_id AND s.recorded_by = reader) AS wrapped
    FROM public.client c JOIN statement s ON s.client_id = c.id
    WHERE c.person_id = person
      AND (s.recorded_by = reader
        OR (s.decision <> 'GIVEN' AND (s.discloser_id IS NULL OR s.discloser_id = reader)))
      AND (after_id IS NULL OR (s.recorded_at, s.id) < (internal.moment(after_at), after_id))
    ORDER BY s.recorded_at DESC, s.id DESC LIMIT most) AS one);
END $$;

CREATE OR REPLACE FUNCTION api.list_releases(reader uuid, client uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE person uuid;
BEGIN
  PERFORM internal.demand_active(reader);
  SELECT c.person_id INTO person FROM public.client c WHERE c.id = client AND c.agency_id = reader;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT coalesce(jsonb_agg(to_jsonb(one) ORDER BY one."recordedAt" DESC, one.id DESC), '[]') FROM (
    SELECT r.id, client AS "clientId", r.decision, r.origin_id AS origin, r.recipient_id AS recipient,
      r.categories, internal.ms(r.stated_at) AS "statedAt", internal.ms(r.recorded_at) AS "recordedAt",
      CASE WHEN r.recorded_by = reader THEN r.recorded_by END AS "recordedBy", r.stated_by AS "statedBy",
      r.age_band AS "ageBand", internal.ms(r.valid_from) AS "validFrom", internal.ms(r.valid_until) AS "validUntil",
      r.form, r.capacity_confirmed AS "capacityConfirmed",
      r.explicit_special_categories AS "explicitSpecialCategories", r.language, r.text_hash AS "textHash",
      internal.ms(r.adult_from) AS "adultFrom",
      CASE WHEN r.recorded_by = reader THEN r.proposal_id END AS "proposalId",
      CASE WHEN r.recorded_by = reader THEN r.client_id END AS "sealedUnder",
      CASE WHEN r.recorded_by = reader THEN encode(r.evidence_sealed, 'base64') END AS "evidenceSealed",
      (SELECT encode(k.wrapped, 'base64') FROM client_key k
        WHERE k.client_id = r.client_id AND r.recorded_by = reader) AS wrapped
    FROM public.client c JOIN release r ON r.client_id = c.id
    WHERE c.person_id = person
      AND (r.recorded_by = reader
        OR (r.decision <> 'GIVEN' AND (r.origin_id IS NULL OR r.origin_id = reader)))
      AND (after_id IS NULL OR (r.recorded_at, r.id) < (internal.moment(after_at), after_id))
    ORDER BY r.recorded_at DESC, r.id DESC LIMIT most) AS one);
END $$;

GRANT EXECUTE ON FUNCTION api.get_proposal(uuid, uuid) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.list_proposals(uuid, boolean, bigint, uuid, int) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.propose_consent(jsonb, jsonb, bytea, int) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.settle_proposal(jsonb, uuid, text, uuid, bigint) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.withdraw_proposal(jsonb, uuid) TO laufzettel_service;
