-- What was told by a detour: by whom a Laufzettel was made, that there is a plan, and what did not end a disclosure.

-- As before, but of a task only its maker and who received it from its maker are told that it is one: to whoever got it from a third
-- agency the conference would tell who made it (docs/adr/0017).
CREATE OR REPLACE FUNCTION internal.agenda_item(reader uuid, c conference, item conference_item, core text[], now timestamptz) RETURNS jsonb
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

-- As before, but what its reader had read elsewhere, and nothing of in the plan, is no trace of the plan: a proposal that was gone
-- before it was read has never been there. Whoever answered it had read it, by whatever disclosure.
CREATE OR REPLACE FUNCTION internal.plan_traces(reader uuid, plan uuid, at timestamptz)
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

-- As before, with the instant at which a forwarding was recalled, rejected or has expired: of what had ended before it was not the cause.
CREATE OR REPLACE FUNCTION api.read_own_page(reader uuid, client uuid, most int, most_bytes bigint) RETURNS json
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz;
  person uuid;
  entries uuid[];
  opened uuid[];
  persons uuid[];
  statements jsonb;
  releases jsonb;
  disclosures jsonb;
  closures jsonb;
  agencies uuid[];
  agreements uuid[];
BEGIN
  PERFORM internal.demand_active(reader);
  SELECT c.person_id INTO person FROM public.client c WHERE c.id = client AND c.agency_id = reader;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  now := api.clock_now();
  entries := ARRAY(
    SELECT e.id FROM public.client c JOIN entry e ON e.client_id = c.id
    WHERE c.person_id = person
      AND (e.origin_id = reader OR EXISTS (SELECT FROM disclosure d WHERE d.entry_id = e.id AND d.to_id = reader
             AND d.closed_at IS NULL AND now < d.good_until))
    ORDER BY e.created_at, e.id LIMIT most + 1);
  statements := api.list_statements(reader, client, NULL, NULL, most + 1);
  releases := api.list_releases(reader, client, NULL, NULL, most + 1);
  disclosures := api.list_disclosures(reader, client, NULL, NULL, most + 1);
  closures := api.list_closures(reader, client, NULL, NULL, most + 1);
  opened := ARRAY(SELECT e.id FROM entry e WHERE e.id = ANY (entries) AND e.category <> 'DOKUMENT');
  IF cardinality(entries) + jsonb_array_length(statements) + jsonb_array_length(releases) + jsonb_array_length(disclosures)
      + jsonb_array_length(closures) > most
    OR (SELECT sum(octet_length(p.sealed)) FROM entry_payload p WHERE p.entry_id = ANY (opened)) > most_bytes THEN
    RETURN json_build_object('tooMuch', true);
  END IF;
  disclosures := internal.about_first(disclosures, person);
  closures := internal.about_first(closures, person);
  persons := internal.concerned(entries);
  agencies := ARRAY(
    SELECT reader UNION SELECT e.origin_id FROM entry e WHERE e.id = ANY (entries)
    UNION SELECT named.id::uuid FROM jsonb_array_elements(statements || releases || disclosures || closures) AS one,
      LATERAL (VALUES (one ->> 'from'), (one ->> 'to'), (one ->> 'origin'), (one ->> 'discloser'), (one ->> 'recipient')) AS named(id)
    WHERE named.id IS NOT NULL);
  agreements := ARRAY(
    SELECT DISTINCT named.id::uuid FROM jsonb_array_elements(disclosures) AS one,
      jsonb_array_elements_text(one #> '{basis,agreements}') AS named(id)
    WHERE jsonb_typeof(one -> 'basis') = 'object');
  RETURN json_build_object(
    'at', internal.ms(now),
    'client', (
      SELECT json_build_object('id', c.id, 'createdAt', internal.ms(c.created_at),
        'sealedFileReference', encode(c.file_reference_sealed, 'base64'),
        'wrapped', (SELECT encode(k.wrapped, 'base64') FROM client_key k WHERE k.client_id = c.id))
      FROM public.client c WHERE c.id = client),
    'entries', internal.entry_metas(entries),
    'sealed', internal.sealed(opened),
    'handles', internal.handles_of(reader, persons),
    'rows', (
      SELECT coalesce(json_agg(json_build_object('id', d.id, 'person', d.person_id, 'fetched', d.fetched_at IS NOT NULL,
        'kind', l.kind) ORDER BY d.opened_at, d.id), '[]')
      FROM disclosure d JOIN forwarding f ON f.id = d.forwarding_id JOIN laufzettel l ON l.id = f.laufzettel_id
      WHERE d.entry_id = ANY (entries) AND d.to_id = reader AND d.closed_at IS NULL),
    'facts', internal.facts(persons, entries, ARRAY[reader]),
    'erased', (
      SELECT coalesce(json_agg(json_build_object('id', e.id, 'category', e.category, 'createdAt', internal.ms(e.created_at),
        'erasedAt', internal.ms(k.destroyed_at)) ORDER BY e.created_at, e.id), '[]')
      FROM entry e JOIN client_key k ON k.client_id = e.client_id
      WHERE e.id = ANY (entries) AND e.origin_id = reader AND k.wrapped IS NULL),
    'statements', statements, 'releases', releases, 'disclosures', disclosures, 'closures', closures,
    -- What became of a forwarding its sender sees anyway; at the instant at which all of it ended that had not ended before.
    'endedForwardings', (
      SELECT coalesce(json_agg(json_build_object('id', f.id, 'endedAt', internal.ms(
        CASE internal.status_of(f, now) WHEN 'EXPIRED' THEN f.expires_at
        ELSE (SELECT max(d.closed_at) FROM disclosure d WHERE d.forwarding_id = f.id) END))), '[]') FROM forwarding f
      WHERE f.from_id = reader AND internal.status_of(f, now) IN ('REJECTED', 'RECALLED', 'EXPIRED')
        AND f.id IN (SELECT (one ->> 'forwardingId')::uuid FROM jsonb_array_elements(disclosures) AS one)),
    'agencies', (
      SELECT coalesce(json_agg(json_build_object('id', a.id, 'name', a.name, 'sponsor', a.sponsor, 'legalRegime', a.legal_regime,
        'suspendedAt', internal.ms(a.suspended_at)) ORDER BY a.id), '[]')
      FROM agency a WHERE a.id = ANY (agencies)),
    'agreements', (
      SELECT coalesce(json_agg(json_build_object('id', a.id, 'title', a.title, 'from', internal.ms(a.valid_from),
        'until', internal.ms(a.valid_until), 'terminatedAt', internal.ms(a.terminated_at),
        'parties', (SELECT json_agg(json_build_object('agencyId', p.agency_id, 'leftAt', internal.ms(p.left_at)) ORDER BY p.agency_id)
                    FROM agreement_party p WHERE p.agreement_id = a.id)) ORDER BY a.valid_from, a.id), '[]')
      FROM agreement a WHERE a.id = ANY (agreements)));
END $$;
