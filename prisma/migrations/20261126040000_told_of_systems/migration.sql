-- Whoever holds the key of an agency's system acts for that agency. The admin registers it, so the agency is told, as it is of
-- new keys and of a system that is switched off: it sees by listSystems what it has not asked for, and switches it off.

CREATE OR REPLACE FUNCTION api.register_system(actor jsonb, p jsonb) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE now timestamptz := api.clock_now();
BEGIN
  PERFORM internal.demand_admin(actor);
  IF p ->> 'agencyId' IS NOT NULL AND NOT EXISTS (SELECT FROM agency a WHERE a.id = (p ->> 'agencyId')::uuid) THEN
    RETURN jsonb_build_object('outcome', 'not-found');
  END IF;
  INSERT INTO system_client (client_id, agency_id, scopes, jwks, created_at)
  VALUES (p ->> 'clientId', (p ->> 'agencyId')::uuid, internal.texts(p -> 'scopes'), p -> 'jwks', now)
  ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('outcome', 'conflict');
  END IF;
  PERFORM internal.note(actor, 'system.register', 'DONE',
    jsonb_build_object('agency', p -> 'agencyId', 'system', p -> 'clientId'), now);
  PERFORM internal.tell(actor, (p ->> 'agencyId')::uuid, 'system.registered', jsonb_build_object('clientId', p -> 'clientId'), now)
  WHERE p ->> 'agencyId' IS NOT NULL;
  RETURN jsonb_build_object('outcome', 'ok', 'createdAt', internal.ms(now));
END $$;
