-- Who declines a part of a plan does not gain time by it: what the proposal disclosed ends when it would have ended had nobody
-- answered, unless its forwarding had been accepted before.

CREATE INDEX plan_proposal_forwarding ON plan_proposal (forwarding_id);

CREATE OR REPLACE FUNCTION internal.expiry_cap(forwarding uuid) RETURNS timestamptz LANGUAGE sql STABLE
SET search_path = public, pg_temp AS $$
  SELECT f.expires_at FROM public.forwarding f WHERE f.id = expiry_cap.forwarding AND (f.status IN ('SENT', 'DELIVERED')
    OR (f.status = 'CLOSED'
      AND EXISTS (SELECT FROM plan_proposal p WHERE p.forwarding_id = f.id AND p.status = 'DECLINED')
      AND NOT EXISTS (SELECT FROM forwarding_acceptance a WHERE a.forwarding_id = f.id)))
$$;

-- As before, by that one function.
CREATE OR REPLACE FUNCTION internal.review(persons uuid[]) RETURNS jsonb LANGUAGE plpgsql STABLE
SET search_path = public, pg_temp AS $$
DECLARE
  entries uuid[];
  agencies uuid[];
BEGIN
  SELECT coalesce(array_agg(DISTINCT d.entry_id), '{}'), coalesce(array_agg(DISTINCT d.to_id), '{}') INTO entries, agencies
  FROM client c
    JOIN entry_concern ec ON ec.client_id = c.id
    JOIN disclosure d ON d.entry_id = ec.entry_id AND d.closed_at IS NULL
  WHERE c.person_id = ANY (persons);
  RETURN jsonb_build_object(
    'at', internal.ms(api.clock_now()),
    'persons', to_jsonb(persons),
    'entries', internal.entry_metas(entries),
    'rows', (SELECT coalesce(jsonb_agg(jsonb_build_object(
               'id', d.id, 'person', d.person_id, 'from', d.from_id, 'to', d.to_id,
               'notAfter', internal.ms(internal.expiry_cap(d.forwarding_id)))
               ORDER BY d.opened_at, d.id), '[]')
             FROM disclosure d
             WHERE d.entry_id = ANY (entries) AND d.closed_at IS NULL),
    'facts', internal.facts(persons || internal.concerned(entries), entries, agencies));
END $$;
