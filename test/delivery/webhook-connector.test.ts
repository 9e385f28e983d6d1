/** What is connected to, and with whom: addresses are judged anew for each connection, certificates checked. */
import { execFile } from 'node:child_process';
import type { RequestListener } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Test } from 'tap';
import type { NameLookup } from '../../src/delivery/name-lookup.ts';
import { urlFault } from '../../src/delivery/webhook-address.ts';
import { createWebhookSender, type SenderOptions } from '../../src/delivery/webhook-sender.ts';
import { makeCertificate } from '../support/certificate.ts';
import { closed, httpReceiver, rawReceiver, tlsReceiver } from '../support/receiver.ts';
import { t } from '../support/t.ts';

const HERE = { allowed: ['127.0.0.0/8'] };
const PUBLIC_ONLY = { allowed: [] };
const REFUSED = { outcome: 'FAILED', code: 'ADDRESS_REFUSED', status: null };
const DELIVERED = { outcome: 'DELIVERED', status: 200 };
const SENDER = fileURLToPath(new URL('../../src/delivery/webhook-sender.ts', import.meta.url));
const run = promisify(execFile);

const ok: RequestListener = (_request, response) => response.end();

/** Each time the next answer, the last one for ever. */
function answering(...answers: string[][]): NameLookup {
  let times = 0;
  return async () =>
    answers[Math.min(times++, answers.length - 1)]!.map((address) => ({
      address,
      family: address.includes(':') ? 6 : 4,
    }));
}

function senderFor(t: Test, options: Partial<SenderOptions>) {
  const sender = createWebhookSender({ rules: HERE, closeGraceMs: 0, ...options });
  t.teardown(() => sender.close());
  return sender;
}

t.test('a name that was public when it was registered and is private now is not connected to', async (t) => {
  const receiver = await tlsReceiver(t, makeCertificate('hooks.example.org'), ok);
  const url = `https://hooks.example.org:${receiver.port}/`;
  const lookup = answering(['93.184.215.14'], ['127.0.0.1']);
  t.equal(await urlFault(url, PUBLIC_ONLY, lookup), null, 'it is registered');
  t.match(await senderFor(t, { rules: PUBLIC_ONLY, lookup }).send(url, '{}', {}), REFUSED);
  t.equal(receiver.connections.length, 0);
});

t.test('the answer that was judged is the one that is connected to', async (t) => {
  let asked = 0;
  let isLast = false;
  const receiver = await httpReceiver(t, (_request, response) => {
    if (isLast) response.setHeader('connection', 'close');
    response.end();
  });
  const lookup: NameLookup = async () => [{ address: asked++ === 0 ? '127.0.0.1' : '10.0.0.1', family: 4 }];
  const url = `http://hooks.example.org:${receiver.port}/`;
  const sender = senderFor(t, { lookup });
  t.match(await sender.send(url, '{}', {}), DELIVERED);
  t.equal(asked, 1, 'nobody asks a second time');
  isLast = true;
  t.match(await sender.send(url, '{}', {}), DELIVERED, 'on the same connection');
  t.match(await sender.send(url, '{}', {}), REFUSED, 'each new connection is judged anew');
  t.equal(receiver.connections.length, 1);
});

t.test('of several addresses all must be allowed; the first that answers is taken', async (t) => {
  const receiver = await httpReceiver(t, ok);
  const url = `http://hooks.example.org:${receiver.port}/`;
  for (const addresses of [
    ['127.0.0.1', '10.0.0.1'],
    ['10.0.0.1', '127.0.0.1'],
    ['127.0.0.1', '::1'],
  ]) {
    const sender = senderFor(t, { lookup: answering(addresses) });
    t.match(await sender.send(url, '{}', {}), REFUSED, addresses.join(' and '));
  }
  t.equal(receiver.connections.length, 0);
  // Nobody listens on 127.0.0.2.
  const sender = senderFor(t, { lookup: answering(['127.0.0.2', '127.0.0.1']) });
  t.match(await sender.send(url, '{}', {}), DELIVERED);
});

t.test('an address in the URL is judged too, however it is written', async (t) => {
  const receiver = await tlsReceiver(t, makeCertificate(), ok);
  const sender = senderFor(t, { rules: PUBLIC_ONLY });
  for (const host of ['127.0.0.1', '2130706433', '0x7f.1', '0177.0.0.1', '[::ffff:127.0.0.1]', '[::1]', 'localhost']) {
    t.match(await sender.send(`https://${host}:${receiver.port}/`, '{}', {}), REFUSED, host);
  }
  t.equal(receiver.connections.length, 0);
});

t.test('nothing is sent in clear to a public address', async (t) => {
  const sender = senderFor(t, { lookup: answering(['93.184.215.14']) });
  t.match(await sender.send('http://hooks.example.org/', '{}', {}), REFUSED);
  t.match(await sender.send('http://93.184.215.14/', '{}', {}), REFUSED);
});

t.test('a URL that could not be registered is not sent to', async (t) => {
  const receiver = await httpReceiver(t, ok);
  const sender = senderFor(t, {});
  const { port } = receiver;
  const urls = [`http://user:secret@127.0.0.1:${port}/`, `http://127.0.0.1:${port}/#a`, `ftp://127.0.0.1:${port}/`];
  for (const url of [...urls, `http:\\\\127.0.0.1:${port}/`, 'no URL', '']) {
    t.match(await sender.send(url, '{}', {}), REFUSED, url);
  }
  t.equal(receiver.connections.length, 0);
});

t.test('a name that is not found, not in time, or has no address', async (t) => {
  const missing = { outcome: 'FAILED', code: 'NAME', status: null };
  const notFound: NameLookup = async () => {
    throw Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' });
  };
  const url = 'https://hooks.example.org/';
  t.match(await senderFor(t, { lookup: notFound }).send(url, '{}', {}), missing);
  t.match(await senderFor(t, { lookup: answering([]) }).send(url, '{}', {}), missing);
  t.match(await senderFor(t, {}).send('https://nothing.invalid/', '{}', {}), missing, 'asked of the system');
  const never: NameLookup = () => new Promise(() => {});
  t.match(await senderFor(t, { lookup: never, timeoutMs: 300 }).send(url, '{}', {}), { code: 'TIMEOUT', status: null });
});

t.test('an outcome holds codes and numbers only', async (t) => {
  const { port } = await httpReceiver(t, (_request, response) =>
    response.writeHead(500, { 'x-a': 'secret' }).end('secret'),
  );
  const sender = senderFor(t, {});
  const outcomes = [
    await sender.send(`http://127.0.0.1:${port}/secret?secret`, 'secret', { 'x-b': 'secret' }),
    await sender.send('https://secret.invalid/secret', 'secret', {}),
    await sender.send('https://127.0.0.1:1/secret', 'secret', {}),
  ];
  for (const outcome of outcomes) {
    t.same(Object.keys(outcome).sort(), ['code', 'durationMs', 'outcome', 'status']);
    t.notMatch(JSON.stringify(outcome), /secret/);
  }
});

t.test('a certificate that nobody knows, or of somebody else, is none', async (t) => {
  const failed = { outcome: 'FAILED', code: 'TLS', status: null };
  const arrived: unknown[] = [];
  const { port } = await tlsReceiver(t, makeCertificate('hooks.example.org'), (request, response) => {
    arrived.push(request);
    response.end();
  });
  const sender = senderFor(t, { lookup: answering(['127.0.0.1']) });
  t.match(await sender.send(`https://hooks.example.org:${port}/`, '{}', {}), failed, 'signed by itself');
  t.match(await sender.send(`https://127.0.0.1:${port}/`, '{}', {}), failed, 'an address as well');
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  t.teardown(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
  });
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
  t.match(await sender.send(`https://hooks.example.org:${port}/`, '{}', {}), failed, 'whatever the environment says');
  t.equal(arrived.length, 0);
});

t.test('what does not speak TLS, or does not come to its end with it', async (t) => {
  const failed = { outcome: 'FAILED', code: 'TLS', status: null };
  const plain = await httpReceiver(t, ok);
  t.match(await senderFor(t, {}).send(`https://127.0.0.1:${plain.port}/`, '{}', {}), failed, 'plain HTTP');
  const resets = await rawReceiver(t, (socket) => socket.resetAndDestroy());
  t.match(await senderFor(t, {}).send(`https://127.0.0.1:${resets.port}/`, '{}', {}), failed, 'a reset');
  const hangs = await rawReceiver(t, () => {});
  const sender = senderFor(t, { timeoutMs: 300 });
  t.match(await sender.send(`https://127.0.0.1:${hangs.port}/`, '{}', {}), { code: 'TIMEOUT' }, 'it hangs');
  await closed(hangs.connections[0]!);
  t.pass('and its connection is dropped');
});

const IN_A_PROCESS = `
  const { createWebhookSender } = await import(process.argv[1]);
  const lookup = async () => [{ address: '127.0.0.1', family: 4 }];
  const sender = createWebhookSender({ rules: { allowed: ['127.0.0.0/8'] }, lookup });
  const outcomes = [];
  for (const url of process.argv.slice(2)) outcomes.push(await sender.send(url, '{}', {}));
  await sender.close();
  console.log(JSON.stringify(outcomes));
`;

t.test("an authority of one's own is known by NODE_EXTRA_CA_CERTS, for the names that it vouches for", async (t) => {
  const certificate = makeCertificate('hooks.example.org');
  const resumed: boolean[] = [];
  const receiver = await tlsReceiver(t, certificate, ({ socket }, response) => {
    resumed.push((socket as TLSSocket).isSessionReused());
    response.setHeader('connection', 'close').end();
  });
  const wanting = { requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' };
  const wants = await tlsReceiver(t, certificate, ok, wanting);
  const urls = [
    `https://hooks.example.org:${receiver.port}/`,
    `https://hooks.example.org:${receiver.port}/`,
    `https://127.0.0.1:${receiver.port}/`,
    `https://other.example.org:${receiver.port}/`,
    `https://hooks.example.org:${wants.port}/`,
  ];
  const directory = t.testdir({ 'ca.pem': certificate.cert });
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', IN_A_PROCESS, SENDER, ...urls], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: `${directory}/ca.pem`, NODE_OPTIONS: '' },
  });
  const [byName, byNameAgain, byAddress, other, wantsOurs] = JSON.parse(stdout);
  t.match(byName, DELIVERED);
  t.match(byNameAgain, DELIVERED);
  t.same(resumed, [false, false, false], 'each connection proves anew whose it is');
  t.match(byAddress, DELIVERED);
  t.match(other, { outcome: 'FAILED', code: 'TLS' }, 'made out to another');
  t.match(wantsOurs, { outcome: 'FAILED', code: 'TLS' }, 'one that wants a certificate of ours');
});
