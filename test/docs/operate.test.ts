/** docs/operate.md against the code, in both directions; what it tells to type is typed. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { parse } from 'yaml';
import { readConfig, readDatabaseUrl } from '../../src/config.ts';
import { Environment } from '../../src/config-schema.ts';
import { fromRoot } from '../image/dockerfile.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

const page = readFileSync(fromRoot('docs/operate.md'), 'utf8');
const run = promisify(execFile);
const SETTINGS = Object.keys(Environment.shape) as (keyof typeof Environment.shape)[];

const section = (title: string): string => {
  const [, rest = ''] = page.split(`\n## ${title}\n`);
  return rest.split('\n## ')[0]!;
};
/** First cells of the table's rows, which are code, with the rest of their row. */
const rowsOf = (text: string): Map<string, string[]> =>
  new Map([...text.matchAll(/^\| `([^`]+)` \| (.*) \|$/gm)].map(([, first, rest]) => [first!, rest!.split(' | ')]));
const blocks = (language: string, text = page): string[] =>
  [...text.matchAll(new RegExp(`^ *\`\`\`${language}\\n(.*?)^ *\`\`\``, 'gms'))].map((match) => match[1]!);

t.test('every setting is in the table with its default, and nothing else is', async (t) => {
  const rows = rowsOf(section('Settings'));
  t.same([...rows.keys()].sort(), [...SETTINGS].sort());
  const defaults: Record<string, unknown> = Environment.parse({});
  for (const [name, [shown = '']] of rows) {
    const value = defaults[name];
    if (name === 'DATA_DIR' || value === undefined) continue;
    t.equal(shown.trim(), `\`${value}\``, name);
  }
});

t.test('.env.example names every setting and no other, with values that are accepted', async (t) => {
  const text = readFileSync(fromRoot('.env.example'), 'utf8');
  const given = [...text.matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name!, value!] as const);
  t.same(given.map(([name]) => name).sort(), [...SETTINGS].sort());
  for (const [name, value] of given) {
    if (value !== '') t.ok(Environment.shape[name as keyof typeof Environment.shape].safeParse(value).success, name);
  }
});

t.test('each setting may come as a file', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'laufzettel-settings-'));
  t.teardown(() => rm(directory, { recursive: true }));
  for (const name of SETTINGS) {
    const missing = () => readConfig({ [`${name}_FILE`]: join(directory, 'nowhere') });
    t.throws(missing, { message: new RegExp(`^${name}_FILE names a file that cannot be read`) }, name);
  }
});

/** Calls of a logger in src: the codes that they give, or null where one gives none. */
function logCalls(): { place: string; codes: string[] | null }[] {
  const found: { place: string; codes: string[] | null }[] = [];
  const files = readdirSync(fromRoot('src'), { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => name.endsWith('.ts') && !name.startsWith('persistence/prisma/'))) {
    const source = ts.createSourceFile(
      file,
      readFileSync(fromRoot(`src/${file}`), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    );
    const visit = (node: ts.Node): void => {
      if (
        ts.isCallExpression(node) &&
        ts.isPropertyAccessExpression(node.expression) &&
        /^(info|warn|error|fatal)$/.test(node.expression.name.text) &&
        /(^|\.)log(ger)?$/.test(node.expression.expression.getText())
      ) {
        found.push({ place: `${file}: ${node.getText().slice(0, 60)}`, codes: codesOf(node.arguments[0]) });
      }
      node.forEachChild(visit);
    };
    visit(source);
  }
  return found;
}

function codesOf(fields: ts.Expression | undefined): string[] | null {
  if (fields === undefined || !ts.isObjectLiteralExpression(fields)) return null;
  const code = fields.properties.find((one) => one.name?.getText() === 'code');
  if (code === undefined || !ts.isPropertyAssignment(code)) return null;
  const literals = ts.isConditionalExpression(code.initializer)
    ? [code.initializer.whenTrue, code.initializer.whenFalse]
    : [code.initializer];
  return literals.every(ts.isStringLiteral) ? literals.map((one) => (one as ts.StringLiteral).text) : null;
}

t.test('every log line of ours has a code, every code a row, and every row a line', async (t) => {
  const calls = logCalls();
  t.ok(calls.length > 20);
  for (const { place, codes } of calls) t.ok(codes, `${place} has a code`);
  const [log = '', kinds = ''] = section('The log').split('When it cannot start');
  t.same([...rowsOf(log).keys()].sort(), [...new Set(calls.flatMap(({ codes }) => codes ?? []))].sort());
  const source = readFileSync(fromRoot('src/domain/operator-error.ts'), 'utf8');
  t.same(
    [...rowsOf(kinds).keys()],
    [...source.matchAll(/^ {2}\| '([a-z-]+)'/gm)].map((match) => match[1]),
  );
});

t.test('metrics and alerts are about what there is', async (t) => {
  const exchange = await startExchange({ METRICS_PORT: '0' });
  t.teardown(() => exchange.close());
  const { port } = exchange.log.map((line) => JSON.parse(line)).find(({ code }) => code === 'metrics-listening');
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const there = [...text.matchAll(/^# TYPE (\S+)/gm)].map((match) => match[1]!);
  const named = [...rowsOf(section('What to watch')).keys()];
  t.same(
    named.filter((name) => name.startsWith('laufzettel_')).sort(),
    there.filter((name) => name.startsWith('laufzettel_')).sort(),
  );
  for (const name of named) t.ok(there.includes(name), name);
  const [rules = ''] = blocks('yaml');
  const { groups } = parse(rules) as { groups: { rules: { alert: string; expr: string }[] }[] };
  for (const { alert, expr } of groups.flatMap((group) => group.rules)) {
    for (const [name] of expr.matchAll(/laufzettel_\w+/g))
      t.ok(there.includes(name.replace(/_bucket$/, '')), `${alert}: ${name}`);
  }
});

t.test('the PostgreSQL that it asks for is the one that the database needs', async (t) => {
  const [, asked] = /PostgreSQL (\d+) or newer/.exec(section('Install without Docker')) ?? [];
  t.match(readFileSync(fromRoot('.env.example'), 'utf8'), `A PostgreSQL of your own instead (${asked} or newer)`);
  t.match(readFileSync(fromRoot('prisma/roles.sql'), 'utf8'), `< ${asked}0000 THEN`, 'and an older one is refused');
});

t.test('commands that want a setting of .env read it', async (t) => {
  const { scripts } = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8'));
  const [, names = ''] = /from `\.env` by (.*?)\. /.exec(section('Settings')) ?? [];
  const commands = [...names.matchAll(/`npm (?:run )?([a-z-]+)`/g)].map((match) => match[1]!);
  t.same(commands, ['start', 'migrate', 'rotate-master-key', 'admin']);
  for (const command of commands) t.match(scripts[command], '--env-file-if-exists=.env', command);
});

t.test('the SQL does what it says', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const statements = blocks('sql');
  t.equal(statements.length, 5);
  const [{ state }] = await exchange.sql('SELECT state FROM network_state');
  await exchange.sql(`UPDATE system_client SET client_id = 'betrieb' WHERE client_id = 'exchange-admin'`);
  for (const statement of statements) await exchange.sql(statement.trim());
  const [{ disabled }] = await exchange.sql('SELECT count(disabled_at)::int AS disabled FROM system_client');
  t.equal(disabled, 1, 'one system is switched off');
  t.same(
    await exchange.sql('SELECT state = $1 AS same FROM network_state', [state]),
    [{ same: false }],
    'the network is known anew',
  );
  const other = await exchange.anotherInstance();
  t.equal((await (await other.as('arge')).get('/v1/agency')).status, 200, 'a new issuer’s key was made');
  const { token } = await exchange.as('caritas');
  const old = await fetch(`${other.url}/v1/agency`, { headers: { authorization: `Bearer ${token}` } });
  t.equal(old.status, 401, 'and a token of the old one has ended');
});

t.test('the secrets are made as it says', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'laufzettel-secrets-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const [commands = ''] = blocks('bash', section('Install with Docker Compose'));
  await run('bash', ['-euc', commands], { cwd: directory });
  t.equal((await stat(join(directory, 'secrets'))).mode & 0o777, 0o700);
  const compose = readFileSync(fromRoot('docker-compose.yml'), 'utf8');
  const { secrets } = parse(compose) as { secrets: Record<string, { file: string }> };
  for (const { file } of Object.values(secrets)) t.equal((await stat(join(directory, file))).mode & 0o777, 0o444, file);
  const path = (name: string) => join(directory, 'secrets', name);
  const config = readConfig({ DATABASE_URL_FILE: path('database_url'), MASTER_KEY_FILE: path('master_key') });
  t.same(
    config.masterKeys?.reveal().map((key) => key.length),
    [32],
  );
  const url = new URL(
    readDatabaseUrl('MIGRATE_DATABASE_URL', { MIGRATE_DATABASE_URL_FILE: path('migrate_database_url') })!,
  );
  t.equal(decodeURIComponent(url.password), (await readFile(path('migrator_password'), 'utf8')).trim());
  const commented = compose.replaceAll(/^# {0,3}/gm, '');
  for (const line of commands.trim().split('\n'))
    t.ok(commented.includes(line.trim()), `docker-compose.yml tells the same: ${line}`);
});

t.test('what it tells to type can be read by a shell, and names what there is', async (t) => {
  for (const commands of [...blocks('sh'), ...blocks('bash')]) await run('bash', ['-n', '-c', commands]);
  const { scripts } = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8'));
  for (const [, name] of page.matchAll(/npm run (?:--silent )?([a-z-]+)/g)) t.ok(name! in scripts, `npm run ${name}`);
  for (const [path] of page.matchAll(/\b(?:src|prisma|test|docker)\/[\w./-]+\w/g))
    t.ok(existsSync(fromRoot(path)), path);
  for (const [, operation] of page.matchAll(/`POST (\/v1\/[^`]+)`/g)) {
    t.ok(readFileSync(fromRoot('openapi.yaml'), 'utf8').includes(`  ${operation}:`), String(operation));
  }
});
