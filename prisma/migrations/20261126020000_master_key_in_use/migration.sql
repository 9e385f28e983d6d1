-- The master key is changed while the service runs: `npm run rotate-master-key` wraps every data key and every key of the
-- exchange anew, as laufzettel_migrator. The service's role cannot change a wrapping; it makes new ones, and which master key
-- they may be wrapped by is checked here, for an instance that was asleep meanwhile must not bring the former one back.

-- The first eight bytes of a wrapping tell which master key made it, and tell nothing about that key.
CREATE FUNCTION internal.master_key_of(wrapped bytea) RETURNS bytea LANGUAGE sql IMMUTABLE
SET search_path = public, pg_temp AS $$ SELECT substring(wrapped FROM 1 FOR 8) $$;

-- What new keys are to be wrapped by: the master key that the command has announced (it wraps a key named masterKey, which
-- is for nothing else), or the only one that there has been. null: none yet.
CREATE FUNCTION api.master_key_in_use() RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT internal.master_key_of(k.wrapped) FROM exchange_key k ORDER BY k.name = 'masterKey' DESC, k.name LIMIT 1
$$;
GRANT EXECUTE ON FUNCTION api.master_key_in_use() TO laufzettel_service;

-- Accepted is what wraps a key of the exchange: while the command runs the former and the new master key, then the new one.
CREATE FUNCTION internal.wrapped_by_known_key() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.wrapped IS NULL OR EXISTS (
    SELECT FROM exchange_key k WHERE internal.master_key_of(k.wrapped) = internal.master_key_of(NEW.wrapped)
  ) OR (TG_TABLE_NAME = 'exchange_key' AND NOT EXISTS (SELECT FROM exchange_key)) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'wrapped by a master key that is not in use' USING ERRCODE = 'LZ503';
END $$;
CREATE TRIGGER client_key_wrapped_by_known_key BEFORE INSERT OR UPDATE OF wrapped ON client_key
  FOR EACH ROW EXECUTE FUNCTION internal.wrapped_by_known_key();
-- Not its updates: by them the command brings the new master key in, and takes the former one out.
CREATE TRIGGER exchange_key_wrapped_by_known_key BEFORE INSERT ON exchange_key
  FOR EACH ROW WHEN (NEW.name <> 'masterKey') EXECUTE FUNCTION internal.wrapped_by_known_key();

-- Which master key is in use is announced by the owner's command alone.
CREATE OR REPLACE FUNCTION api.keep_exchange_key(name text, wrapped bytea) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  INSERT INTO exchange_key (name, wrapped, created_at)
  SELECT keep_exchange_key.name, keep_exchange_key.wrapped, api.clock_now() WHERE keep_exchange_key.name <> 'masterKey'
  ON CONFLICT DO NOTHING
$$;

-- A key that was destroyed never comes back, and a handle's key stays its handle's, whoever writes.
CREATE FUNCTION internal.destroyed_key_stays() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'a key that was destroyed does not come back' USING ERRCODE = 'LZ903';
END $$;
CREATE TRIGGER client_key_stays_destroyed BEFORE UPDATE ON client_key
  FOR EACH ROW WHEN (OLD.wrapped IS NULL OR NEW.client_id <> OLD.client_id)
  EXECUTE FUNCTION internal.destroyed_key_stays();
