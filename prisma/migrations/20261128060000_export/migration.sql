-- What an agency takes away of its own, in one snapshot: the lists that there are, and these functions for what no list gives at
-- once. They read alone; only the first one writes, before the snapshot is taken.

-- One at once of each agency, however many instances there are: for as long as the session lasts that calls this. Gives the
-- moment; null: another one is under way. It is in the audit before anything is read.
CREATE FUNCTION api.begin_export(actor jsonb) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  agency uuid := internal.acting(actor);
  now timestamptz;
BEGIN
  IF agency IS NULL OR NOT pg_try_advisory_lock(hashtextextended('laufzettel export ' || agency, 0)) THEN
    RETURN NULL;
  END IF;
  now := api.clock_now();
  PERFORM internal.note(actor, 'agency.export', 'DONE', '{}', now);
  RETURN internal.ms(now);
END $$;
GRANT EXECUTE ON FUNCTION api.begin_export(jsonb) TO laufzettel_service;

CREATE FUNCTION api.export_agreements(reader uuid, after_at bigint, after_id uuid, most int) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (
    SELECT coalesce(json_agg(json_build_object('id', a.id, 'title', a.title, 'purposes', a.purposes, 'categories', a.categories,
      'from', internal.ms(a.valid_from), 'until', internal.ms(a.valid_until), 'terminatedAt', internal.ms(a.terminated_at),
      'turnus', a.turnus, 'daysToRemind', a.days_to_remind, 'daysToAccept', a.days_to_accept,
      'daysToAnswer', a.days_to_answer, 'daysToAcknowledge', a.days_to_acknowledge,
      'version', a.version, 'createdAt', internal.ms(a.created_at),
      'parties', (SELECT json_agg(json_build_object('agencyId', p.agency_id, 'signedAt', internal.ms(p.signed_at),
        'leftAt', internal.ms(p.left_at)) ORDER BY p.agency_id) FROM agreement_party p WHERE p.agreement_id = a.id))
      ORDER BY a.created_at, a.id), '[]')
    FROM (
      SELECT one.* FROM agreement_party party JOIN agreement one ON one.id = party.agreement_id
      WHERE party.agency_id = reader
        AND (after_id IS NULL OR (one.created_at, one.id) > (internal.moment(after_at), after_id))
      ORDER BY one.created_at, one.id LIMIT most) AS a);
END $$;
GRANT EXECUTE ON FUNCTION api.export_agreements(uuid, bigint, uuid, int) TO laufzettel_service;

-- Own clients, oldest first, each with the beginning of what stands in its lists. What is listed for a person, by whichever of the
-- reader's handles it is asked for, comes with the oldest of them.
CREATE FUNCTION api.export_clients(reader uuid, after_at bigint, after_id uuid, most int, listed int) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (
    SELECT coalesce(json_agg(json_build_object('id', c.id, 'createdAt', internal.ms(c.created_at),
      'sealedFileReference', encode(c.file_reference_sealed, 'base64'),
      'wrapped', (SELECT encode(k.wrapped, 'base64') FROM client_key k WHERE k.client_id = c.id),
      'statements', CASE WHEN c.is_first THEN api.list_statements(reader, c.id, NULL, NULL, listed) ELSE '[]' END,
      'releases', CASE WHEN c.is_first THEN api.list_releases(reader, c.id, NULL, NULL, listed) ELSE '[]' END,
      'disclosures', CASE WHEN c.is_first THEN api.list_disclosures(reader, c.id, NULL, NULL, listed) ELSE '[]' END)
      ORDER BY c.created_at, c.id), '[]')
    FROM (
      SELECT one.*, NOT EXISTS (
        SELECT FROM client older WHERE older.person_id = one.person_id AND older.agency_id = reader
          AND (older.created_at, older.id) < (one.created_at, one.id)) AS is_first
      FROM client one
      WHERE one.agency_id = reader
        AND (after_id IS NULL OR (one.created_at, one.id) > (internal.moment(after_at), after_id))
      ORDER BY one.created_at, one.id LIMIT most) AS c);
END $$;
GRANT EXECUTE ON FUNCTION api.export_clients(uuid, bigint, uuid, int, int) TO laufzettel_service;

-- What the reader wrote about these clients of its own, by client and age: at most so many entries, and so many bytes of ciphertext
-- unless one alone has more. last: where the next page begins; null: none is left. No facts come along: an author needs nobody's
-- consent to read what it wrote.
CREATE FUNCTION api.export_entries(reader uuid, clients uuid[], after_client uuid, after_at bigint, after_id uuid, most int,
  most_bytes bigint) RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  entries uuid[];
  last json;
BEGIN
  PERFORM internal.demand_active(reader);
  WITH page AS MATERIALIZED (
    SELECT e.id, e.client_id, e.created_at, octet_length(p.sealed) AS bytes
    FROM entry e JOIN client c ON c.id = e.client_id JOIN entry_payload p ON p.entry_id = e.id
    WHERE e.client_id = ANY (clients) AND c.agency_id = reader AND e.origin_id = reader
      AND (after_id IS NULL OR (e.client_id, e.created_at, e.id) > (after_client, internal.moment(after_at), after_id))
    ORDER BY e.client_id, e.created_at, e.id LIMIT most
  ), fitting AS (
    SELECT one.* FROM (
      SELECT page.*, sum(page.bytes) OVER (ORDER BY page.client_id, page.created_at, page.id) - page.bytes AS before FROM page) AS one
    WHERE one.before < most_bytes
  )
  SELECT array_agg(f.id ORDER BY f.client_id, f.created_at, f.id),
    (array_agg(json_build_object('clientId', f.client_id, 'at', internal.ms(f.created_at), 'id', f.id)
      ORDER BY f.client_id DESC, f.created_at DESC, f.id DESC))[1]
  INTO entries, last FROM fitting f;
  IF entries IS NULL THEN
    RETURN json_build_object('entries', '[]'::json, 'sealed', '{}'::json, 'handles', '{}'::json, 'last', NULL);
  END IF;
  RETURN json_build_object('entries', internal.entry_metas(entries), 'sealed', internal.sealed(entries),
    'handles', internal.handles_of(reader, internal.concerned(entries)), 'last', last);
END $$;
GRANT EXECUTE ON FUNCTION api.export_entries(uuid, uuid[], uuid, bigint, uuid, int, bigint) TO laufzettel_service;
