-- What waits for an agency, as before; but a proposal that is decided is passed over without being rendered first, for an agency
-- has ever more of them.

CREATE OR REPLACE FUNCTION api.list_waiting(reader uuid, after_at bigint, after_id uuid, most int) RETURNS jsonb
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  now timestamptz := api.clock_now();
  after timestamptz := internal.moment(after_at);
BEGIN
  PERFORM internal.demand_active(reader);
  RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('type', w.type, 'id', w.id, 'clientId', w.client_id,
      'since', internal.ms(w.since), 'dueDate', w.due_date, 'urgency', w.urgency) ORDER BY w.since, w.id), '[]') FROM (
    (SELECT 'FORWARDING' AS type, f.id, f.to_client_id AS client_id, f.sent_at AS since, l.due_date, l.urgency
     FROM forwarding f JOIN laufzettel l ON l.id = f.laufzettel_id
     WHERE f.to_id = reader AND f.status IN ('SENT', 'DELIVERED', 'ACCEPTED', 'IN_PROGRESS', 'ON_HOLD')
       AND internal.status_of(f) <> 'EXPIRED' AND (after_id IS NULL OR (f.sent_at, f.id) > (after, after_id))
     ORDER BY f.sent_at, f.id LIMIT most)
    UNION ALL
    (SELECT 'ANSWERED', f.id, f.from_client_id, f.changed_at, l.due_date, l.urgency
     FROM forwarding f JOIN laufzettel l ON l.id = f.laufzettel_id
     WHERE f.from_id = reader AND f.status = 'ANSWERED' AND (after_id IS NULL OR (f.changed_at, f.id) > (after, after_id))
     ORDER BY f.changed_at, f.id LIMIT most)
    UNION ALL
    (SELECT 'REQUEST', r.id, internal.asked_handle(r), r.created_at, r.due_date, r.urgency
     FROM laufzettel_request r
     WHERE r.to_id = reader AND r.status = 'OPEN' AND internal.request_status(r) = 'OPEN' AND internal.may_see_request(reader, r)
       AND (after_id IS NULL OR (r.created_at, r.id) > (after, after_id))
     ORDER BY r.created_at, r.id LIMIT most)
    UNION ALL
    (SELECT 'PROPOSAL', p.id, internal.live_handle(reader, c.person_id), p.proposed_at, NULL, NULL
     FROM consent_proposal p JOIN client c ON c.id = p.client_id
     WHERE p.giver_id = reader AND internal.proposal_status(p, false, now) = 'PROPOSED' AND internal.may_see_proposal(reader, p)
       AND (after_id IS NULL OR (p.proposed_at, p.id) > (after, after_id))
     ORDER BY p.proposed_at, p.id LIMIT most)
    UNION ALL
    (SELECT 'OWED_ANSWER', d.id, f.to_client_id, coalesce(d.closed_at, d.good_until), NULL, NULL
     FROM disclosure d JOIN forwarding f ON f.id = d.forwarding_id
     WHERE d.to_id = reader AND d.fetched_at IS NOT NULL AND coalesce(d.closed_at, d.good_until) <= now
       AND NOT EXISTS (SELECT FROM closure_answer c WHERE c.disclosure_id = d.id)
       AND (after_id IS NULL OR (coalesce(d.closed_at, d.good_until), d.id) > (after, after_id))
     ORDER BY coalesce(d.closed_at, d.good_until), d.id LIMIT most)
    UNION ALL
    (SELECT 'AGREEMENT', a.id, NULL, a.created_at, NULL, NULL
     FROM agreement a JOIN agreement_party p ON p.agreement_id = a.id AND p.agency_id = reader
     WHERE p.signed_at IS NULL AND p.left_at IS NULL AND a.terminated_at IS NULL
       AND (a.valid_until IS NULL OR now < a.valid_until)
       AND (after_id IS NULL OR (a.created_at, a.id) > (after, after_id))
     ORDER BY a.created_at, a.id LIMIT most)
    ORDER BY since, id LIMIT most) AS w);
END $$;
