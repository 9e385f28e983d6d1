/**
 * npm run bench:walls [-- ROUNDS]: what wall 3 costs, measured. The same read (the wrapped key of one own client, by its id) in each
 * way of keeping others' rows out, by turns on one machine: requests a second of one connection, and CPU of PostgreSQL a read.
 *
 * Starts a PostgreSQL of its own, fills it, and takes it away again. The figures are for docs/adr/0002.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, type ClientConfig } from 'pg';
import { databaseUrl } from '../src/persistence/connection.ts';
import { migrate } from '../src/persistence/migrate.ts';
import { startTestServer } from '../test/support/test-server.ts';

const ROUNDS = Number(process.argv[2] ?? 40);
const READS_A_ROUND = 250;
const AGENCIES = 20;
const CLIENTS_OF_EACH = 1_000;

interface Own {
  agency: string;
  client: string;
}
type Read = (own: Own) => Promise<unknown[]>;

const SELECT =
  'SELECT k.wrapped, api.clock_now() AS at FROM client c JOIN client_key k ON k.client_id = c.id WHERE c.id = $1';

async function fill(owner: Client): Promise<Own[]> {
  const own: Own[] = [];
  for (let a = 0; a < AGENCIES; a++) {
    const agency = randomUUID();
    await owner.query(
      `INSERT INTO agency (id, kind, name, sponsor, public_body, legal_regime, services, target_groups, topics, languages, created_at)
       VALUES ($1, 'BERATUNGSSTELLE', $2, 'x', false, 'KDG', '{}', '{}', '{}', '{}', api.clock_now())`,
      [agency, `Beratungsstelle ${a}`],
    );
    const clients = Array.from({ length: CLIENTS_OF_EACH }, () => randomUUID());
    await owner.query('INSERT INTO person (id) SELECT unnest($1::uuid[])', [clients]);
    await owner.query(
      'INSERT INTO client (id, agency_id, person_id, created_at) SELECT one, $1, one, api.clock_now() FROM unnest($2::uuid[]) AS one',
      [agency, clients],
    );
    await owner.query('INSERT INTO client_key (client_id, wrapped) SELECT one, $1 FROM unnest($2::uuid[]) AS one', [
      WRAPPED,
      clients,
    ]);
    own.push(...clients.map((client) => ({ agency, client })));
  }
  await owner.query('ANALYZE');
  return own;
}

/** As long as a real one: fingerprint, nonce, tag, key. */
const WRAPPED = randomBytes(8 + 12 + 16 + 32);

interface Way {
  name: string;
  read: Read;
  backend: number;
  rates: number[];
  cpuMicroseconds: number;
  reads: number;
  close(): Promise<void>;
}

async function way(name: string, config: ClientConfig, read: (client: Client) => Read): Promise<Way> {
  const client = new Client(config);
  await client.connect();
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const counted = { rates: [], cpuMicroseconds: 0, reads: 0 };
  return { name, read: read(client), backend: rows[0]!.pid, ...counted, close: () => client.end() };
}

/** Time that a process has run on a CPU so far, by the kernel's scheduler. */
const cpuMicroseconds = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1_000;

async function measure(one: Way, own: readonly Own[]): Promise<void> {
  const cpuBefore = cpuMicroseconds(one.backend);
  const before = performance.now();
  for (let i = 0; i < READS_A_ROUND; i++) {
    const rows = await one.read(own[Math.floor(Math.random() * own.length)]!);
    if (rows.length !== 1) throw new Error(`${one.name} read ${rows.length} rows`);
  }
  one.rates.push((READS_A_ROUND * 1_000) / (performance.now() - before));
  one.cpuMicroseconds += cpuMicroseconds(one.backend) - cpuBefore;
  one.reads += READS_A_ROUND;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function ways(serviceUrl: string, ownerUrl: string): Promise<Way[]> {
  const select = (client: Client, id: string) => client.query({ name: 'select', text: SELECT, values: [id] });
  const enter = (client: Client, agency: string) =>
    client.query({ name: 'enter', text: 'SELECT api.enter($1)', values: [agency] });
  return [
    await way('(a) granted function', { connectionString: serviceUrl }, (client) => async ({ agency, client: id }) => {
      const text = 'SELECT wrapped, at FROM api.own_client($1, $2)';
      return (await client.query({ name: 'own_client', text, values: [agency, id] })).rows;
    }),
    await way('(b) row security', { connectionString: serviceUrl }, (client) => async ({ agency, client: id }) => {
      await client.query('BEGIN');
      await enter(client, agency);
      const { rows } = await select(client, id);
      await client.query('COMMIT');
      return rows;
    }),
    await way(
      '(c) row security, pipelined',
      { connectionString: serviceUrl, pipeline: true } as ClientConfig,
      (client) =>
        async ({ agency, client: id }) => {
          const sent = [client.query('BEGIN'), enter(client, agency), select(client, id), client.query('COMMIT')];
          return (await Promise.all(sent))[2]!.rows;
        },
    ),
    await way('(d) no wall (owner)', { connectionString: ownerUrl }, (client) => async ({ client: id }) => {
      return (await select(client, id)).rows;
    }),
  ];
}

async function run(): Promise<void> {
  const server = await startTestServer();
  try {
    await migrate(server.migrateUrl, { log: { info() {} } });
    const owner = new Client(server.migrateUrl);
    await owner.connect();
    // The keys of this database open nothing; what is to be checked of them is not what is measured.
    await owner.query(`INSERT INTO exchange_key (name, wrapped, created_at) VALUES ('cursor', $1, api.clock_now())`, [
      WRAPPED,
    ]);
    const own = await fill(owner);
    await owner.end();
    const serviceUrl = new URL(databaseUrl(server.migrateUrl, 'laufzettel'));
    serviceUrl.username = 'laufzettel_service';
    const all = await ways(serviceUrl.href, server.migrateUrl);
    for (const one of all) await measure(one, own);
    for (const one of all) Object.assign(one, { rates: [], cpuMicroseconds: 0, reads: 0 });
    for (let round = 0; round < ROUNDS; round++) {
      // By turns, each beginning once in a while, so that whatever else the machine does falls on all of them.
      for (let i = 0; i < all.length; i++) await measure(all[(round + i) % all.length]!, own);
    }
    console.log(`| way | reads/s, one connection (median of ${ROUNDS} rounds) | CPU of PostgreSQL a read |`);
    console.log('|---|---|---|');
    for (const { name, rates, cpuMicroseconds, reads } of all) {
      console.log(`| ${name} | ${Math.round(median(rates))} | ${Math.round(cpuMicroseconds / reads)} µs |`);
    }
    for (const one of all) await one.close();
  } finally {
    await server.stop();
  }
}

await run();
