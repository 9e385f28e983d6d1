import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, type JWK } from 'jose';
import { clientKeysFault } from '../../src/auth/client-keys.ts';
import { t } from '../support/t.ts';
import { AGENCY, register, startExchange, TOKEN_AUDIENCE } from './exchange.ts';

const CLIENT = new URL('../../src/cli/client.ts', import.meta.url).pathname;
const exchange = await startExchange();
const folder = await mkdtemp(join(tmpdir(), 'laufzettel-client-'));
t.teardown(async () => {
  await exchange.close();
  await rm(folder, { recursive: true });
});

function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLIENT, ...args]);
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('error', reject).on('close', (code) => resolve({ code, out, err }));
  });
}

t.test('from a new key to an access token', async (t) => {
  for (const alg of ['ES384', 'EdDSA']) {
    const file = join(folder, `${alg}.json`);
    const made = await run('keygen', '--out', file, '--alg', alg);
    t.match(made, { code: 0, err: '' });
    const jwks = JSON.parse(made.out);
    t.equal(clientKeysFault(jwks), null);
    const key = JSON.parse(await readFile(file, 'utf8')) as JWK;
    t.match(key, { alg, d: String, kid: jwks.keys[0].kid });
    t.equal((await stat(file)).mode & 0o777, 0o600);

    const { clientId } = await register(exchange, { jwks });
    const common = ['--key', file, '--client-id', clientId, '--url', exchange.base, '--audience', TOKEN_AUDIENCE];
    const all = await run('token', ...common);
    t.match(all, { code: 0, err: '' });
    t.match(decodeJwt(all.out.trim()), { agency: AGENCY, scope: 'laufzettel:read laufzettel:write' });
    const one = await run('token', ...common, '--scope', 'laufzettel:read');
    t.match(decodeJwt(one.out.trim()), { scope: 'laufzettel:read' });
    const none = await run('token', ...common, '--scope', 'consent:write');
    t.match(none, { code: 1, out: '', err: /consent:write \(invalid_scope\)\.\n$/ });
  }
});

t.test('what goes wrong is one sentence and a code that is not 0', async (t) => {
  const file = join(folder, 'kept.json');
  await writeFile(file, 'mine');
  const pem = join(folder, 'pem');
  await writeFile(pem, 'secret-stuff');
  const good = join(folder, 'good.json');
  await run('keygen', '--out', good);
  const tokenOf = (key: string, url = exchange.base) => ['token', '--key', key, '--client-id', 'nobody', '--url', url];
  const rows: [args: string[], err: RegExp][] = [
    [['keygen', '--out', file], /kept\.json exists and is not overwritten\.$/],
    [['keygen', '--out', join(folder, 'no', 'such')], /cannot be written \(ENOENT\)\.$/],
    [['keygen'], /--out is missing; see --help\.$/],
    [['keygen', '--out', join(folder, 'x'), '--alg', 'RS256'], /--alg is ES384 or EdDSA\.$/],
    [['keygen', '--what'], /--what.*; see --help\.$/],
    [['keygen', 'token'], /one command only/],
    [['sing'], /keygen, token and sign/],
    [['sign', '--client-id', 'a', '--url', exchange.base], /--agreement is missing/],
    [['token', '--client-id', 'a', '--url', exchange.base], /--key is missing/],
    [tokenOf(join(folder, 'absent')), /cannot be read \(ENOENT\)\.$/],
    [tokenOf(pem), /is not a private key as keygen writes it\.$/],
    [tokenOf(good), /client authentication failed \(invalid_client\); check .* --audience\.$/],
    [tokenOf(good, 'http://127.0.0.1:1'), /cannot be asked for a token \(\w+\)\.$/],
    [tokenOf(good, `${exchange.base}/elsewhere`), /no token/],
    [tokenOf(good, 'nonsense'), /--url must be/],
  ];
  const results = await Promise.all(rows.map(([args]) => run(...args)));
  for (const [index, [args, err]] of rows.entries()) {
    const result = results[index]!;
    t.match(result, { code: 1, out: '' }, args.join(' '));
    t.match(result.err.trimEnd(), err, args.join(' '));
    t.equal(result.err.trimEnd().split('\n').length, 1, 'one line');
    t.notMatch(result.err, /secret-stuff|eyJ/);
  }
  t.equal(await readFile(file, 'utf8'), 'mine');
});

t.test('help is help', async (t) => {
  for (const args of [['--help'], ['token', '-h'], []])
    t.match(await run(...args), { code: 0, out: /Usage:/, err: '' });
});
