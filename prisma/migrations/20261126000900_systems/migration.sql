-- Seeing an agency's systems, giving one new keys, and switching one off: by the admin, or by the agency for its own.

CREATE FUNCTION internal.system_view(s system_client) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object('clientId', s.client_id, 'agencyId', s.agency_id, 'scopes', to_jsonb(s.scopes),
    'keyIds', (SELECT coalesce(jsonb_agg(key -> 'kid'), '[]') FROM jsonb_array_elements(s.jwks -> 'keys') AS key),
    'createdAt', internal.ms(s.created_at), 'disabledAt', internal.ms(s.disabled_at))
$$;

-- Whether the actor may look after that agency's systems: the admin, and the agency itself.
CREATE FUNCTION internal.looks_after(actor jsonb, agency uuid) RETURNS boolean LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
DECLARE reader uuid := internal.acting(actor);
BEGIN
  IF reader IS NULL THEN
    PERFORM internal.demand_admin(actor);
    RETURN EXISTS (SELECT FROM public.agency a WHERE a.id = looks_after.agency);
  END IF;
  RETURN reader = agency;
END $$;

-- In the order of their names; an agency has few. Null: not the actor's to see.
CREATE FUNCTION api.list_systems(actor jsonb, agency uuid) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT internal.looks_after(actor, agency) THEN
    RETURN NULL;
  END IF;
  RETURN (SELECT coalesce(jsonb_agg(internal.system_view(s) ORDER BY s.client_id), '[]')
          FROM system_client s WHERE s.agency_id = list_systems.agency);
END $$;

-- REKEY: the old keys get no token any more. DISABLE: none of its keys does; it stays so. Tokens that are out end by
-- themselves within minutes. Null: no such system of that agency, or not the actor's; a disabled one gets no new keys.
CREATE FUNCTION api.change_system(actor jsonb, agency uuid, system text, change text, jwks jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz;
  s system_client;
BEGIN
  IF NOT internal.looks_after(actor, agency) THEN
    RETURN NULL;
  END IF;
  SELECT one.* INTO s FROM system_client one WHERE one.client_id = system AND one.agency_id = agency FOR NO KEY UPDATE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF s.disabled_at IS NOT NULL THEN
    RETURN jsonb_build_object('outcome', 'disabled');
  END IF;
  now := api.clock_now();
  UPDATE system_client one SET
    jwks = CASE change WHEN 'REKEY' THEN change_system.jwks ELSE one.jwks END,
    disabled_at = CASE change WHEN 'DISABLE' THEN now END
  WHERE one.client_id = system RETURNING one.* INTO s;
  PERFORM internal.note(actor, 'system.' || lower(change), 'DONE', jsonb_build_object('agency', agency, 'system', system), now);
  PERFORM internal.tell(actor, agency, CASE change WHEN 'REKEY' THEN 'system.rekeyed' ELSE 'system.disabled' END,
    jsonb_build_object('clientId', system), now);
  RETURN jsonb_build_object('outcome', 'ok', 'system', internal.system_view(s));
END $$;

GRANT EXECUTE ON FUNCTION api.list_systems(jsonb, uuid), api.change_system(jsonb, uuid, text, text, jsonb) TO laufzettel_service;
