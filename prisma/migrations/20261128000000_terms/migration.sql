-- What the parties of an agreement promise each other about time, and the Land whose public holidays an agency keeps.

-- ISO 3166-2:DE without "DE-". Null: only the holidays that all of Germany has are known of it.
ALTER TABLE agency ADD COLUMN land text CHECK (land IN ('BW', 'BY', 'BE', 'BB', 'HB', 'HH', 'HE', 'MV', 'NI', 'NW', 'RP', 'SL',
  'SN', 'ST', 'SH', 'TH'));

-- turnus: the rhythm of the regular round, a recurrence rule (RFC 5545 section 3.3.10) read in Europe/Berlin; null: there is none.
-- Days are calendar days in Europe/Berlin; until the recipient is reminded, until it expires, until an answer is due, until a
-- closing has to have been answered.
ALTER TABLE agreement
  ADD COLUMN turnus text CHECK (length(turnus) <= 500),
  ADD COLUMN days_to_remind smallint NOT NULL DEFAULT 3 CHECK (days_to_remind BETWEEN 1 AND 365),
  ADD COLUMN days_to_accept smallint NOT NULL DEFAULT 14 CHECK (days_to_accept BETWEEN 1 AND 365),
  ADD COLUMN days_to_answer smallint NOT NULL DEFAULT 28 CHECK (days_to_answer BETWEEN 1 AND 365),
  ADD COLUMN days_to_acknowledge smallint NOT NULL DEFAULT 14 CHECK (days_to_acknowledge BETWEEN 1 AND 365);

-- As before, with the Land.
CREATE OR REPLACE FUNCTION api.create_agency(actor jsonb, p jsonb) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE now timestamptz := api.clock_now();
BEGIN
  PERFORM internal.demand_admin(actor);
  INSERT INTO agency (id, kind, name, sponsor, public_body, legal_regime, services, target_groups, topics, languages, land, created_at)
  VALUES ((p ->> 'id')::uuid, p ->> 'kind', p ->> 'name', p ->> 'sponsor', (p ->> 'publicBody')::boolean, p ->> 'legalRegime',
    internal.texts(p -> 'services'), internal.texts(p -> 'targetGroups'), internal.texts(p -> 'topics'),
    internal.texts(p -> 'languages'), p ->> 'land', now);
  PERFORM internal.note(actor, 'agency.create', 'DONE', jsonb_build_object('agency', p -> 'id'), now);
END $$;

-- As before, with the terms.
CREATE OR REPLACE FUNCTION api.create_agreement(actor jsonb, p jsonb) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz;
  parties uuid[] := internal.uuids(p -> 'parties');
BEGIN
  PERFORM internal.acting(actor);
  now := api.clock_now();
  IF (SELECT count(*) FROM agency a WHERE a.id = ANY (parties)) < cardinality(parties) THEN
    RETURN 'party-unknown';
  END IF;
  INSERT INTO agreement (id, title, purposes, categories, valid_from, valid_until, turnus, days_to_remind, days_to_accept,
    days_to_answer, days_to_acknowledge, created_at)
  VALUES ((p ->> 'id')::uuid, p ->> 'title', internal.texts(p -> 'purposes'), internal.texts(p -> 'categories'),
    internal.moment((p ->> 'from')::bigint), internal.moment((p ->> 'until')::bigint), p ->> 'turnus',
    (p ->> 'daysToRemind')::smallint, (p ->> 'daysToAccept')::smallint, (p ->> 'daysToAnswer')::smallint,
    (p ->> 'daysToAcknowledge')::smallint, now);
  INSERT INTO agreement_party (agreement_id, agency_id) SELECT (p ->> 'id')::uuid, unnest(parties);
  PERFORM internal.note(actor, 'agreement.create', 'DONE', jsonb_build_object('agreement', p -> 'id'), now);
  PERFORM internal.tell(actor, party, 'agreement.created', jsonb_build_object('agreementId', p -> 'id'), now)
    FROM unnest(parties) AS party;
  RETURN 'ok';
END $$;
