-- Whoever writes something about a handle looks first whether it was erased, and may then wait for the very erasure. So it is
-- looked at again where it is written: what meets an erasure that is being recorded waits for it, and finds the handle erased.

-- Arguments: the columns that name a handle. LZ404: the key of one was destroyed.
CREATE FUNCTION internal.handle_is_kept() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  handles uuid[] := ARRAY(SELECT (to_jsonb(NEW) ->> named)::uuid FROM unnest(TG_ARGV) AS named);
BEGIN
  PERFORM FROM client_key k WHERE k.client_id = ANY (handles) ORDER BY k.client_id FOR SHARE;
  IF EXISTS (SELECT FROM client_key k WHERE k.client_id = ANY (handles) AND k.wrapped IS NULL) THEN
    RAISE EXCEPTION 'the handle was erased' USING ERRCODE = 'LZ404';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER entry_of_kept BEFORE INSERT ON entry
  FOR EACH ROW EXECUTE FUNCTION internal.handle_is_kept('client_id');
CREATE TRIGGER laufzettel_request_of_kept BEFORE INSERT ON laufzettel_request
  FOR EACH ROW EXECUTE FUNCTION internal.handle_is_kept('client_id');
CREATE TRIGGER consent_proposal_of_kept BEFORE INSERT ON consent_proposal
  FOR EACH ROW EXECUTE FUNCTION internal.handle_is_kept('client_id');
CREATE TRIGGER link_code_of_kept BEFORE INSERT ON link_code
  FOR EACH ROW EXECUTE FUNCTION internal.handle_is_kept('client_id');
CREATE TRIGGER client_link_of_kept BEFORE INSERT ON client_link
  FOR EACH ROW EXECUTE FUNCTION internal.handle_is_kept('issuer_client_id', 'redeemer_client_id');
