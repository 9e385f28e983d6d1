import { EXAMPLE_IDS } from '../../src/contract/example-ids.ts';
import { problem } from '../../src/domain/problem.ts';
import { doorsApp } from '../rest/doors-app.ts';
import { t } from '../support/t.ts';

const CANARY = 'Kanarienvogel';
const CLIENT = EXAMPLE_IDS.client;
const json = { 'content-type': 'application/json', authorization: 'Bearer agency' };

t.test('a request that cannot be executed', async (t) => {
  const { app, log } = await doorsApp({ listClients: async () => ({ items: [], nextCursor: null }) });
  t.teardown(() => app.close());
  const query = '{ clients { nextCursor } }';
  const post = { method: 'POST', url: '/graphql', headers: json } as const;
  const rows = [
    [{ method: 'GET', url: `/graphql?query=${encodeURIComponent(query)}`, headers: json }, 405, 'method-not-allowed'],
    [{ ...post, headers: { 'content-type': 'application/json' }, payload: '{' }, 401, 'token-missing'],
    [{ ...post, headers: { ...json, authorization: 'Bearer x' }, payload: { query } }, 401, 'token-invalid'],
    [{ ...post, payload: [{ query }, { query }] }, 400, 'bad-request'],
    [{ ...post, payload: `{"query":"${CANARY}` }, 400, 'bad-request'],
    [{ ...post, payload: `{"__proto__":{"query":"${CANARY}"}}` }, 400, 'bad-request'],
    [{ ...post, payload: {} }, 400, 'bad-request'],
    [{ ...post, payload: undefined }, 400, 'bad-request'],
    [{ ...post, payload: { query, variables: [CANARY] } }, 400, 'bad-request'],
    [{ ...post, payload: { query: 'query A { clients { nextCursor } }', operationName: CANARY } }, 400, 'bad-request'],
    [{ ...post, payload: { query: `{ clients("${CANARY}") }` } }, 400, 'bad-request'],
    [{ ...post, payload: { query: JSON.stringify({ kind: 'Document', definitions: [] }) } }, 400, 'bad-request'],
    [{ ...post, payload: { query: 'subscription { clients { nextCursor } }' } }, 400, 'bad-request'],
    [{ ...post, payload: { query: `{ clients(limit: "${CANARY}") { nextCursor } }` } }, 400, 'bad-request'],
    [
      { ...post, payload: { query: `{ findClient(input: {fileReference: {${CANARY}: 1}}) { id } }` } },
      400,
      'bad-request',
    ],
    [{ ...post, payload: { query: '{ client { id } }' } }, 400, 'bad-request'],
    [{ ...post, payload: 'x'.repeat(1024 * 1024 + 1) }, 413, 'body-too-large'],
    [
      { ...post, headers: { ...json, 'content-type': 'application/graphql' }, payload: query },
      415,
      'media-type-unsupported',
    ],
  ] as const;
  for (const [request, status, code] of rows) {
    const answer = await app.inject(request as object);
    const what = `${status} ${JSON.stringify(request).slice(0, 150)}`;
    t.equal(answer.statusCode, status, what);
    t.equal(answer.headers['cache-control'], 'no-store', what);
    const { data, errors } = answer.json();
    t.equal(data, undefined, what);
    t.match(errors, [{ message: String, extensions: { code, status, type: `/docs/errors#${code}` } }], what);
    t.notMatch(answer.body, CANARY, what);
  }
  t.notMatch(log(), 'unexpected exception');
});

t.test('no guesses at what the schema has', async (t) => {
  const { app, graphql } = await doorsApp();
  t.teardown(() => app.close());
  for (const document of [
    '{ client { id } }',
    '{ clint { id } }',
    '{ clients { item { id } } }',
    '{ clients(limits: 1) { nextCursor } }',
    'query($i: ForwardInpu) { clients { nextCursor } }',
    '{ clients { ... on ClientPag { nextCursor } } }',
    'mutation { rejectForwarding(forwardingId: "x", input: {expectedVersion: 1, code: NO_CAPACIT}) { id } }',
    'mutation { rejectForwarding(forwardingId: "x", input: {expectedVersion: 1, codes: DUPLICATE}) { id } }',
  ]) {
    const answer = await graphql(document);
    t.equal(answer.statusCode, 400, document);
    t.notMatch(answer.body, /did you mean|NO_CAPACITY|laufzettel"/i, document);
  }
});

t.test('a name that the schema does not have comes back neither in a message nor in a pointer', async (t) => {
  const { app, graphql, log } = await doorsApp();
  t.teardown(() => app.close());
  const slip = (more: string) =>
    `createLaufzettel(input: {clientId: "x", kind: TERMIN, purpose: TERMIN, ${more}}) { id }`;
  const rows: [string, string[]][] = [
    [`mutation { createClient(input: {${CANARY}: 1}) { id } }`, ['']],
    [`mutation { createClient(input: {fileReference: {${CANARY}: 1}}) { id } }`, ['/fileReference']],
    [`mutation { ${slip(`${CANARY}: {kind: 1}`)} }`, ['']],
    [`mutation { ${slip(`entries: [{category: TERMIN, payload: {}, ${CANARY}: 1}]`)} }`, ['/entries/0']],
    [`mutation { ${slip(`entries: {category: TERMIN, payload: {}, ${CANARY}: 1}`)} }`, ['/entries']],
    [`mutation { ${slip(`entries: [{category: ${CANARY}, payload: {}}]`)} }`, ['/entries/0/category']],
    [
      `mutation { ${slip(`entries: [{category: TERMIN, payload: {${CANARY}: 1, ${CANARY}: 2}}]`)} }`,
      ['/entries/0/payload'],
    ],
    [`mutation { ${slip(`entries: [{category: TERMIN, payload: {a: $${CANARY}}}]`)} }`, ['/entries/0/payload']],
    [
      `mutation($v: Int!) { ${slip(`entries: [{category: TERMIN, payload: {${CANARY}: $v}}]`)} }`,
      ['/entries/0/payload'],
    ],
    [`mutation($v: Int!) { createClient(input: {${CANARY}: $v}) { id } }`, ['']],
    [`{ clients(${CANARY}: {${CANARY}: 1}) { nextCursor } }`, ['']],
    [`query($v: Int!) { clients(${CANARY}: {limit: $v}) { nextCursor } }`, ['']],
    [`{ clients(constructor: ${CANARY}) { nextCursor } }`, ['']],
    [`{ ${CANARY} { id } }`, ['']],
    [`{ clients { ${CANARY} } }`, ['']],
    [`{ clients { ...${CANARY} } }`, ['']],
    [`{ clients { ... on ${CANARY} { id } } }`, ['']],
    [`{ clients { nextCursor @${CANARY} } }`, ['']],
    [`query($v: ${CANARY}) { clients { nextCursor } }`, ['', '']],
    [`query($${CANARY}: Int) { clients { nextCursor } }`, ['']],
    [`query ${CANARY} { clients(limit: $${CANARY}) { nextCursor } }`, ['/query/limit']],
    [`query($${CANARY}: String) { clients(limit: $${CANARY}) { nextCursor } }`, ['']],
    [`{ clients { ${CANARY}: nextCursor ${CANARY}: items { id } } }`, ['']],
    [`{ clients { nextCursor } } fragment ${CANARY} on Client { id }`, ['']],
  ];
  for (const [document, pointers] of rows) {
    const answer = await graphql(document);
    t.equal(answer.statusCode, 400, document);
    t.same(
      answer.json().errors[0].extensions.errors.map((one: { pointer: string }) => one.pointer),
      pointers,
      `${document} ${answer.body}`,
    );
    t.notMatch(answer.body, CANARY, document);
  }
  t.notMatch(log(), CANARY);
});

t.test('names of ours are told, with the place of the others', async (t) => {
  const { app, graphql } = await doorsApp();
  t.teardown(() => app.close());
  for (const [document, detail] of [
    ['{ clients { nothing } }', 'Cannot query field "…" on type "ClientPage" (line 1, column 13)'],
    ['{ clients(nothing: 1) { nextCursor } }', 'Unknown argument "…" on field "Query.clients" (line 1, column 11)'],
    [
      '{ client { id } }',
      'Field "client" argument "clientId" of type "ID!" is required, but it was not provided (line 1, column 3)',
    ],
  ] as const) {
    const answer = await graphql(document);
    t.same(answer.json().errors[0].extensions.errors, [{ pointer: '', detail }]);
  }
});

t.test('wrong variables are told by pointers into what they stand for', async (t) => {
  const { app, graphql } = await doorsApp();
  t.teardown(() => app.close());
  const laufzettel = (input: string) => `($v: ${input}) { createLaufzettel(input: `;
  const rows: [string, unknown, string[]][] = [
    [
      `mutation${laufzettel('CreateLaufzettelInput!')}$v) { id } }`,
      { clientId: CLIENT, entries: [{ payload: {} }] },
      ['/kind', '/purpose', '/entries/0/category'],
    ],
    [
      `mutation($v: EntryInput!) { createLaufzettel(input: {clientId: "x", kind: TERMIN, purpose: TERMIN, entries: [{category: TERMIN, payload: {}}, $v]}) { id } }`,
      { category: CANARY, payload: {} },
      ['/entries/1/category'],
    ],
    [
      'mutation($v: Purpose!) { createLaufzettel(input: {clientId: "x", kind: TERMIN, purpose: $v}) { id } }',
      CANARY,
      ['/purpose'],
    ],
    ['query($v: Int) { clients(limit: $v) { nextCursor } }', CANARY, ['/query/limit']],
    ['query($v: ID!) { client(clientId: $v) { id } }', { [CANARY]: 1 }, ['/path/clientId']],
    ['query($v: ID!) { client(clientId: $v) { id } }', undefined, ['/path/clientId']],
    ['query($v: FindClientInput!) { findClient(input: $v) { id } }', { fileReference: 'x', [CANARY]: 1 }, ['']],
    ['query($v: FindClientInput!) { findClient(input: $v) { id } }', null, ['']],
  ];
  for (const [document, v, pointers] of rows) {
    for (const _run of [1, 2, 3]) {
      const answer = await graphql(document, { v });
      t.equal(answer.statusCode, 400, document);
      const { errors, code } = answer.json().errors[0].extensions;
      t.equal(code, 'bad-request');
      t.same(
        errors.map((one: { pointer: string }) => one.pointer),
        pointers,
        answer.body,
      );
      t.notMatch(answer.body, CANARY);
    }
  }
});

t.test('each field has its own answer or its own problem', async (t) => {
  const calls: string[] = [];
  const { app, graphql } = await doorsApp({
    listClients: async (_caller, { query }) => {
      calls.push(`clients ${query.limit}`);
      return { items: [], nextCursor: null };
    },
    getClient: async () => problem('not-found', 'No such client.'),
    createClient: async (_caller, { body }) => {
      calls.push((body as { fileReference: string }).fileReference);
      await new Promise((resolve) => setTimeout(resolve, calls.length === 1 ? 20 : 0));
      return { id: CLIENT, fileReference: null, createdAt: '' };
    },
  });
  t.teardown(() => app.close());
  const document = `{ clients(limit: 3) { nextCursor } gone: client(clientId: "${CLIENT}") { id } }`;
  for (const _run of [1, 2, 3]) {
    const answer = await graphql(document);
    t.equal(answer.statusCode, 200);
    t.match(answer.json(), {
      data: { clients: { nextCursor: null }, gone: null },
      errors: [{ message: 'No such client.', path: ['gone'], extensions: { code: 'not-found', status: 404 } }],
    });
  }
  calls.length = 0;
  await graphql(
    'mutation { a: createClient(input: {fileReference: "first"}) { id } b: createClient(input: {fileReference: "second"}) { id } }',
  );
  t.same(calls, ['first', 'second'], 'mutations one after the other');
});

t.test('of several operations in one document the named one runs, compiled or not', async (t) => {
  const { app, graphql } = await doorsApp({
    getOwnAgency: async () => ({ id: EXAMPLE_IDS.arge }),
    listClients: async () => ({ items: [], nextCursor: 'next' }),
  });
  t.teardown(() => app.close());
  const document = 'query A { ownAgency { ...I } } query B { clients { nextCursor } } fragment I on Agency { id }';
  for (const _run of [1, 2, 3]) {
    t.same((await graphql(document, {}, { operationName: 'A' })).json(), {
      data: { ownAgency: { id: EXAMPLE_IDS.arge } },
    });
    t.same((await graphql(document, {}, { operationName: 'B' })).json(), { data: { clients: { nextCursor: 'next' } } });
  }
  t.equal((await graphql(document)).statusCode, 400, 'without a name it is not clear which');
  t.equal((await graphql('{ ownAgency { id } } { clients { nextCursor } }')).statusCode, 400);
});

t.test('compiled or not, a handler gets what was sent', async (t) => {
  const seen: string[] = [];
  const collect = async (_caller: unknown, input: unknown) => {
    seen.push(JSON.stringify(input));
    return problem('conflict', 'Seen.');
  };
  const { app, graphql } = await doorsApp({ addEntry: collect, listEntries: collect, createLaufzettel: collect });
  t.teardown(() => app.close());
  const entry = (input: string) => `{ addEntry(clientId: "${CLIENT}", input: ${input}) { id } }`;
  const sprache = 'category: SPRACHE, payload: {erstsprache: "tr", deutschNiveau: $v}';
  const rows: [string, object, object][] = [
    [`mutation($v: JSON) ${entry(`{${sprache}}`)}`, { v: 'A2' }, { body: { payload: { deutschNiveau: 'A2' } } }],
    [
      `mutation($v: JSON!) ${entry('{category: SPRACHE, payload: $v}')}`,
      { v: { erstsprache: 'tr' } },
      { body: { payload: { erstsprache: 'tr' } } },
    ],
    [
      `mutation($v: Category!) ${entry('{category: $v, payload: {erstsprache: "tr"}}')}`,
      { v: 'SPRACHE' },
      { body: { category: 'SPRACHE' } },
    ],
    [
      `mutation($v: DateTime) ${entry('{category: SPRACHE, guardFrom: $v, payload: {erstsprache: "tr"}}')}`,
      { v: null },
      { body: { guardFrom: null } },
    ],
    [
      `mutation($v: ID!) ${entry('{category: SPRACHE, concerns: [$v], payload: {erstsprache: "tr"}}')}`,
      { v: CLIENT },
      { body: { concerns: [CLIENT] } },
    ],
    [
      `mutation($v: EntryInput!) ${entry('$v')}`,
      { v: { category: 'SPRACHE', payload: { erstsprache: 'tr' }, concerns: CLIENT } },
      { body: { concerns: [CLIENT] } },
    ],
    [
      'mutation($v: [EntryInput!]) { createLaufzettel(input: {clientId: "ID", kind: TERMIN, purpose: TERMIN, entries: $v, route: "ID"}) { id } }'.replaceAll(
        'ID"',
        `${CLIENT}"`,
      ),
      { v: [{ category: 'SPRACHE', payload: { erstsprache: 'tr' } }] },
      { body: { route: [CLIENT], entries: [{ payload: { erstsprache: 'tr' } }] } },
    ],
    [`query($v: Int = 3) { entries(clientId: "${CLIENT}", limit: $v) { nextCursor } }`, {}, { query: { limit: 3 } }],
    [`query($v: Int) { entries(clientId: "${CLIENT}", limit: $v) { nextCursor } }`, {}, { query: { limit: 50 } }],
    [`query($v: Int) { entries(clientId: "${CLIENT}", limit: $v) { nextCursor } }`, { v: 4 }, { query: { limit: 4 } }],
    [`query($v: ID!) { entries(clientId: $v) { nextCursor } }`, { v: CLIENT }, { params: { clientId: CLIENT } }],
  ];
  for (const [document, variables, expected] of rows) {
    for (const _run of [1, 2, 3]) {
      const answer = await graphql(document, variables);
      t.match(JSON.parse(seen.at(-1) ?? 'null'), expected, `${document} ${answer.body}`);
      t.equal(answer.json().errors[0].extensions.code, 'conflict', answer.body);
    }
    t.equal(new Set(seen.splice(0)).size, 1, 'the same each time');
  }
});

t.test('skip and include hold when compiled', async (t) => {
  const { app, graphql } = await doorsApp({ listClients: async () => ({ items: [], nextCursor: 'next' }) });
  t.teardown(() => app.close());
  const document = 'query($v: Boolean!) { clients { nextCursor @include(if: $v) items @skip(if: $v) { id } } }';
  for (const _run of [1, 2, 3]) {
    t.same((await graphql(document, { v: true })).json(), { data: { clients: { nextCursor: 'next' } } });
    t.same((await graphql(document, { v: false })).json(), { data: { clients: { items: [] } } });
  }
});
