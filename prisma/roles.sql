-- The three roles of Laufzettel. Idempotent; run it as a superuser (or a role with CREATEROLE), once per server:
--
--   psql -f prisma/roles.sql postgres
--   psql -c '\password laufzettel_migrator' -c '\password laufzettel_service' -c '\password laufzettel_queue' postgres
--   psql -c 'CREATE DATABASE laufzettel OWNER laufzettel_migrator' postgres
--   psql -f prisma/database.sql laufzettel
--
-- Passwords are set apart from this file so that it holds no secret. The database that comes along does all this itself.
-- MIGRATE_DATABASE_URL uses laufzettel_migrator, DATABASE_URL uses laufzettel_service.

DO $$
BEGIN
  -- Ids are made by uuidv7(), which 18 brings.
  IF current_setting('server_version_num')::integer < 180000 THEN
    RAISE EXCEPTION 'Laufzettel needs PostgreSQL 18 or newer';
  END IF;
END
$$;

DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['laufzettel_migrator', 'laufzettel_service', 'laufzettel_queue'] LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I', role_name);
    END IF;
  END LOOP;
END
$$;

-- Owns the database's objects and is used while migrating only.
ALTER ROLE laufzettel_migrator LOGIN NOCREATEDB NOCREATEROLE;

-- What the running service is: it owns nothing and may do what a migration grants it, nothing else. It belongs to no
-- other role, so a query that forgets its WHERE meets a wall, and no SET ROLE leads around it.
ALTER ROLE laufzettel_service LOGIN NOCREATEDB NOCREATEROLE NOINHERIT;

-- Was meant for a queue of jobs, which came not to be needed; it may connect and nothing else.
ALTER ROLE laufzettel_queue LOGIN NOCREATEDB NOCREATEROLE NOINHERIT;

-- Superuser, BYPASSRLS and REPLICATION are off in every new role. Taking them away here as well would need a superuser
-- even where nothing is to be taken away, so a role that has them is refused instead.
DO $$
BEGIN
  IF EXISTS (
    SELECT FROM pg_catalog.pg_roles
    WHERE rolname IN ('laufzettel_migrator', 'laufzettel_service', 'laufzettel_queue')
      AND (rolsuper OR rolbypassrls OR rolreplication)
  ) THEN
    RAISE EXCEPTION 'a role of Laufzettel is a superuser or has BYPASSRLS or REPLICATION; ALTER ROLE … NOSUPERUSER NOBYPASSRLS NOREPLICATION';
  END IF;
  IF EXISTS (
    SELECT FROM pg_catalog.pg_auth_members
    JOIN pg_catalog.pg_roles ON pg_roles.oid = pg_auth_members.member
    WHERE rolname IN ('laufzettel_service', 'laufzettel_queue')
  ) THEN
    RAISE EXCEPTION 'laufzettel_service or laufzettel_queue is a member of another role; REVOKE that membership';
  END IF;
END
$$;
