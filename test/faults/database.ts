/** Faults in the third wall: row security off, a granted function that forgets its reader, a grant too many. */
import type { Check, Fault } from './fault.ts';

const forgets = (sqlFunction: string, find: string, replace: string, ...checks: Check[]): Fault => ({
  name: `${sqlFunction} forgets its reader`,
  changes: [{ sqlFunction, find, replace }],
  checks,
});
const functions = 'test/walls/alone/database-functions.test.ts';
const writes = 'test/walls/alone/database-writes.test.ts';

export const FAULTS_OF_THE_DATABASE: readonly Fault[] = [
  ...['agency', 'agreement', 'agreement_party'].map(
    (table): Fault => ({
      name: `what instances know of ${table} grows old`,
      changes: [{ sql: `DROP TRIGGER ${table}_changes_network ON ${table};` }],
      checks: ['test/walls/second-decision.test.ts'],
    }),
  ),
  {
    name: 'row security is off for one table',
    changes: [{ sql: 'ALTER TABLE client DISABLE ROW LEVEL SECURITY;' }],
    checks: ['test/walls/alone/database.test.ts'],
  },
  {
    name: 'a policy lets everybody through',
    changes: [
      {
        sql: 'DROP POLICY client_own ON client; CREATE POLICY client_own ON client FOR SELECT TO laufzettel_service USING (true);',
      },
    ],
    checks: ['test/walls/alone/database.test.ts'],
  },
  {
    name: 'the service may read a table that its functions read for it',
    changes: [
      {
        sql: `GRANT SELECT ON entry_payload TO laufzettel_service;
              CREATE POLICY entry_payload_all ON entry_payload FOR SELECT TO laufzettel_service USING (true);`,
      },
    ],
    checks: ['test/walls/alone/database.test.ts'],
  },
  {
    name: 'a function comes without a decision about who may call it',
    changes: [
      {
        sql: `CREATE FUNCTION api.everything() RETURNS jsonb LANGUAGE sql STABLE SECURITY DEFINER
              SET search_path = public, pg_temp AS $$ SELECT jsonb_agg(e) FROM entry_payload e $$;
              GRANT EXECUTE ON FUNCTION api.everything() TO laufzettel_service;`,
      },
    ],
    checks: [functions],
  },
  forgets(
    'api.read_forwarding',
    'WHERE f.id = hop AND reader IN (f.from_id, f.to_id);',
    'WHERE f.id = hop;',
    functions,
  ),
  forgets(
    'api.read_entries',
    'AND (e.origin_id = reader OR EXISTS (SELECT FROM disclosure d WHERE d.entry_id = e.id AND d.to_id = reader\n             AND d.closed_at IS NULL AND api.clock_now() < d.good_until))',
    '',
    functions,
  ),
  forgets('api.list_disclosures', 'WHERE c.id = client AND c.agency_id = reader;', 'WHERE c.id = client;', functions),
  forgets('api.erase_client', 'PERFORM internal.demand_own(reader, ARRAY[client]);', 'NULL;', functions),
  {
    name: 'what nobody holds may be forwarded, if the application says so',
    changes: [
      {
        sqlFunction: 'api.commit_forward',
        find: 'OR NOT internal.may_refer_all(reader, going)',
        replace: '',
      },
    ],
    checks: [writes],
  },
  {
    name: 'the audit may be changed',
    changes: [{ sql: 'DROP TRIGGER audit_append_only ON audit;' }],
    checks: [writes],
  },
  {
    name: 'who is suspended goes on',
    changes: [
      {
        sqlFunction: 'internal.demand_active',
        find: 'a.id = reader AND a.suspended_at IS NULL',
        replace: 'a.id = reader',
      },
    ],
    checks: [functions],
  },
];
