-- A suspended agency is told, and so is everybody who works with it.
--
-- Whoever waits for events is woken by what it is told, asks again, and is refused: so a long poll and a socket of the suspended
-- agency end at once, at whichever instance they are.

-- Whoever has signed, with that agency, an agreement that is not over.
CREATE FUNCTION internal.partners_of(agency uuid, at timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT DISTINCT other.agency_id
  FROM agreement_party own
    JOIN agreement a ON a.id = own.agreement_id
    JOIN agreement_party other ON other.agreement_id = a.id AND other.agency_id <> agency
  WHERE own.agency_id = agency AND own.signed_at IS NOT NULL AND own.left_at IS NULL
    AND other.signed_at IS NOT NULL AND other.left_at IS NULL
    AND a.terminated_at IS NULL AND at < coalesce(a.valid_until, 'infinity')
$$;

-- As before, and told. To suspend twice is once.
CREATE OR REPLACE FUNCTION api.change_agency(actor jsonb, agency uuid, change text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz;
  present public.agency;
BEGIN
  PERFORM internal.demand_admin(actor);
  SELECT a.* INTO present FROM public.agency a WHERE a.id = agency FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM api.lock_persons_of_agency(agency);
  now := api.clock_now();
  UPDATE public.agency a SET version = a.version + 1,
    suspended_at = CASE change WHEN 'SUSPEND' THEN coalesce(a.suspended_at, now) END
  WHERE a.id = agency;
  PERFORM internal.note(actor, 'agency.' || lower(change), 'DONE', jsonb_build_object('agency', agency), now);
  IF (change = 'SUSPEND') = (present.suspended_at IS NULL) THEN
    PERFORM internal.tell(actor, told.id, CASE change WHEN 'SUSPEND' THEN 'agency.suspended' ELSE 'agency.reinstated' END,
      jsonb_build_object('agencyId', agency), now)
    FROM (SELECT agency AS id UNION ALL SELECT internal.partners_of(agency, now)) AS told;
  END IF;
  RETURN true;
END $$;
