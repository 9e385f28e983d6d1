-- A no that names no giver is shown cut down to the reader's own scope: that it holds for the reader, and not whether it holds
-- for others. Whoever recorded it sees it as it was said. As before otherwise.
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
