/**
 * Values that look like others, or like none: texts of Unicode, numbers of JSON, parameters of a list, cursors. Each is
 * taken for what it is or refused, and never for something else.
 */
import { DOORS, systemAt } from '../support/both-doors.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { leavesNoTrace } from './trace.ts';
import { forger, thingsOf } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());
const own = await thingsOf(exchange, 'diakonie', 'rantzau');
const { token } = await exchange.as('diakonie');
const admin = await forger(exchange, 'admin');
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };

async function send(path: string, body?: string, more: Record<string, string> = {}) {
  const answer = await fetch(`${exchange.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    body,
    headers: { ...headers, ...more },
  });
  const text = await answer.text();
  return { status: answer.status, text, body: JSON.parse(text) };
}

/** Pairs that look alike. NFC and NFD of one text are one (payloads are kept in NFC); everything else is two. */
const ALIKE: [what: string, one: string, other: string][] = [
  ['small and capital', 'akte-1', 'AKTE-1'],
  ['Latin and Cyrillic', 'Akte-2', 'Аkte-2'],
  ['Latin and Greek', 'BO-3', 'ΒΟ-3'],
  ['a zero width space', 'Akte-4', 'Ak\u200bte-4'],
  ['a zero width joiner', 'Akte-5', 'Ak\u200dte-5'],
  ['a mark that turns the direction', 'Akte-6', '\u202eAkte-6'],
  ['an isolate', 'Akte-7', '\u2066Akte-7\u2069'],
  ['a soft hyphen', 'Akte-8', 'Ak\u00adte-8'],
  ['a ligature', 'Affe-9', 'Aﬀe-9'],
  ['digits of another script', 'Akte-10', 'Akte-١٠'],
  ['full width', 'Akte-11', 'Ａkte-11'],
  ['a sharp s', 'Strasse-12', 'Straße-12'],
  ['i with and without a dot', 'i-13', 'ı-13'],
  ['a no-break space', 'Akte 14', 'Akte\u00a014'],
];

for (const door of DOORS) {
  t.test(`a file reference is found by itself alone (${door})`, async (t) => {
    const system = systemAt(door, exchange.url, token);
    const find = (fileReference: string) => system.call('findClient', { body: { fileReference } });
    const prefix = `${door} `;
    for (const [what, one, other] of ALIKE) {
      const created = await system.done('createClient', { body: { fileReference: prefix + one } });
      t.match(await find(prefix + one), { ok: true, value: { id: created.id } }, what);
      await leavesNoTrace(t, exchange, async () => {
        t.match(await find(prefix + other), { ok: false, code: 'not-found' }, `${what}: another one`);
      });
      const second = await system.call('createClient', { body: { fileReference: prefix + other } });
      t.ok(second.ok || second.code === 'bad-request', `${what}: is another client's, or none at all`);
    }
    // The same text, written in two ways.
    const created = await system.done('createClient', {
      body: { fileReference: `${prefix}Ängström`.normalize('NFC') },
    });
    t.match(await find(`${prefix}Ängström`.normalize('NFD')), { ok: true, value: { id: created.id } }, 'NFD of NFC');
    await leavesNoTrace(t, exchange, async () => {
      const again = await system.call('createClient', {
        body: { fileReference: `${prefix}Ängström`.normalize('NFD') },
      });
      t.match(again, { ok: false, code: 'conflict' }, 'and is taken already');
    });
  });

  t.test(`what is no text is refused (${door})`, async (t) => {
    const system = systemAt(door, exchange.url, token);
    await leavesNoTrace(t, exchange, async () => {
      for (const [what, fileReference] of [
        ['half a character', 'a\ud800'],
        ['the other half', '\udc00b'],
        ['U+0000', 'a\u0000b'],
        ['a line break', 'a\nb'],
        ['CR LF', 'a\r\nb'],
        ['a bell', 'a\u0007b'],
        ['DEL', 'a\u007fb'],
        ['C1', 'a\u0085b'],
        ['nothing', ''],
        ['spaces alone', '   '],
        ['far too much', 'x'.repeat(10_000)],
      ] as const) {
        const outcome = await system.refused('createClient', { body: { fileReference } });
        t.match(outcome, { code: 'bad-request' }, what);
        t.match(outcome.extra.errors, [{ pointer: '/fileReference' }], what);
      }
    });
  });
}

t.test('numbers of JSON are the numbers that they are', async (t) => {
  const slip = `/v1/laufzettel/${own.laufzettel}/cancel`;
  await leavesNoTrace(t, exchange, async () => {
    for (const version of [
      '1e400',
      '-1e400',
      '-0',
      '-1',
      '0',
      '1.5',
      '2147483647',
      '2147483648',
      '9007199254740991',
      '9007199254740993',
      '1e21',
      '1e-7',
      '"1"',
      'true',
      'null',
      '[1]',
      '{}',
      '{"valueOf":1}',
    ]) {
      const answer = await send(slip, `{"expectedVersion":${version}}`);
      t.ok([400, 412].includes(answer.status), `${version}: ${answer.text}`);
      const inGraphql = `{"query":"mutation($v: Int!) { cancelLaufzettel(laufzettelId: \\"${own.laufzettel}\\", input: {expectedVersion: $v}) { id } }","variables":{"v":${version}}}`;
      const { body } = await send('/graphql', inGraphql);
      t.ok(
        ['bad-request', 'version-stale'].includes(body.errors?.[0].extensions.code),
        `${version}: ${JSON.stringify(body)}`,
      );
    }
    for (const number of ['01', '.5', '1.', '+1', '0x1', 'NaN', 'Infinity', '1_000', '--1']) {
      t.match(
        await send(slip, `{"expectedVersion":${number}}`),
        { status: 400, body: { code: 'bad-request' } },
        number,
      );
    }
  });
});

t.test('what is not quite JSON is refused', async (t) => {
  await leavesNoTrace(t, exchange, async () => {
    for (const body of [
      '{',
      '}',
      '{"a":1,}',
      "{'a':1}",
      '{a:1}',
      '// x\n{}',
      '\ufeff\ufeff{}',
      '{}{}',
      '[]',
      '"x"',
      '1',
      'null',
      'true',
      '\u0000',
      '{"fileReference":"\n"}',
      '{"fileReference":"\\x41"}',
      '{"fileReference":"\\ud800"}',
      '{"fileReference":undefined}',
    ]) {
      t.match(await send('/v1/clients', body), { status: 400, body: { code: 'bad-request' } }, JSON.stringify(body));
    }
  });
});

t.test('of a member that stands there twice the last one counts, for every check of it', async (t) => {
  const said = (first: string, last: string) => `{"fileReference":${first},"fileReference":${last}}`;
  await leavesNoTrace(t, exchange, async () => {
    t.match(await send('/v1/clients', said('"zweimal"', '7')), { status: 400 }, 'the last one is wrong');
  });
  const made = await send('/v1/clients', said('7', '"zweimal"'));
  t.match(made, { status: 201, body: { fileReference: 'zweimal' } });
});

/** What stands for limit in a URL, and whether it is a number of items; GraphQL has numbers of its own. */
const LIMITS: [text: string, isTaken: boolean][] = [
  ['1', true],
  ['200', true],
  ['0', false],
  ['-1', false],
  ['201', false],
  ['1.5', false],
  ['0x10', false],
  ['0b1', false],
  ['0o7', false],
  ['1e2', false],
  ['%201', false],
  ['1%20', false],
  ['%2B1', false],
  ['+1', false],
  ['01', false],
  ['1.0', false],
  ['', false],
  ['%00', false],
  ['1%00', false],
  ['NaN', false],
  ['Infinity', false],
  ['1e400', false],
  ['true', false],
  ['null', false],
  ['١', false],
  ['１', false],
  ['1&limit=2', false],
  ['1&limit=1', false],
];

t.test('a limit is a whole number, written as one', async (t) => {
  await leavesNoTrace(t, exchange, async () => {
    for (const list of ['/v1/clients', '/v1/inbox', `/v1/clients/${own.client}/entries`]) {
      for (const [text, isTaken] of LIMITS) {
        const answer = await send(`${list}?limit=${text}`);
        if (isTaken) t.equal(answer.status, 200, `${list}?limit=${text}`);
        else
          t.match(
            answer,
            { status: 400, body: { code: 'bad-request', errors: [{ pointer: '/query/limit' }] } },
            `limit=${text}`,
          );
      }
    }
  });
});

t.test('a parameter that is repeated where one is meant is refused', async (t) => {
  await leavesNoTrace(t, exchange, async () => {
    for (const query of [
      'cursor=a&cursor=b',
      'role=CREATED&role=CREATED',
      `clientId=${own.client}&clientId=${own.client}`,
      'limit[]=1',
      'limit[x]=1',
      'status=OPEN&status=',
      'status=',
      'status[]=OPEN',
    ]) {
      t.match(await send(`/v1/laufzettel?${query}`), { status: 400, body: { code: 'bad-request' } }, query);
    }
  });
});

for (const door of DOORS) {
  t.test(`a cursor opens its own list for its own caller, as it was given (${door})`, async (t) => {
    const mine = systemAt(door, exchange.url, token);
    const other = systemAt(door, exchange.url, (await exchange.as('rantzau')).token);
    const theAdmin = systemAt(door, exchange.url, await admin());
    const { nextCursor: cursor } = await mine.done('listClients', { query: { limit: 1 } });
    const { nextCursor: ofAgencies } = await mine.done('listAgencies', { query: { limit: 1 } });
    t.ok(cursor && ofAgencies);
    const flipped = (index: number) => {
      const bytes = Buffer.from(cursor, 'base64url');
      bytes[index % bytes.length]! ^= 1;
      return bytes.toString('base64url');
    };
    const length = Buffer.from(cursor, 'base64url').length;
    const bad: [what: string, cursor: string][] = [
      ...Array.from({ length }, (_one, index): [string, string] => [`a bit of byte ${index}`, flipped(index)]),
      ['cut off', cursor.slice(0, -4)],
      ['cut off by a character', cursor.slice(0, -1)],
      ['extended', `${cursor}AAAA`],
      ['doubled', cursor + cursor],
      ['backwards', [...cursor].reverse().join('')],
      ['of another list', ofAgencies],
      ['an id', own.client],
      ['JSON', Buffer.from(JSON.stringify({ id: own.client })).toString('base64url')],
      ['with padding', `${cursor}==`],
      ['with a space', `${cursor} `],
      ['a text', 'x'],
      ['zeros', Buffer.alloc(length).toString('base64url')],
    ];
    await leavesNoTrace(t, exchange, async () => {
      for (const [what, text] of bad) {
        const outcome = await mine.call('listClients', { query: { limit: 1, cursor: text } });
        t.match(outcome, { ok: false, code: 'bad-request' }, what);
      }
      const foreign = await other.refused('listClients', { query: { cursor } });
      const none = await other.refused('listClients', { query: { cursor: flipped(3) } });
      t.equal(foreign.bytes, none.bytes, "another caller's is none, like any other");
      t.match(await theAdmin.call('listAgencies', { query: { cursor: ofAgencies } }), {
        ok: false,
        code: 'bad-request',
      });
      t.match(
        await mine.call('listClients', { query: { cursor } }),
        { ok: true },
        'and it opens for whom it was given',
      );
    });
  });
}
