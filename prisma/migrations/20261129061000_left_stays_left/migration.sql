-- Who has signed an amendment and left before it was in force has left: only a signature from after that brings it back.

-- As before otherwise.
CREATE OR REPLACE FUNCTION internal.put_in_force(actor jsonb, agreement uuid, v agreement_version, now timestamptz) RETURNS void LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
  was public.agreement;
  amended public.agreement;
BEGIN
  SELECT a.* INTO was FROM public.agreement a WHERE a.id = put_in_force.agreement;
  -- Before whom it invited is no reader by the invitation any more.
  PERFORM internal.tell_readers(actor, agreement, 'agreement.amended', now);
  UPDATE agreement_version one SET in_force_at = now WHERE one.agreement_id = v.agreement_id AND one.number = v.number;
  UPDATE public.agreement a SET number = v.number, version = a.version + 1, title = v.terms ->> 'title',
    purposes = internal.texts(v.terms -> 'purposes'), categories = internal.texts(v.terms -> 'categories'),
    valid_until = internal.moment((v.terms ->> 'until')::bigint), turnus = v.terms ->> 'turnus',
    days_to_remind = (v.terms ->> 'daysToRemind')::smallint, days_to_accept = (v.terms ->> 'daysToAccept')::smallint,
    days_to_answer = (v.terms ->> 'daysToAnswer')::smallint,
    days_to_acknowledge = (v.terms ->> 'daysToAcknowledge')::smallint
  WHERE a.id = put_in_force.agreement RETURNING a.* INTO amended;
  INSERT INTO agreement_party AS p (agreement_id, agency_id, signed_at)
  SELECT v.agreement_id, named.id, CASE WHEN s.agency_id IS NOT NULL THEN now END
  FROM unnest(internal.uuids(v.terms -> 'parties')) AS named (id)
    LEFT JOIN agreement_party present ON present.agreement_id = v.agreement_id AND present.agency_id = named.id
    LEFT JOIN agreement_signature s ON s.agreement_id = v.agreement_id AND s.number = v.number AND s.agency_id = named.id
      AND (present.left_at IS NULL OR present.left_at < s.signed_at)
  ON CONFLICT (agreement_id, agency_id) DO UPDATE SET signed_at = excluded.signed_at, left_at = NULL
    WHERE excluded.signed_at IS NOT NULL AND (p.signed_at IS NULL OR p.left_at IS NOT NULL);
  IF was.turnus IS DISTINCT FROM amended.turnus THEN
    INSERT INTO round_schedule AS r (agreement_id, done_until, next_at)
    SELECT v.agreement_id, since, since + interval '1 millisecond'
    FROM greatest(now, amended.valid_from - interval '1 millisecond') AS since
    ON CONFLICT (agreement_id) DO UPDATE SET done_until = excluded.done_until, next_at = excluded.next_at;
  ELSIF was.valid_until IS DISTINCT FROM amended.valid_until THEN
    UPDATE round_schedule r SET next_at = r.done_until + interval '1 millisecond' WHERE r.agreement_id = v.agreement_id;
  END IF;
END $$;

-- A conference needs the purpose, which an amendment can take away as a termination does.
CREATE CONSTRAINT TRIGGER agreement_amended_ends_conferences AFTER UPDATE ON agreement DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.number IS DISTINCT FROM OLD.number) EXECUTE FUNCTION internal.conferences_after_agreement('id');
