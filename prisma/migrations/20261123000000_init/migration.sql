-- The exchange's database, with its walls from the first day.
--
-- Run by the migrator, who owns everything. The service's role owns nothing. It may
--   * read a few tables (agency, agreement with its parties, client with its key) through row security, as the reader it
--     has named, and
--   * call the functions of schema api, each of which demands the reader and refuses a suspended one.
-- Every other table is closed to it: a query that forgets its WHERE gets an error or the reader's own rows.
--
-- Persons exist here only. An agency refers to a person by a client: its own handle. Whatever is said or written is
-- attached to a handle, and a person's facts are those of all its handles; so uniting two handles unites all statements.

CREATE SCHEMA api;
CREATE SCHEMA internal;

-- A function is nobody's until it is granted.
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- ---------------------------------------------------------------------------------------------------------- the clock

-- The only clock of the exchange, cut to milliseconds. Tests replace it. It is the time of now, not of the
-- transaction's start: a no could hide behind that.
CREATE FUNCTION api.clock_now() RETURNS timestamptz LANGUAGE sql VOLATILE
AS $$ SELECT date_trunc('milliseconds', clock_timestamp()) $$;

-- Instants travel as milliseconds since the epoch.
CREATE FUNCTION internal.ms(moment timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT (extract(epoch FROM moment) * 1000)::bigint $$;

CREATE FUNCTION internal.moment(ms bigint) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT to_timestamp(ms / 1000) + (ms % 1000) * interval '1 millisecond' $$;

-- ------------------------------------------------------------------------------------------------------------- tables

CREATE TABLE agency (
  id            uuid PRIMARY KEY,
  kind          text NOT NULL,
  name          text NOT NULL,
  sponsor       text NOT NULL,
  public_body   boolean NOT NULL,
  legal_regime  text NOT NULL,
  services      text[] NOT NULL DEFAULT '{}',
  target_groups text[] NOT NULL DEFAULT '{}',
  topics        text[] NOT NULL DEFAULT '{}',
  languages     text[] NOT NULL DEFAULT '{}',
  suspended_at  timestamptz(3),
  version       integer NOT NULL DEFAULT 1,
  created_at    timestamptz(3) NOT NULL
);

-- An agency's software, which gets its tokens with its own key. agency_id null: the admin of the exchange.
CREATE TABLE system_client (
  client_id   text PRIMARY KEY,
  agency_id   uuid REFERENCES agency,
  scopes      text[] NOT NULL,
  jwks        jsonb NOT NULL,
  disabled_at timestamptz(3),
  created_at  timestamptz(3) NOT NULL
);

-- Assertions are used once (RFC 7523 section 3); a row may go when the assertion has expired.
CREATE TABLE assertion_used (
  client_id  text NOT NULL,
  jti        text NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  PRIMARY KEY (client_id, jti)
);
CREATE INDEX assertion_used_expires ON assertion_used (expires_at);

-- Keys of the exchange itself (issuer's signature, blind index, cursors), wrapped by the master key.
CREATE TABLE exchange_key (
  name       text PRIMARY KEY,
  wrapped    bytea NOT NULL,
  created_at timestamptz(3) NOT NULL
);

CREATE TABLE agreement (
  id            uuid PRIMARY KEY,
  title         text NOT NULL,
  purposes      text[] NOT NULL,
  categories    text[] NOT NULL,
  valid_from    timestamptz(3) NOT NULL,
  valid_until   timestamptz(3),
  terminated_at timestamptz(3),
  version       integer NOT NULL DEFAULT 1,
  created_at    timestamptz(3) NOT NULL
);

CREATE TABLE agreement_party (
  agreement_id uuid NOT NULL REFERENCES agreement,
  agency_id    uuid NOT NULL REFERENCES agency,
  signed_at    timestamptz(3),
  left_at      timestamptz(3),
  PRIMARY KEY (agreement_id, agency_id)
);
CREATE INDEX agreement_party_agency ON agreement_party (agency_id);

-- version: counts everything that is said about the person, and every disclosure about it.
CREATE TABLE person (
  id         uuid PRIMARY KEY,
  version    bigint NOT NULL DEFAULT 1
);

-- One agency's own handle on a person. The file reference is ciphertext; the index finds it without showing it.
CREATE TABLE client (
  id                    uuid PRIMARY KEY,
  agency_id             uuid NOT NULL REFERENCES agency,
  person_id             uuid NOT NULL REFERENCES person,
  file_reference_sealed bytea,
  file_reference_index  bytea,
  created_at            timestamptz(3) NOT NULL,
  UNIQUE (agency_id, file_reference_index)
);
CREATE INDEX client_person ON client (person_id, agency_id);
CREATE INDEX client_agency ON client (agency_id, created_at, id);

-- The data key of a handle, wrapped by the master key. Destroying it erases what was written under it.
CREATE TABLE client_key (
  client_id    uuid PRIMARY KEY REFERENCES client,
  wrapped      bytea,
  destroyed_at timestamptz(3),
  CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);

CREATE TABLE statement (
  id                          uuid PRIMARY KEY,
  client_id                   uuid NOT NULL REFERENCES client,
  decision                    text NOT NULL CHECK (decision IN ('GIVEN', 'REFUSED', 'WITHDRAWN')),
  discloser_id                uuid REFERENCES agency,
  recipient_id                uuid REFERENCES agency,
  purpose                     text,
  categories                  text[],
  stated_at                   timestamptz(3) NOT NULL,
  recorded_at                 timestamptz(3) NOT NULL,
  recorded_by                 uuid NOT NULL REFERENCES agency,
  stated_by                   text NOT NULL,
  age_band                    text NOT NULL,
  valid_from                  timestamptz(3),
  valid_until                 timestamptz(3),
  form                        text,
  capacity_confirmed          boolean,
  explicit_special_categories boolean,
  language                    text,
  text_hash                   text,
  evidence_sealed             bytea,
  adult_from                  timestamptz(3),
  CHECK (stated_at <= recorded_at),
  CHECK (decision <> 'GIVEN' OR (discloser_id = recorded_by AND recipient_id IS NOT NULL AND purpose IS NOT NULL
    AND cardinality(categories) > 0 AND valid_from < valid_until))
);
CREATE INDEX statement_client ON statement (client_id, recorded_at, id);

CREATE TABLE release (
  id                          uuid PRIMARY KEY,
  client_id                   uuid NOT NULL REFERENCES client,
  decision                    text NOT NULL CHECK (decision IN ('GIVEN', 'WITHDRAWN')),
  origin_id                   uuid REFERENCES agency,
  recipient_id                uuid REFERENCES agency,
  categories                  text[],
  stated_at                   timestamptz(3) NOT NULL,
  recorded_at                 timestamptz(3) NOT NULL,
  recorded_by                 uuid NOT NULL REFERENCES agency,
  stated_by                   text NOT NULL,
  age_band                    text NOT NULL,
  valid_from                  timestamptz(3),
  valid_until                 timestamptz(3),
  form                        text,
  capacity_confirmed          boolean,
  explicit_special_categories boolean,
  language                    text,
  text_hash                   text,
  evidence_sealed             bytea,
  adult_from                  timestamptz(3),
  CHECK (stated_at <= recorded_at),
  CHECK (decision <> 'GIVEN' OR (origin_id = recorded_by AND recipient_id IS NOT NULL AND cardinality(categories) > 0
    AND valid_from < valid_until))
);
CREATE INDEX release_client ON release (client_id, recorded_at, id);

-- One piece of personal data. Its content is in entry_payload, as ciphertext bound to id and category.
CREATE TABLE entry (
  id         uuid PRIMARY KEY,
  client_id  uuid NOT NULL REFERENCES client,
  origin_id  uuid NOT NULL REFERENCES agency,
  category   text NOT NULL,
  secrecy    boolean NOT NULL,
  guard_from timestamptz(3),
  filed_under text[],
  replaces   uuid REFERENCES entry,
  created_at timestamptz(3) NOT NULL,
  CHECK ((category = 'DOKUMENT') = (filed_under IS NOT NULL))
);
CREATE INDEX entry_client ON entry (client_id, created_at, id);

-- Everybody the entry is about, by handles of its origin; the entry's own client among them.
CREATE TABLE entry_concern (
  entry_id  uuid NOT NULL REFERENCES entry,
  client_id uuid NOT NULL REFERENCES client,
  PRIMARY KEY (entry_id, client_id)
);
CREATE INDEX entry_concern_client ON entry_concern (client_id);

CREATE TABLE entry_payload (
  entry_id uuid PRIMARY KEY REFERENCES entry,
  sealed   bytea NOT NULL
);

CREATE TABLE laufzettel (
  id           uuid PRIMARY KEY,
  client_id    uuid NOT NULL REFERENCES client,
  created_by   uuid NOT NULL REFERENCES agency,
  kind         text NOT NULL,
  purpose      text NOT NULL,
  urgency      text NOT NULL,
  due_date     date,
  agreement_id uuid REFERENCES agreement,
  route        uuid[] NOT NULL DEFAULT '{}',
  status       text NOT NULL DEFAULT 'OPEN',
  version      integer NOT NULL DEFAULT 1,
  created_at   timestamptz(3) NOT NULL
);
CREATE INDEX laufzettel_creator ON laufzettel (created_by, created_at, id);

CREATE TABLE laufzettel_entry (
  laufzettel_id uuid NOT NULL REFERENCES laufzettel,
  entry_id      uuid NOT NULL REFERENCES entry,
  added_by      uuid NOT NULL REFERENCES agency,
  PRIMARY KEY (laufzettel_id, entry_id)
);

-- One hop of a Laufzettel.
CREATE TABLE forwarding (
  id                  uuid PRIMARY KEY,
  laufzettel_id       uuid NOT NULL REFERENCES laufzettel,
  from_id             uuid NOT NULL REFERENCES agency,
  to_id               uuid NOT NULL REFERENCES agency,
  from_client_id      uuid NOT NULL REFERENCES client,
  to_client_id        uuid NOT NULL REFERENCES client,
  purpose             text NOT NULL,
  status              text NOT NULL,
  reject_code         text,
  version             integer NOT NULL DEFAULT 1,
  sent_at             timestamptz(3) NOT NULL,
  changed_at          timestamptz(3) NOT NULL,
  CHECK (from_id <> to_id)
);
CREATE INDEX forwarding_inbox ON forwarding (to_id, sent_at, id);
CREATE INDEX forwarding_sent ON forwarding (from_id, sent_at, id);
CREATE INDEX forwarding_laufzettel ON forwarding (laufzettel_id);

-- One entry that one agency received by one forwarding. Closed for good once closed; the trigger below sees to it.
CREATE TABLE disclosure (
  id            uuid PRIMARY KEY,
  forwarding_id uuid NOT NULL REFERENCES forwarding,
  entry_id      uuid NOT NULL REFERENCES entry,
  person_id     uuid NOT NULL REFERENCES person,
  from_id       uuid NOT NULL REFERENCES agency,
  to_id         uuid NOT NULL REFERENCES agency,
  purpose       text NOT NULL,
  opened_at     timestamptz(3) NOT NULL,
  closed_at     timestamptz(3),
  good_until    timestamptz(3) NOT NULL,
  fetched_at    timestamptz(3),
  relied_on     jsonb NOT NULL,
  UNIQUE (forwarding_id, entry_id)
);
CREATE INDEX disclosure_entry ON disclosure (entry_id);
CREATE INDEX disclosure_open_between ON disclosure (to_id, from_id) WHERE closed_at IS NULL;
CREATE INDEX disclosure_open_until ON disclosure (good_until) WHERE closed_at IS NULL;

CREATE FUNCTION internal.keep_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.closed_at IS NOT NULL AND NEW IS DISTINCT FROM OLD THEN
    RAISE EXCEPTION 'a closed disclosure stays as it is' USING ERRCODE = 'LZ900';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER disclosure_keep_closed BEFORE UPDATE ON disclosure
  FOR EACH ROW EXECUTE FUNCTION internal.keep_closed();

-- Who did what, by ids and codes. Append-only, for its owner too.
CREATE TABLE audit (
  id         uuid PRIMARY KEY,
  at         timestamptz(3) NOT NULL,
  agency_id  uuid REFERENCES agency,
  system     text NOT NULL,
  caseworker text,
  action     text NOT NULL,
  outcome    text NOT NULL,
  subject    jsonb NOT NULL
);
CREATE INDEX audit_agency ON audit (agency_id, at, id);

CREATE FUNCTION internal.append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'this table only grows' USING ERRCODE = 'LZ901';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION internal.append_only();
-- Who received what is kept for the person's right of access (Art. 15 GDPR).
CREATE TRIGGER disclosure_kept BEFORE DELETE OR TRUNCATE ON disclosure
  FOR EACH STATEMENT EXECUTE FUNCTION internal.append_only();
CREATE TRIGGER statement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON statement
  FOR EACH STATEMENT EXECUTE FUNCTION internal.append_only();
CREATE TRIGGER release_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON release
  FOR EACH STATEMENT EXECUTE FUNCTION internal.append_only();

-- Thin events, written with what they tell of; numbered per agency by a dispatcher (sequence null: not yet).
CREATE TABLE event (
  id        uuid PRIMARY KEY,
  agency_id uuid NOT NULL REFERENCES agency,
  type      text NOT NULL,
  subject   jsonb NOT NULL,
  at        timestamptz(3) NOT NULL,
  sequence  bigint,
  UNIQUE (agency_id, sequence)
);
CREATE INDEX event_unnumbered ON event (at, id) WHERE sequence IS NULL;

-- ------------------------------------------------------------------------------------- wall 3: who reaches which rows

ALTER TABLE agency ENABLE ROW LEVEL SECURITY;
ALTER TABLE system_client ENABLE ROW LEVEL SECURITY;
ALTER TABLE assertion_used ENABLE ROW LEVEL SECURITY;
ALTER TABLE exchange_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE agreement ENABLE ROW LEVEL SECURITY;
ALTER TABLE agreement_party ENABLE ROW LEVEL SECURITY;
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
ALTER TABLE client ENABLE ROW LEVEL SECURITY;
ALTER TABLE client_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE statement ENABLE ROW LEVEL SECURITY;
ALTER TABLE release ENABLE ROW LEVEL SECURITY;
ALTER TABLE entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE entry_concern ENABLE ROW LEVEL SECURITY;
ALTER TABLE entry_payload ENABLE ROW LEVEL SECURITY;
ALTER TABLE laufzettel ENABLE ROW LEVEL SECURITY;
ALTER TABLE laufzettel_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE forwarding ENABLE ROW LEVEL SECURITY;
ALTER TABLE disclosure ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE event ENABLE ROW LEVEL SECURITY;

-- The reader that this transaction has named by api.enter; null: nobody, who sees nothing.
CREATE FUNCTION internal.reader() RETURNS uuid LANGUAGE sql STABLE
AS $$ SELECT nullif(current_setting('laufzettel.reader', true), '')::uuid $$;
CREATE FUNCTION internal.is_admin() RETURNS boolean LANGUAGE sql STABLE
AS $$ SELECT coalesce(current_setting('laufzettel.admin', true) = 'on', false) $$;

CREATE FUNCTION internal.is_party(agreement uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp
AS $$ SELECT EXISTS (SELECT FROM agreement_party p WHERE p.agreement_id = $1 AND p.agency_id = internal.reader()) $$;

CREATE POLICY agency_directory ON agency FOR SELECT TO laufzettel_service
  USING (internal.reader() IS NOT NULL OR internal.is_admin());
CREATE POLICY agreement_of_party ON agreement FOR SELECT TO laufzettel_service
  USING (internal.is_admin() OR internal.is_party(id));
CREATE POLICY agreement_party_of_party ON agreement_party FOR SELECT TO laufzettel_service
  USING (internal.is_admin() OR internal.is_party(agreement_id));
CREATE POLICY client_own ON client FOR SELECT TO laufzettel_service
  USING (agency_id = internal.reader());
CREATE POLICY client_key_own ON client_key FOR SELECT TO laufzettel_service
  USING (EXISTS (SELECT FROM client c WHERE c.id = client_id AND c.agency_id = internal.reader()));

GRANT USAGE ON SCHEMA public, api TO laufzettel_service;
GRANT USAGE ON SCHEMA internal TO laufzettel_service; -- for the policies' functions alone; nothing else is granted there
GRANT EXECUTE ON FUNCTION internal.reader(), internal.is_admin(), internal.is_party(uuid) TO laufzettel_service;
GRANT EXECUTE ON FUNCTION api.clock_now() TO laufzettel_service;
GRANT SELECT ON agency, agreement, agreement_party, client_key TO laufzettel_service;
-- Not person_id: no agency ever sees one, and neither does a query on its behalf.
GRANT SELECT (id, agency_id, file_reference_sealed, file_reference_index, created_at) ON client TO laufzettel_service;
