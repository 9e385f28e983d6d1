/** Every operation's example is sent, at both doors, to a world in which it works; the docs show the same examples. */
import { readFileSync } from 'node:fs';
import t from 'tap';
import { parse } from 'yaml';
import { EXAMPLE_IDS } from '../../src/contract/example-ids.ts';
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS, type OperationId } from '../../src/contract/operations.ts';
import { isBodyOptional } from '../../src/contract/run.ts';
import { stopClock } from '../operations/world.ts';
import { DOORS, type Input, OPERATION, systemAt } from '../support/both-doors.ts';
import { type Partner, startExchange } from '../support/exchange.ts';

type ExampleName = keyof typeof EXAMPLE_IDS;

interface Step {
  id: OperationId;
  /** The ARGE unless told. */
  by?: Partner;
  /** What stands for that id from then on: the answer's id, or that of its member. */
  gives?: ExampleName;
  member?: string;
}

/** An order in which each works. Some are needed twice: a forwarding is accepted, and another one rejected. */
const STEPS: readonly Step[] = [
  { id: 'listAgencies' },
  { id: 'getAgency' },
  { id: 'getOwnAgency' },
  { id: 'createAgency', by: 'admin' },
  { id: 'registerSystem', by: 'admin' },
  { id: 'createAgreement', gives: 'agreement' },
  { id: 'listAgreements' },
  { id: 'getAgreement' },
  { id: 'signAgreement' },
  { id: 'terminateAgreement' },
  { id: 'createClient' },
  { id: 'listClients' },
  { id: 'findClient' },
  { id: 'getClient' },
  { id: 'recordStatement' },
  { id: 'listStatements' },
  { id: 'recordRelease' },
  { id: 'listReleases' },
  { id: 'getCatalogue' },
  { id: 'addEntry', gives: 'entry' },
  { id: 'listEntries' },
  { id: 'getEntry' },
  { id: 'createLaufzettel', gives: 'laufzettel' },
  { id: 'getLaufzettel' },
  { id: 'listLaufzettel' },
  { id: 'previewForwarding' },
  { id: 'forwardLaufzettel', gives: 'forwarding', member: 'forwarding' },
  { id: 'listSent' },
  { id: 'listInbox', by: 'caritas' },
  { id: 'getForwarding', by: 'caritas' },
  { id: 'acceptForwarding', by: 'caritas' },
  { id: 'forwardLaufzettel', gives: 'forwarding', member: 'forwarding' },
  { id: 'rejectForwarding', by: 'caritas' },
  { id: 'listDisclosures' },
  { id: 'eraseClient' },
  { id: 'suspendAgency', by: 'admin' },
  { id: 'reinstateAgency', by: 'admin' },
];

/** The examples name days; they are sent on this one. */
const TODAY = '2026-11-23T09:00:00.000Z';
/** findClient's example looks for this client. */
const FILE_REFERENCE = 'MB-2026-0001';

t.test('every operation has an example, and each is sent', async (t) => {
  const sent = new Set(STEPS.map((step) => step.id));
  for (const { id, example, params, body } of OPERATIONS as readonly (Operation & { id: OperationId })[]) {
    t.ok(sent.has(id), `${id} is sent`);
    t.ok(example, `${id} has an example`);
    for (const name of Object.keys(params?.shape ?? {}))
      t.ok(example?.params?.[name], `${id} has an example of ${name}`);
    if (body && !isBodyOptional(OPERATION.get(id)!)) t.not(example.body, undefined, `${id} has an example of its body`);
  }
});

t.test('openapi.yaml shows the examples that are sent', async (t) => {
  const { paths } = parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8'));
  for (const { id, method, path, example, params, body } of OPERATIONS as readonly Operation[]) {
    const shown = paths[path]?.[method.toLowerCase()];
    t.equal(shown?.operationId, id);
    const inPath = shown.parameters.filter((one: { in?: string }) => one.in === 'path');
    const shownParams = Object.fromEntries(
      inPath.map((one: { name: string; example: string }) => [one.name, one.example]),
    );
    t.same(shownParams, params ? example.params : {}, `${id}: the parameters`);
    t.same(shown.requestBody?.content['application/json'].example, body ? example.body : undefined, `${id}: the body`);
  }
});

for (const door of DOORS) {
  t.test(`every example works (${door})`, async (t) => {
    const exchange = await startExchange();
    t.teardown(() => exchange.close());
    await stopClock(exchange, TODAY);
    const as = async (partner: Partner) => systemAt(door, exchange.url, (await exchange.as(partner)).token);
    const ids: Record<ExampleName, string> = { ...EXAMPLE_IDS };
    ids.client = (await (await as('arge')).done('createClient', { body: { fileReference: FILE_REFERENCE } })).id;

    for (const { id, by = 'arge', gives, member } of STEPS) {
      const { params, query, body } = OPERATION.get(id)!.example;
      const input = withIds(
        { ...(params && { params }), ...(query && { query }), ...(body === undefined ? {} : { body }) },
        ids,
      );
      const outcome = await (await as(by)).call(id, input);
      t.ok(outcome.ok, outcome.ok ? id : `${id}: ${outcome.bytes}`);
      if (outcome.ok && gives) ids[gives] = (member ? outcome.value[member] : outcome.value).id;
    }
  });
}

/** Puts the ids of this world in the place of those of the docs. */
function withIds(input: Input, ids: Record<ExampleName, string>): Input {
  const names = Object.keys(EXAMPLE_IDS) as ExampleName[];
  const text = names.reduce((sofar, name) => sofar.replaceAll(EXAMPLE_IDS[name], ids[name]), JSON.stringify(input));
  return JSON.parse(text);
}
