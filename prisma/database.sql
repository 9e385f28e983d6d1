-- Takes from everybody what PostgreSQL gives to everybody in a new database, and lets our roles in.
-- Idempotent; run it once in the database itself, as its owner or a superuser (see roles.sql). A database made as a copy
-- of another one (CREATE DATABASE … TEMPLATE) needs it again: rights on the database itself are not copied.

DO $$
BEGIN
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO laufzettel_service, laufzettel_queue', current_database());
END
$$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- Large objects would be a way to store something beside the tables. (Only a superuser can take this away.)
REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) FROM PUBLIC;

-- Functions are executable by everybody unless the migrator's default says otherwise.
ALTER DEFAULT PRIVILEGES FOR ROLE laufzettel_migrator REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
