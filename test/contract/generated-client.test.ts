/** A partner generates a client from openapi.yaml: its program type-checks, and does at the real service what it says. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { TEXT_HASH } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TSC = join(ROOT, 'node_modules/typescript-7/bin/tsc');
const OPENAPI = new URL('../../openapi.yaml', import.meta.url);

/** The first forwarding, by two partners with a client of generated types. It tells what it saw as one line of JSON. */
const PROGRAM = `
import createClient from 'openapi-fetch';
import type { components, paths } from './laufzettel.ts';

const [url = '', arge = '', caritas = '', recipient = '', textHash = ''] = process.argv.slice(2);
const connect = (token: string) =>
  createClient<paths>({ baseUrl: url, headers: { authorization: \`Bearer \${token}\` } });
const sender = connect(arge);
const receiver = connect(caritas);
const today = new Date().toISOString();
const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

const client = (await sender.POST('/v1/clients', { body: { fileReference: 'GEN-1' } })).data!;
const found = (await sender.POST('/v1/clients/find', { body: { fileReference: 'GEN-1' } })).data!;
const slip = (
  await sender.POST('/v1/laufzettel', {
    body: {
      clientId: client.id,
      kind: 'BERATUNGSANFRAGE',
      purpose: 'BERATUNG',
      entries: [
        { category: 'STAMMDATEN', payload: { familienname: 'Mustergil', vorname: 'Elif' } },
        { category: 'KONTAKT', payload: { telefon: '+49 40 66969 001' } },
        { category: 'SPRACHE', payload: { erstsprache: 'tr', deutschNiveau: 'A2' } },
      ],
    },
  })
).data!;
const path = { laufzettelId: slip.id };

const refused = await sender.POST('/v1/laufzettel/{laufzettelId}/forwardings', { params: { path }, body: { recipient } });
const problem: components['schemas']['Problem'] | undefined = refused.error;
const given = await sender.POST('/v1/clients/{clientId}/statements', {
  params: { path: { clientId: client.id } },
  body: {
    decision: 'GIVEN',
    recipient,
    purpose: 'BERATUNG',
    categories: ['STAMMDATEN', 'KONTAKT'],
    statedAt: day(-1),
    statedBy: 'PERSON',
    ageBand: 'ADULT',
    validFrom: day(-1),
    validUntil: day(90),
    form: 'WRITTEN',
    language: 'de',
    textHash,
    evidenceRef: 'Ordner 3',
  },
});
const preview = await sender.POST('/v1/laufzettel/{laufzettelId}/preview', { params: { path }, body: { recipient } });
const sent = await sender.POST('/v1/laufzettel/{laufzettelId}/forwardings', { params: { path }, body: { recipient } });

const inbox = (await receiver.GET('/v1/inbox', { params: { query: { limit: 1 } } })).data!;
const hop = { path: { forwardingId: inbox.items[0]!.id } };
const read = (await receiver.GET('/v1/forwardings/{forwardingId}', { params: hop })).data!;
const accepted = await receiver.POST('/v1/forwardings/{forwardingId}/accept', {
  params: hop,
  body: { expectedVersion: read.version },
});
await sender.POST('/v1/clients/{clientId}/statements', {
  params: { path: { clientId: client.id } },
  body: { decision: 'WITHDRAWN', statedAt: today, statedBy: 'PERSON', ageBand: 'ADULT' },
});
const after = (await receiver.GET('/v1/forwardings/{forwardingId}', { params: hop })).data!;
const unknown = await receiver.GET('/v1/clients/{clientId}', { params: { path: { clientId: client.id } } });

console.log(
  JSON.stringify({
    found: found.id === client.id,
    refused: [refused.response.status, problem?.code],
    given: given.data?.decision,
    preview: preview.data?.permitted.map((entry) => entry.category),
    withheld: sent.data?.withheld.flatMap((entry) => entry.reasons),
    read: read.entries.map((entry) => entry.payload),
    accepted: accepted.data?.status,
    after: [after.status, after.entries.length, after.closedEntries.length],
    unknown: [unknown.response.status, unknown.error?.code],
  }),
);
`;

/** What the types have to refuse: each line is wrong, and its mark is an error where it is not. */
const MISUSE = `
import createClient from 'openapi-fetch';
import type { paths } from './laufzettel.ts';

const client = createClient<paths>({});
const header = { clientId: 'a', kind: 'TERMIN', purpose: 'TERMIN' } as const;
// @ts-expect-error no such path
export const path = () => client.GET('/v1/persons');
// @ts-expect-error no such method
export const method = () => client.POST('/v1/inbox');
// @ts-expect-error a parameter is missing
export const parameter = () => client.GET('/v1/clients/{clientId}');
// @ts-expect-error no such kind
export const kind = () => client.POST('/v1/laufzettel', { body: { ...header, kind: 'SANKTION' } });
// @ts-expect-error the purpose is missing
export const purpose = () => client.POST('/v1/laufzettel', { body: { clientId: 'a', kind: 'TERMIN' } });
// @ts-expect-error a version is a number
export const version = () => client.POST('/v1/forwardings/{forwardingId}/accept', { params: { path: { forwardingId: 'a' } }, body: { expectedVersion: '1' } });
export const answer = async () => {
  const { data } = await client.GET('/v1/agency');
  // @ts-expect-error an agency has no such member
  return data?.persons;
};
`;

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2024',
    lib: ['ES2024', 'DOM'],
    module: 'NodeNext',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  },
  include: ['*.ts'],
};

t.test('a generated client type-checks and does what it says', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'laufzettel-client-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const write = (name: string, text: string) => writeFile(join(directory, name), text);
  await symlink(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  await write('package.json', JSON.stringify({ type: 'module' }));
  await write('tsconfig.json', JSON.stringify(TSCONFIG));
  await write('laufzettel.ts', astToString(await openapiTypescript(OPENAPI, { silent: true })));
  await write('program.ts', PROGRAM);
  await write('misuse.ts', MISUSE);
  const checked = await run(process.execPath, [TSC, '-p', directory]).catch((error: { stdout: string }) => error);
  t.equal(checked.stdout, '', 'the compiler has nothing to say');

  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const [arge, caritas] = [await exchange.as('arge'), await exchange.as('caritas')];
  const given = [exchange.url, arge.token, caritas.token, AGENCY.caritas, TEXT_HASH];
  const { stdout } = await run(process.execPath, [join(directory, 'program.ts'), ...given]);
  t.same(JSON.parse(stdout), {
    found: true,
    refused: [403, 'consent-missing'],
    given: 'GIVEN',
    preview: ['STAMMDATEN', 'KONTAKT'],
    withheld: ['NO_CONSENT'],
    read: [{ familienname: 'Mustergil', vorname: 'Elif' }, { telefon: '+49 40 66969 001' }],
    accepted: 'ACCEPTED',
    after: ['BLOCKED', 0, 2],
    unknown: [404, 'not-found'],
  });
});
