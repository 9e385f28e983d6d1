-- The papers that an agency puts before a client: what was asked, word for word, so that whoever shows a signature can show what
-- was signed (Art. 7(1) GDPR).
--
-- That somebody is asked is personal data. The text is ciphertext under the handle's key, the row is reached by its agency alone,
-- and erasing the handle deletes it: what was recorded from it keeps the hash, as proof of what the agency has on paper.

CREATE TABLE consent_text (
  id          uuid PRIMARY KEY,
  client_id   uuid NOT NULL REFERENCES client,
  agency_id   uuid NOT NULL REFERENCES agency,
  kind        text NOT NULL CHECK (kind IN ('CONSENT', 'RELEASE')),
  language    text NOT NULL,
  stated_by   text NOT NULL CHECK (stated_by IN ('PERSON', 'GUARDIAN', 'LEGAL_REPRESENTATIVE')),
  age_band    text NOT NULL CHECK (age_band IN ('UNDER_15', 'FROM_15_TO_17', 'ADULT')),
  valid_until timestamptz(3) NOT NULL,
  -- A list of {recipient, purpose (of a release null), categories}.
  lines       jsonb NOT NULL CHECK (jsonb_array_length(lines) > 0),
  text_sealed bytea NOT NULL,
  -- SHA-256 of the text in hexadecimal digits. The text holds its own id, so no two have the same.
  text_hash   text NOT NULL CHECK (text_hash ~ '^[0-9a-f]{64}$'),
  created_at  timestamptz(3) NOT NULL,
  -- It has ended and something was recorded from it, so it stays; not looked at again.
  kept        boolean NOT NULL DEFAULT false,
  CHECK (created_at < valid_until),
  UNIQUE (agency_id, text_hash)
);
CREATE INDEX consent_text_client ON consent_text (client_id, created_at, id);
CREATE INDEX consent_text_agency ON consent_text (agency_id, created_at, id);
CREATE INDEX consent_text_ended ON consent_text (valid_until) WHERE NOT kept;
ALTER TABLE consent_text ENABLE ROW LEVEL SECURITY;

-- What was printed stays as it was printed.
CREATE TRIGGER consent_text_keep BEFORE UPDATE ON consent_text FOR EACH ROW
  WHEN (to_jsonb(NEW) - 'kept' IS DISTINCT FROM to_jsonb(OLD) - 'kept') EXECUTE FUNCTION internal.append_only();
CREATE TRIGGER consent_text_no_truncate BEFORE TRUNCATE ON consent_text
  FOR EACH STATEMENT EXECUTE FUNCTION internal.append_only();
CREATE TRIGGER consent_text_of_kept BEFORE INSERT ON consent_text
  FOR EACH ROW EXECUTE FUNCTION internal.handle_is_kept('client_id');

CREATE FUNCTION internal.forget_consent_texts() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM consent_text t WHERE t.client_id = NEW.client_id;
  RETURN NULL;
END $$;
CREATE TRIGGER client_key_takes_texts AFTER UPDATE OF wrapped ON client_key
  FOR EACH ROW WHEN (NEW.wrapped IS NULL AND OLD.wrapped IS NOT NULL) EXECUTE FUNCTION internal.forget_consent_texts();

-- ------------------------------------------------------------------------------------------------- making and reading

-- ok, or too-many: as many about this client as may be kept. ciphers: the texts, in the order of p's "texts".
CREATE FUNCTION api.make_consent_texts(actor jsonb, p jsonb, ciphers bytea[], most int) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  handle uuid := (p ->> 'clientId')::uuid;
  at timestamptz := internal.moment((p ->> 'createdAt')::bigint);
BEGIN
  PERFORM internal.demand_own(reader, ARRAY[handle]);
  -- One after the other about a client, so that they can be counted.
  PERFORM FROM client c WHERE c.id = handle FOR NO KEY UPDATE;
  IF (SELECT count(*) FROM consent_text t WHERE t.client_id = handle) + jsonb_array_length(p -> 'texts') > most THEN
    RETURN 'too-many';
  END IF;
  INSERT INTO consent_text (id, client_id, agency_id, kind, language, stated_by, age_band, valid_until, lines, text_sealed,
    text_hash, created_at)
  SELECT (one ->> 'id')::uuid, handle, reader, one ->> 'kind', p ->> 'language', p ->> 'statedBy', p ->> 'ageBand',
    internal.moment((p ->> 'validUntil')::bigint), one -> 'lines', ciphers[place], one ->> 'textHash', at
  FROM jsonb_array_elements(p -> 'texts') WITH ORDINALITY AS texts (one, place);
  PERFORM internal.note(actor, 'consent-text.make', 'DONE', p -> 'subject', at);
  RETURN 'ok';
END $$;

CREATE FUNCTION internal.consent_text_view(t consent_text) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('id', t.id, 'clientId', t.client_id, 'kind', t.kind, 'language', t.language,
    'statedBy', t.stated_by, 'ageBand', t.age_band, 'validUntil', internal.ms(t.valid_until), 'lines', t.lines,
    'textHash', t.text_hash, 'createdAt', internal.ms(t.created_at), 'sealed', encode(t.text_sealed, 'base64'),
    'wrapped', (SELECT encode(k.wrapped, 'base64') FROM client_key k WHERE k.client_id = t.client_id))
$$;

CREATE FUNCTION api.get_consent_text(reader uuid, text_id uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT internal.consent_text_view(t) FROM consent_text t
          WHERE t.id = text_id AND t.agency_id = reader);
END $$;

-- About one of the reader's clients, or about all of them (null); newest first. Null: the client is not the reader's.
CREATE FUNCTION api.list_consent_texts(reader uuid, client uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  IF client IS NOT NULL AND NOT EXISTS (SELECT FROM public.client c WHERE c.id = client AND c.agency_id = reader) THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT coalesce(jsonb_agg(internal.consent_text_view(one) ORDER BY one.created_at DESC, one.id DESC), '[]') FROM (
    SELECT t.* FROM consent_text t
    WHERE t.agency_id = reader AND (client IS NULL OR t.client_id = client)
      AND (after_id IS NULL OR (t.created_at, t.id) < (internal.moment(after_at), after_id))
    ORDER BY t.created_at DESC, t.id DESC LIMIT most) AS one);
END $$;

-- Of the texts with these hashes the reader's own, without their words: what may be recorded from them.
CREATE FUNCTION api.named_consent_texts(reader uuid, hashes text[]) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT coalesce(jsonb_agg(internal.consent_text_view(t) - 'sealed' - 'wrapped'), '[]') FROM consent_text t
          WHERE t.agency_id = reader AND t.text_hash = ANY (hashes));
END $$;

-- What was asked, and neither signed nor of use any more, is nobody's to keep (Art. 5(1)(e) GDPR). Gives how many ended texts were
-- looked at.
CREATE FUNCTION api.forget_consent_texts(most int) RETURNS int LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  WITH ended AS (
    SELECT t.id, EXISTS (SELECT FROM statement s WHERE s.client_id = t.client_id AND s.text_hash = t.text_hash)
      OR EXISTS (SELECT FROM release r WHERE r.client_id = t.client_id AND r.text_hash = t.text_hash) AS signed
    FROM consent_text t WHERE NOT t.kept AND t.valid_until <= api.clock_now()
    ORDER BY t.valid_until LIMIT most FOR UPDATE SKIP LOCKED
  ), settled AS (
    UPDATE consent_text t SET kept = true FROM ended WHERE t.id = ended.id AND ended.signed
  ), forgotten AS (
    DELETE FROM consent_text t USING ended WHERE t.id = ended.id AND NOT ended.signed
  )
  SELECT count(*)::int FROM ended
$$;

GRANT EXECUTE ON FUNCTION api.forget_consent_texts(int) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.make_consent_texts(jsonb, jsonb, bytea[], int) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.get_consent_text(uuid, uuid) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.list_consent_texts(uuid, uuid, bigint, uuid, int) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.named_consent_texts(uuid, text[]) TO laufzettel_service;

-- --------------------------------------------------------------------------- what was recorded from one says from which

-- No column says it: the hash does, for it is that of one text alone. Null once the text was erased, and for paper of elsewhere.
CREATE FUNCTION internal.consent_text_of(reader uuid, hash text) RETURNS uuid LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT t.id FROM consent_text t WHERE t.agency_id = reader AND t.text_hash = hash
$$;

-- As before otherwise.
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
    SELECT s.id, client AS "clientId", s.decision,
      CASE WHEN s.recorded_by = reader THEN s.discloser_id ELSE reader END AS discloser,
      s.recipient_id AS recipient, s.purpose,
      s.categories, internal.ms(s.stated_at) AS "statedAt", internal.ms(s.recorded_at) AS "recordedAt",
      CASE WHEN s.recorded_by = reader THEN s.recorded_by END AS "recordedBy", s.stated_by AS "statedBy",
      s.age_band AS "ageBand", internal.ms(s.valid_from) AS "validFrom", internal.ms(s.valid_until) AS "validUntil",
      s.form, s.capacity_confirmed AS "capacityConfirmed",
      s.explicit_special_categories AS "explicitSpecialCategories", s.language, s.text_hash AS "textHash",
      internal.ms(s.adult_from) AS "adultFrom",
      CASE WHEN s.recorded_by = reader THEN s.proposal_id END AS "proposalId",
      CASE WHEN s.recorded_by = reader THEN internal.consent_text_of(reader, s.text_hash) END AS "consentTextId",
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
    SELECT r.id, client AS "clientId", r.decision,
      CASE WHEN r.recorded_by = reader THEN r.origin_id ELSE reader END AS origin,
      r.recipient_id AS recipient,
      r.categories, internal.ms(r.stated_at) AS "statedAt", internal.ms(r.recorded_at) AS "recordedAt",
      CASE WHEN r.recorded_by = reader THEN r.recorded_by END AS "recordedBy", r.stated_by AS "statedBy",
      r.age_band AS "ageBand", internal.ms(r.valid_from) AS "validFrom", internal.ms(r.valid_until) AS "validUntil",
      r.form, r.capacity_confirmed AS "capacityConfirmed",
      r.explicit_special_categories AS "explicitSpecialCategories", r.language, r.text_hash AS "textHash",
      internal.ms(r.adult_from) AS "adultFrom",
      CASE WHEN r.recorded_by = reader THEN r.proposal_id END AS "proposalId",
      CASE WHEN r.recorded_by = reader THEN internal.consent_text_of(reader, r.text_hash) END AS "consentTextId",
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
