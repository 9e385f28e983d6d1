-- Of what was listed about a person, what is about that person first of all: an entry that was written about another one and
-- only concerns this one as well would tell this one of the other (Art. 15(4) GDPR).
CREATE FUNCTION internal.about_first(listed jsonb, person uuid) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT coalesce(jsonb_agg(one.value ORDER BY one.place), '[]')
  FROM jsonb_array_elements(listed) WITH ORDINALITY AS one(value, place)
  WHERE EXISTS (SELECT FROM entry e JOIN client c ON c.id = e.client_id
                WHERE e.id = (one.value ->> 'entryId')::uuid AND c.person_id = about_first.person)
$$;

-- Everything that goes on the page of a person (Art. 15 GDPR), in one snapshot, as its lists give it to this reader: what it wrote
-- and holds, who received what, what was said, what was answered. Null: not the reader's client. {tooMuch}: of all that is listed
-- more than `most`, or more ciphertext than `most_bytes`, files aside.
--
-- Files come without their ciphertext, which is fetched for one after the other: a page shows no more of them than their names. `at` is read
-- before the lists are, which ask the clock themselves; so what they say of a later instant than that has not happened yet. A forwarding
-- that was recalled, rejected or has expired comes with the instant: of what had ended before it was not the cause.
CREATE FUNCTION api.read_own_page(reader uuid, client uuid, most int, most_bytes bigint) RETURNS json
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
GRANT EXECUTE ON FUNCTION api.read_own_page(uuid, uuid, int, bigint) TO laufzettel_service;

-- That a page was made, and what was read by it, in one transaction: before it leaves. As api.mark_read otherwise. Gives handles.
CREATE FUNCTION api.mark_own_page(actor jsonb, client uuid, first_reads uuid[], entries uuid[], at_ms bigint, new_handles jsonb)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  at timestamptz := internal.moment(at_ms);
  subject jsonb := jsonb_build_object('entries', to_jsonb(entries));
  handles jsonb := '{}';
BEGIN
  PERFORM internal.demand_own(reader, ARRAY[client]);
  IF cardinality(first_reads) > 0 OR new_handles <> '[]' THEN
    handles := internal.mark_first(actor, reader, first_reads, NULL, subject, at, new_handles);
  END IF;
  IF cardinality(entries) > 0 THEN
    PERFORM internal.note(actor, 'entries.read', 'PERMIT', subject, at);
  END IF;
  PERFORM internal.note(actor, 'client.own-page', 'DONE', jsonb_build_object('client', client), at);
  RETURN handles;
END $$;
GRANT EXECUTE ON FUNCTION api.mark_own_page(jsonb, uuid, uuid[], uuid[], bigint, jsonb) TO laufzettel_service;
