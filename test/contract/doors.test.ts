/** Whatever one door answers, the other does too. */
import { EXAMPLE_IDS } from '../../src/contract/example-ids.ts';
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { languageOf } from '../../src/contract/problem-texts.ts';
import { isBodyOptional } from '../../src/contract/run.ts';
import { PROBLEMS, type ProblemCode, problem } from '../../src/domain/problem.ts';
import { type DoorsApp, doorsApp } from '../rest/doors-app.ts';
import { t } from '../support/t.ts';

const CLIENT = EXAMPLE_IDS.client;
const CANARY = 'Kanarienvogel';

/** The members of a problem as either door sent it, without the request id. */
function problemOf(answer: Awaited<ReturnType<DoorsApp['rest']>>): Record<string, unknown> {
  const body = answer.json();
  if (!body.errors?.[0]?.message) return { ...body, instance: undefined };
  return { ...body.errors[0].extensions, detail: body.errors[0].message, instance: undefined };
}

t.test('what cannot be read is the same code with the same pointers', async (t) => {
  const { app, rest, graphql } = await doorsApp();
  t.teardown(() => app.close());
  const entry = 'mutation($input: EntryInput!) { addEntry(clientId: "ID", input: $input) { id } }'.replace(
    'ID',
    CLIENT,
  );
  const statement =
    'mutation($input: StatementInput!) { recordStatement(clientId: "ID", input: $input) { id } }'.replace('ID', CLIENT);
  const laufzettel = 'mutation($input: CreateLaufzettelInput!) { createLaufzettel(input: $input) { id } }';
  const said = { statedAt: '2026-11-02', statedBy: 'PERSON', ageBand: 'ADULT' };
  const rows: [string, string, object, string[]][] = [
    [`/v1/clients/${CLIENT}/entries`, entry, { category: 'SPRACHE' }, ['/payload']],
    [`/v1/clients/${CLIENT}/entries`, entry, { category: CANARY, payload: {} }, ['/category']],
    [
      `/v1/clients/${CLIENT}/entries`,
      entry,
      { category: 'SPRACHE', payload: { erstsprache: 'tr', [CANARY]: 1 } },
      ['/payload'],
    ],
    [
      `/v1/clients/${CLIENT}/entries`,
      entry,
      { category: 'SPRACHE', payload: { deutschNiveau: CANARY } },
      ['/payload/deutschNiveau'],
    ],
    [`/v1/clients/${CLIENT}/statements`, statement, { ...said, decision: CANARY }, ['/decision']],
    [
      `/v1/clients/${CLIENT}/statements`,
      statement,
      { ...said, decision: 'WITHDRAWN', textHash: CANARY, recipient: CANARY },
      ['/recipient', ''],
    ],
    [
      '/v1/laufzettel',
      laufzettel,
      {
        clientId: CLIENT,
        kind: 'TERMIN',
        purpose: 'TERMIN',
        entries: [{ category: 'SPRACHE', payload: { erstsprache: 4 } }],
      },
      ['/entries/0/payload/erstsprache'],
    ],
  ];
  for (const [url, document, body, pointers] of rows) {
    const answers = [await rest('POST', url, { payload: body }), await graphql(document, { input: body })];
    for (const answer of answers) {
      const { code, errors } = problemOf(answer) as { code: string; errors: { pointer: string }[] };
      t.equal(code, 'bad-request', JSON.stringify(body));
      t.same(
        errors.map((one) => one.pointer),
        pointers,
        `${answer.statusCode} ${answer.body}`,
      );
      t.notMatch(answer.body, CANARY, 'and none repeats what was sent');
    }
  }
  const tooMany = [await rest('GET', '/v1/clients?limit=201'), await graphql('{ clients(limit: 201) { nextCursor } }')];
  for (const answer of tooMany)
    t.match(problemOf(answer), { code: 'bad-request', errors: [{ pointer: '/query/limit' }] });
});

t.test('a problem of a use case has the same members on both', async (t) => {
  let code: ProblemCode = 'internal';
  const answer = async () =>
    problem(code, 'A sentence.', {
      errors: [{ pointer: '/x', detail: 'is wrong' }],
      extra: { withheld: [{ reasons: ['NO_CONSENT'] }], status: 'not this one' },
    });
  const { app, rest, graphql } = await doorsApp({ getClient: answer });
  t.teardown(() => app.close());
  for (code of Object.keys(PROBLEMS) as ProblemCode[]) {
    for (const language of ['de', 'en']) {
      const headers = { 'accept-language': `fr, ${language};q=0.8` };
      const overRest = await rest('GET', `/v1/clients/${CLIENT}`, { headers });
      const overGraphql = await graphql(`{ client(clientId: "${CLIENT}") { id } }`, undefined, { headers });
      t.same(problemOf(overGraphql), problemOf(overRest), code);
      t.equal(overRest.statusCode, PROBLEMS[code].status);
      t.equal(overGraphql.statusCode, 200, 'an executed document is a 200');
      t.match(problemOf(overRest), {
        code,
        status: PROBLEMS[code].status,
        type: `/docs/errors#${code}`,
        withheld: [{}],
      });
      t.equal(problemOf(overRest).title === PROBLEMS[code].title, language === 'en', 'titles are translated');
    }
  }
});

t.test('an id in the path that is malformed looks like one that is unknown', async (t) => {
  const { app, rest, graphql } = await doorsApp();
  t.teardown(() => app.close());
  for (const answer of [
    await rest('GET', '/v1/clients/no-id'),
    await rest('GET', '/v1/clients/%zz'),
    await graphql('{ client(clientId: "no-id") { id } }'),
  ]) {
    t.match(problemOf(answer), { code: 'not-found', status: 404 });
  }
  const withParams = (OPERATIONS as readonly Operation[]).filter((operation) => operation.params);
  for (const operation of withParams) t.ok(operation.problems.includes('not-found'), `${operation.id} says so`);
});

t.test('members that the contract does not name stay inside', async (t) => {
  const client = { id: CLIENT, fileReference: null, createdAt: '2026-11-23T00:00:00.000Z', secret: CANARY };
  const { app, rest, graphql } = await doorsApp({
    getClient: async () => client,
    listClients: async () => ({ items: [client], nextCursor: null, total: CANARY }),
  });
  t.teardown(() => app.close());
  const { secret: _, ...visible } = client;
  t.same((await rest('GET', `/v1/clients/${CLIENT}`)).json(), visible);
  t.same((await rest('GET', '/v1/clients')).json(), { items: [visible], nextCursor: null });
  const fields = 'id fileReference createdAt';
  const answer = await graphql(
    `{ client(clientId: "${CLIENT}") { ${fields} } clients { items { ${fields} } nextCursor } }`,
  );
  t.same(answer.json(), { data: { client: visible, clients: { items: [visible], nextCursor: null } } });
  t.equal((await graphql(`{ client(clientId: "${CLIENT}") { secret } }`)).statusCode, 400);
});

t.test('an exception shows nothing of itself', async (t) => {
  const fails = async () => {
    throw Object.assign(new Error(`${CANARY}: SELECT 1`), { statusCode: 404, code: CANARY, detail: CANARY });
  };
  const { app, rest, graphql, log } = await doorsApp({
    getClient: fails,
    // Not what the contract says: the serializer and GraphQL each find out in their own way.
    getOwnAgency: async () => ({ id: AGENCY_ID, kind: CANARY }),
  });
  t.teardown(() => app.close());
  const answers = [
    await rest('GET', `/v1/clients/${CLIENT}`),
    await rest('GET', '/v1/agency'),
    // Twice, for the second run is the compiled one.
    await graphql(`{ client(clientId: "${CLIENT}") { id } }`),
    await graphql(`{ client(clientId: "${CLIENT}") { id } }`),
    await graphql('{ ownAgency { id kind } }'),
    await graphql('{ ownAgency { id kind } }'),
    await graphql('{ ownAgency { name } }'),
  ];
  for (const answer of answers) {
    t.match(problemOf(answer), { code: 'internal', status: 500, title: 'Something failed here' });
    t.notMatch(answer.body, CANARY);
    const instance = answer.json().instance ?? answer.json().errors[0].extensions.instance;
    t.match(instance, /^urn:uuid:[0-9a-f-]{36}$/);
    t.match(log(), `"reqId":"${instance.slice('urn:uuid:'.length)}"`, 'the log has the same id');
  }
  for (const answer of [
    await rest('GET', '/v1/agency', { headers: { authorization: 'Bearer broken' } }),
    await graphql('{ ownAgency { id } }', undefined, { token: 'broken' }),
  ]) {
    t.equal(answer.statusCode, 500);
    t.notMatch(answer.body, 'CANARY');
  }
});
const AGENCY_ID = EXAMPLE_IDS.arge;

t.test('who may do what', async (t) => {
  const seen: unknown[] = [];
  const { app, rest, graphql } = await doorsApp({
    createClient: async (caller) => {
      seen.push(caller);
      return { id: CLIENT, fileReference: null, createdAt: '' };
    },
  });
  t.teardown(() => app.close());
  const create = 'mutation { createClient { id } }';
  const suspend = `mutation { suspendAgency(agencyId: "${AGENCY_ID}") { id } }`;
  const rows: [string, string, string, string, string][] = [
    ['reader', '/v1/clients', create, 'scope-missing', 'lacks the scope'],
    ['admin', '/v1/clients', create, 'scope-missing', "has it, but the admin's token acts for no agency"],
    ['agency', `/v1/agencies/${AGENCY_ID}/suspend`, suspend, 'scope-missing', "has it, but is an agency's"],
    ['admin', `/v1/agencies/${AGENCY_ID}/suspend`, suspend, 'not-allowed', 'reaches the handler'],
    ['unknown', '/v1/clients', create, 'token-invalid', 'is nobody'],
  ];
  for (const [token, url, document, code, why] of rows) {
    const overRest = await rest('POST', url, { headers: { authorization: `Bearer ${token}` } });
    t.match(problemOf(overRest), { code }, `${token}: ${why}`);
    t.match(problemOf(await graphql(document, undefined, { token })), { code });
    if (code !== 'scope-missing') continue;
    const { requiredScopes } = overRest.json();
    t.ok(requiredScopes.length > 0 && overRest.json().detail.includes(requiredScopes[0]), 'names what would do');
    t.match(overRest.headers['www-authenticate'], `error="insufficient_scope", scope="${requiredScopes.join(' ')}"`);
  }
  const headers = { 'laufzettel-caseworker': 'kw-17' };
  t.equal((await rest('POST', '/v1/clients', { headers })).statusCode, 201);
  t.equal((await graphql(create, undefined, { headers })).json().data.createClient.id, CLIENT);
  t.match(seen, [{ caseworker: 'kw-17' }, { caseworker: 'kw-17' }]);
});

t.test('the handler gets the same input', async (t) => {
  const inputs: unknown[] = [];
  const collect = async (_caller: unknown, input: unknown) => {
    inputs.push(structuredClone(input));
    return problem('conflict', 'Seen.');
  };
  const { app, rest, graphql } = await doorsApp({ recordStatement: collect, addEntry: collect, listEntries: collect });
  t.teardown(() => app.close());
  const last = () => inputs.splice(0);

  const said = { decision: 'WITHDRAWN', statedAt: '2026-11-02', statedBy: 'PERSON', ageBand: 'ADULT', recipient: null };
  await rest('POST', `/v1/clients/${CLIENT}/statements`, { payload: said });
  // What a client library sends that fills every member of the input type.
  const filled = {
    ...said,
    validFrom: null,
    form: null,
    textHash: null,
    confirm: null,
    adultFrom: null,
    language: null,
  };
  const statement = 'mutation($c: ID!, $i: StatementInput!) { recordStatement(clientId: $c, input: $i) { id } }';
  await graphql(statement, { c: CLIENT, i: filled });
  const [first, second] = last();
  t.same(second, first, 'null is absent where the contract knows no null');

  const entry = 'mutation($c: ID!, $i: EntryInput!) { addEntry(clientId: $c, input: $i) { id } }';
  const fields = { category: 'SPRACHE', payload: { erstsprache: 'tr' } };
  await rest('POST', `/v1/clients/${CLIENT}/entries`, { payload: { ...fields, guardFrom: null } });
  await graphql(entry, {
    c: CLIENT,
    i: { ...fields, guardFrom: null, secrecy: null, concerns: null, filedUnder: null },
  });
  const [plain, nulled] = last() as { body: { guardFrom?: null; secrecy?: unknown } }[];
  t.equal(nulled?.body.guardFrom, null, 'null is null where it means something');
  t.equal(plain?.body.guardFrom, null);
  t.notOk('secrecy' in nulled!.body && nulled!.body.secrecy !== undefined);

  const withNull = { category: 'SPRACHE', payload: { erstsprache: null } };
  t.match(problemOf(await rest('POST', `/v1/clients/${CLIENT}/entries`, { payload: withNull })), {
    code: 'bad-request',
  });
  t.match(
    problemOf(await graphql(entry, { c: CLIENT, i: withNull })),
    { code: 'bad-request' },
    'a payload is as it is',
  );

  t.match(problemOf(await rest('GET', `/v1/clients/${CLIENT}/entries?limit=7&unknown=1`)), { code: 'bad-request' });
  t.match(
    problemOf(await graphql(`{ entries(clientId: "${CLIENT}", unknown: 1) { nextCursor } }`)),
    { code: 'bad-request' },
    'what an operation does not know is refused at both doors',
  );
  await rest('GET', `/v1/clients/${CLIENT}/entries?limit=7`);
  await graphql(`{ entries(clientId: "${CLIENT}", limit: 7, cursor: null) { nextCursor } }`);
  const [paged, pagedToo] = last();
  t.same(paged, { params: { clientId: CLIENT }, query: { limit: 7 }, body: undefined });
  t.same(pagedToo, paged);
});

t.test('every example of the table can be read by its operation', async (t) => {
  for (const operation of OPERATIONS as readonly Operation[]) {
    const { params = {}, query = {}, body } = operation.example;
    t.ok(operation.params?.safeParse(params).success ?? true, operation.id);
    t.ok(operation.query?.safeParse(query).success ?? true, operation.id);
    t.equal(body === undefined, operation.body === undefined, `${operation.id} has a body in its example`);
    t.ok(operation.body?.safeParse(body).success ?? isBodyOptional(operation), operation.id);
  }
});

t.test('the language that a caller prefers', async (t) => {
  const rows: [string | undefined, string][] = [
    [undefined, 'en'],
    ['', 'en'],
    ['de', 'de'],
    ['de-AT,en;q=0.9', 'de'],
    ['en;q=0.8, de;q=0.9', 'de'],
    ['fr, it', 'en'],
    ['de;q=0', 'en'],
    ['de;q=9', 'de'],
    ['*', 'en'],
    [`${'x,'.repeat(10_000)}de`, 'en'],
  ];
  for (const [header, language] of rows) t.equal(languageOf(header), language, String(header).slice(0, 40));
});
