import { getIntrospectionQuery } from 'graphql';
import { EXAMPLE_IDS } from '../../src/contract/example-ids.ts';
import { MAX_DOCUMENT_CHARACTERS } from '../../src/graphql/document.ts';
import { doorsApp } from '../rest/doors-app.ts';
import { t } from '../support/t.ts';

const empty = { items: [], nextCursor: null };
const deepType = (depth: number): string => (depth === 0 ? 'name' : `ofType { ${deepType(depth - 1)} }`);
const deepFields = (depth: number): string => (depth === 0 ? 'name' : `fields { type { ${deepFields(depth - 1)} } }`);
const many = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_one, index) => text(index)).join(' ');

/** Fragments that double at every step: few characters, 2^n fields. */
const bomb = (steps: number): string =>
  `{ clients { items { ...F0 } } } ${many(steps, (n) => `fragment F${n} on Client { ...F${n + 1} ...F${n + 1} }`)} fragment F${steps} on Client { id }`;

const forwarding = `forwarding(forwardingId: "${EXAMPLE_IDS.forwarding}")`;
const create = (index: number) => `c${index}: createClient { id }`;

const rows: [string, string, number][] = [
  ['twenty fields at the root', `{ ${many(20, (n) => `a${n}: clients(limit: 1) { nextCursor }`)} }`, 200],
  ['twenty-one', `{ ${many(21, (n) => `a${n}: clients(limit: 1) { nextCursor }`)} }`, 400],
  [
    'twenty-one by a fragment',
    `{ ...A ...B } fragment A on Query { ${many(11, (n) => `a${n}: ownAgency { id }`)} } fragment B on Query { ${many(10, (n) => `b${n}: ownAgency { id }`)} }`,
    400,
  ],
  ['five mutations', `mutation { ${many(5, create)} }`, 200],
  ['six mutations', `mutation { ${many(6, create)} }`, 400],
  ['five hundred fields', `{ ownAgency { ${many(499, () => 'id')} } }`, 200],
  ['more than five hundred', `{ ownAgency { ${many(500, () => 'id')} } }`, 400],
  ['a hundred aliases', `{ ownAgency { ${many(100, (n) => `a${n}: id`)} } }`, 200],
  ['more than a hundred', `{ ownAgency { ${many(101, (n) => `a${n}: id`)} } }`, 400],
  [
    'aliases by a fragment',
    `{ ${many(11, (n) => `o${n}: ownAgency { ...A }`)} } fragment A on Agency { ${many(9, (n) => `a${n}: id`)} }`,
    400,
  ],
  ['fifty directives', `{ ownAgency { ${many(50, (n) => `a${n}: id @skip(if: false)`)} } }`, 200],
  ['more than fifty', `{ ownAgency { ${many(51, (n) => `a${n}: id @skip(if: false)`)} } }`, 400],
  ['one directive many times', `{ ownAgency { id ${'@skip(if: false) '.repeat(51)} } }`, 400],
  [
    'three large pages',
    `{ ${many(3, (n) => `a${n}: clients(limit: 200) { items { id fileReference createdAt } }`)} }`,
    200,
  ],
  [
    'twenty large pages',
    `{ ${many(20, (n) => `a${n}: clients(limit: 200) { items { id fileReference createdAt } }`)} }`,
    400,
  ],
  [
    'a page whose size is a variable',
    `query($n: Int) { ${many(20, (n) => `a${n}: clients(limit: $n) { items { id fileReference createdAt } }`)} }`,
    400,
  ],
  ['lists in a list', `{ ${forwarding} { entries { payload } closedEntries { entryId } } }`, 200],
  ['fragments that unfold', bomb(40), 400],
  [
    'fragments in a circle',
    '{ clients { ...A } } fragment A on ClientPage { items { id } ...B } fragment B on ClientPage { ...A }',
    400,
  ],
  ['a fragment that is its own', '{ ...A } fragment A on Query { ...A }', 400],
  ['inline fragments without end', `{ ${'... { '.repeat(450)} ownAgency { id } ${'} '.repeat(450)} }`, 200],
  ['deeper than eight', `{ ${'clients { items { '.repeat(5)} id ${'} } '.repeat(5)} }`, 400],
  ['introspection', getIntrospectionQuery(), 200],
  ['introspection of types of types', `{ __type(name: "Client") { ${deepType(14)} } }`, 200],
  ['introspection without end', `{ __type(name: "Client") { ${deepType(40)} } }`, 400],
  ['introspection in circles', `{ __schema { types { ${deepFields(5)} } } }`, 400],
  ['a long document', `{ ownAgency { id } } # ${'x'.repeat(MAX_DOCUMENT_CHARACTERS)}`, 400],
  ['many tokens', `{ ownAgency(a: [${'1 '.repeat(2_000)}]) { id } }`, 400],
  ['nested lists', `{ clients(limit: ${'['.repeat(900)}${']'.repeat(900)}) { nextCursor } }`, 400],
];

t.test('what one document may ask for', async (t) => {
  const { app, graphql, log } = await doorsApp({
    listClients: async () => empty,
    createClient: async () => ({ id: EXAMPLE_IDS.client, fileReference: null, createdAt: '' }),
    getOwnAgency: async () => ({ id: EXAMPLE_IDS.arge }),
    getForwarding: async () => ({ entries: [], closedEntries: [] }),
  });
  t.teardown(() => app.close());
  for (const [what, document, status] of rows) {
    // The third run is the compiled one.
    for (const run of [1, 2, 3]) {
      const before = performance.now();
      const answer = await graphql(document, what.includes('variable') ? { n: 200 } : undefined);
      t.equal(answer.statusCode, status, `${what}, run ${run}: ${answer.body.slice(0, 300)}`);
      t.ok(performance.now() - before < 2_000, 'and soon');
      if (status === 200) t.notOk(answer.json().errors, what);
      else t.match(answer.json(), { errors: [{ extensions: { code: 'bad-request', status: 400 } }] }, what);
    }
  }
  t.notMatch(log(), 'unexpected exception');
});
