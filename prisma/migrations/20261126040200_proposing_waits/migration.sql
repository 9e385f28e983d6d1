-- A proposal and the handle by which its giver gets to know the person may come in the same moment. Each looked for the other
-- before either was there to be found, and the giver was never told. Now the person is locked, as by whoever makes a handle.

CREATE OR REPLACE FUNCTION api.propose_consent(actor jsonb, p jsonb, evidence bytea, most_open int) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  reader uuid := internal.acting(actor);
  handle uuid := (p ->> 'clientId')::uuid;
  at timestamptz := internal.moment((p ->> 'proposedAt')::bigint);
BEGIN
  PERFORM internal.demand_own(reader, ARRAY[handle]);
  -- One after the other about a person: so they can be counted, who gets to know the person in this moment is told of what waits
  -- for it, and after a no that was answered nobody is told any more.
  PERFORM internal.lock_persons_of(ARRAY[handle]);
  IF (SELECT count(*) FROM consent_proposal one WHERE one.client_id = handle
        AND internal.proposal_status(one, true, at) = 'PROPOSED') >= most_open THEN
    RETURN 'too-many';
  END IF;
  INSERT INTO consent_proposal (id, client_id, proposer_id, type, giver_id, recipient_id, purpose, categories, stated_at,
    stated_by, age_band, valid_from, valid_until, form, capacity_confirmed, explicit_special_categories, language, text_hash,
    evidence_sealed, adult_from, proposed_at, lapses_at)
  VALUES ((p ->> 'id')::uuid, handle, reader, p ->> 'type', (p ->> 'giver')::uuid, (p ->> 'recipient')::uuid,
    p ->> 'purpose', internal.texts(p -> 'categories'), internal.moment((p ->> 'statedAt')::bigint), p ->> 'statedBy',
    p ->> 'ageBand', internal.moment((p ->> 'validFrom')::bigint), internal.moment((p ->> 'validUntil')::bigint),
    p ->> 'form', (p ->> 'capacityConfirmed')::boolean, (p ->> 'explicitSpecialCategories')::boolean, p ->> 'language',
    p ->> 'textHash', evidence, internal.moment((p ->> 'adultFrom')::bigint), at,
    internal.moment((p ->> 'lapsesAt')::bigint));
  PERFORM internal.note(actor, 'proposal.make', 'DONE', jsonb_build_object('proposal', p -> 'id', 'client', handle), at);
  PERFORM internal.tell_of_proposals(handle);
  RETURN 'ok';
END $$;
