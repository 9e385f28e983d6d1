/** Every operation's example is sent, at both doors, to a world in which it works; the docs show the same examples. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { EXAMPLE_IDS } from '../../src/contract/example-ids.ts';
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS, type OperationId } from '../../src/contract/operations.ts';
import { isBodyOptional } from '../../src/contract/run.ts';
import { forward, openCase, sayYes, stopClock } from '../operations/world.ts';
import { DOORS, type Input, OPERATION, type System, systemAt } from '../support/both-doors.ts';
import { yes } from '../support/consent-bodies.ts';
import { AGENCY, AGREEMENT, type Exchange, type Partner, startExchange } from '../support/exchange.ts';
import { insertRound } from '../support/rounds-job.ts';
import { signedBody } from '../support/signing.ts';
import { t } from '../support/t.ts';
import { startReceiver } from '../support/webhook-receiver.ts';

type ExampleName = keyof typeof EXAMPLE_IDS;

interface Step {
  id: OperationId;
  /** The ARGE unless told. */
  by?: Partner;
  /** What stands for that id from then on: the answer's id, or its member, or the id of that or of its first item. */
  gives?: ExampleName;
  member?: string;
  /** Where in it the id stands, if it is not its own. */
  field?: string;
}

/** An order in which each works. Some are needed twice: a forwarding is accepted, and another one rejected. */
const STEPS: readonly Step[] = [
  { id: 'listAgencies' },
  { id: 'getAgency' },
  { id: 'getOwnAgency' },
  { id: 'createAgency', by: 'admin' },
  { id: 'registerSystem', by: 'admin' },
  { id: 'listSystems', by: 'caritas' },
  { id: 'replaceSystemKeys', by: 'caritas' },
  { id: 'disableSystem', by: 'admin' },
  { id: 'createAgreement', gives: 'agreement' },
  { id: 'listAgreements' },
  { id: 'getAgreement' },
  { id: 'listAgreementVersions' },
  { id: 'getAgreementVersion' },
  { id: 'signAgreement' },
  { id: 'previewAgreementChange' },
  { id: 'amendAgreement' },
  { id: 'withdrawAmendment' },
  { id: 'leaveAgreement' },
  { id: 'createAgreement', gives: 'agreement' },
  { id: 'terminateAgreement' },
  { id: 'createClient' },
  { id: 'listClients' },
  { id: 'listOpenClients' },
  { id: 'findClient' },
  { id: 'getClient' },
  { id: 'issueLinkCode', gives: 'linkCode' },
  { id: 'listLinkCodes' },
  { id: 'revokeLinkCode' },
  { id: 'issueLinkCode', gives: 'code', member: 'code' },
  { id: 'redeemLinkCode', by: 'caritas', gives: 'link', member: 'linkId' },
  { id: 'listLinks' },
  { id: 'unlinkClient' },
  { id: 'recordStatement' },
  { id: 'listStatements' },
  { id: 'recordRelease' },
  { id: 'listReleases' },
  { id: 'startConsentConversation', gives: 'consentTextHash', member: 'texts', field: 'textHash' },
  { id: 'listConsentTexts', gives: 'consentText', member: 'items' },
  { id: 'getConsentText' },
  { id: 'recordConsentForm' },
  { id: 'getCatalogue' },
  { id: 'addEntry', gives: 'entry' },
  { id: 'listEntries' },
  { id: 'getEntry' },
  { id: 'correctEntry' },
  { id: 'createLaufzettel', gives: 'laufzettel' },
  { id: 'getLaufzettel' },
  { id: 'listLaufzettel' },
  { id: 'previewForwarding' },
  { id: 'forwardLaufzettel', gives: 'forwarding', member: 'forwarding' },
  { id: 'listSent' },
  { id: 'listInbox', by: 'caritas' },
  { id: 'getForwarding', by: 'caritas' },
  { id: 'acceptForwarding', by: 'caritas' },
  { id: 'progressForwarding', by: 'caritas' },
  { id: 'holdForwarding', by: 'caritas' },
  { id: 'answerForwarding', by: 'caritas' },
  { id: 'closeForwarding', by: 'caritas' },
  { id: 'addToLaufzettel' },
  { id: 'forwardLaufzettel', gives: 'forwarding', member: 'forwarding' },
  { id: 'recallForwarding' },
  { id: 'forwardLaufzettel', gives: 'forwarding', member: 'forwarding' },
  { id: 'rejectForwarding', by: 'caritas' },
  { id: 'listDisclosures' },
  { id: 'listEntryHops' },
  { id: 'planConference', gives: 'conference' },
  { id: 'listConferences' },
  { id: 'getConference' },
  { id: 'moveConference' },
  { id: 'planConference', gives: 'conference' },
  { id: 'declineConference', by: 'caritas' },
  { id: 'planConference', gives: 'conference' },
  { id: 'cancelConference' },
  { id: 'planConference', gives: 'conference' },
  { id: 'acceptConference', by: 'caritas' },
  { id: 'addToAgenda' },
  { id: 'removeFromAgenda' },
  { id: 'addToAgenda' },
  { id: 'beginConference' },
  { id: 'recordMinutes' },
  { id: 'createConferenceTask' },
  { id: 'endConference' },
  { id: 'createRequest', gives: 'request' },
  { id: 'listRequests' },
  { id: 'listWaiting' },
  { id: 'listEvents' },
  { id: 'listRounds', gives: 'round', member: 'items' },
  { id: 'getRound' },
  { id: 'getRequest' },
  { id: 'withdrawRequest' },
  { id: 'createRequest', gives: 'request' },
  { id: 'declineRequest', by: 'caritas' },
  { id: 'listCodes' },
  { id: 'openPlan', gives: 'plan' },
  { id: 'listPlans' },
  { id: 'proposePlanPart', gives: 'planProposal' },
  { id: 'getPlan', by: 'caritas' },
  { id: 'listPlanHistory' },
  { id: 'getPlanProposal' },
  { id: 'answerPlanProposal', by: 'caritas' },
  { id: 'proposePlanPart', gives: 'planProposal' },
  { id: 'withdrawPlanProposal' },
  { id: 'suspendAgency', by: 'admin' },
  { id: 'reinstateAgency', by: 'admin' },
  // The suspension closed what it had read.
  { id: 'listOwedAnswers', by: 'caritas', gives: 'disclosure', member: 'items', field: 'disclosureId' },
  { id: 'answerClosure', by: 'caritas' },
  { id: 'listUnacknowledged' },
  { id: 'listUnacknowledgedRecipients', by: 'admin' },
  { id: 'listClosureAnswers' },
  { id: 'getOwnPage' },
  { id: 'completeLaufzettel' },
  { id: 'createLaufzettel', gives: 'laufzettel' },
  { id: 'cancelLaufzettel' },
  // A proposal is about somebody whom both know: the client as the Caritas knows it.
  { id: 'getForwarding', by: 'caritas', gives: 'client', field: 'clientId' },
  { id: 'proposeConsent', by: 'caritas', gives: 'proposal' },
  { id: 'listProposals' },
  { id: 'getProposal' },
  { id: 'confirmProposal' },
  { id: 'proposeConsent', by: 'caritas', gives: 'proposal' },
  { id: 'declineProposal' },
  { id: 'proposeConsent', by: 'caritas', gives: 'proposal' },
  { id: 'withdrawProposal', by: 'caritas' },
  { id: 'registerWebhook', gives: 'webhook' },
  { id: 'listWebhooks' },
  { id: 'getWebhook' },
  { id: 'testWebhook' },
  { id: 'confirmWebhook' },
  { id: 'rotateWebhookSecret' },
  { id: 'listWebhookAttempts' },
  { id: 'resendToWebhook' },
  { id: 'disableWebhook' },
  { id: 'enableWebhook' },
  { id: 'listTroubledWebhooks', by: 'admin' },
  { id: 'eraseClient', by: 'caritas' },
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
    const receiver = await startReceiver((got, response) => {
      // What proves whose address it is comes back as an example of it.
      if (got.body.type === 'webhook.verification') ids.webhookCode = got.body.data.code;
      response.writeHead(204).end();
    });
    t.teardown(() => receiver.close());
    const ids: Record<ExampleName, string> = { ...EXAMPLE_IDS, webhookUrl: receiver.url };
    ids.client = (await (await as('arge')).done('createClient', { body: { fileReference: FILE_REFERENCE } })).id;

    ids.discussed = await discussedBy(await as('arge'));
    ids.plannedLaufzettel = await laufzettelToPlanOn(await as('arge'));
    await insertRound(exchange, { agreement: AGREEMENT, reader: AGENCY.arge, partner: AGENCY.caritas });

    for (const { id, by = 'arge', gives, member, field = 'id' } of STEPS) {
      const { params, query, body } = OPERATION.get(id)!.example;
      const input = withIds(
        { ...(params && { params }), ...(query && { query }), ...(body === undefined ? {} : { body }) },
        ids,
      );
      const keyed = { ...input, headers: { 'idempotency-key': randomUUID() } };
      const outcome = await (await as(by)).call(id, keyed);
      t.ok(outcome.ok, outcome.ok ? id : `${id}: ${outcome.bytes}`);
      await t.test(`${id} sent again with its key has no second effect`, async (t) => {
        if (OPERATION.get(id)!.graphql.type !== 'mutation' || !outcome.ok) return;
        const before = await noted(exchange);
        const again = await (await as(by)).call(id, keyed);
        t.ok(again.replayed, 'it is told that it had been answered');
        t.same(again.ok && again.value, outcome.value, 'the same answer');
        t.equal(await noted(exchange), before, 'and nothing is noted but readings');
      });
      if (outcome.ok && gives) {
        const [given] = [member ? outcome.value[member] : outcome.value].flat();
        ids[gives] = typeof given === 'string' ? given : given[field];
      }
      if (id === 'createAgreement')
        ids.agreementSignature = (await signedBody(await as('arge'), ids.agreement)).signature;
    }
  });
}

/** A Laufzettel that the ARGE and the Caritas may discuss. */
async function discussedBy(arge: System): Promise<string> {
  const discussed = await openCase(arge, ['STAMMDATEN'], { kind: 'FALLBESPRECHUNG', purpose: 'FALLBESPRECHUNG' });
  const said = { recipient: AGENCY.caritas, categories: ['STAMMDATEN'], purpose: 'FALLBESPRECHUNG' };
  const days = { statedAt: '2026-11-20', validFrom: '2026-11-20', validUntil: '2027-06-01' };
  await sayYes(arge, discussed.clientId, { ...said, ...days });
  const sent = await forward(arge, discussed, AGENCY.caritas);
  if (!sent.ok) throw new Error(sent.bytes);
  return discussed.laufzettelId;
}

/** Of the kind of a plan, about a client who lets the Caritas read it. */
async function laufzettelToPlanOn(arge: System): Promise<string> {
  const { id: clientId } = await arge.done('createClient', { body: {} });
  const days = { statedAt: '2026-11-20', validFrom: '2026-11-20', validUntil: '2027-10-01' };
  const body = yes({ recipient: AGENCY.caritas, categories: ['FOERDERPLAN'], ...days });
  await arge.done('recordStatement', { params: { clientId }, body });
  const slip = { clientId, kind: 'FOERDERPLAN', purpose: 'BERATUNG' };
  return (await arge.done('createLaufzettel', { body: slip })).id;
}

/** How much has been done so far; readings aside. */
async function noted({ sql }: Exchange): Promise<number> {
  const [row] = await sql(`SELECT count(*)::int AS many FROM audit WHERE action <> 'entries.read'`);
  return row.many;
}

/** Puts the ids of this world in the place of those of the docs. */
function withIds(input: Input, ids: Record<ExampleName, string>): Input {
  const names = Object.keys(EXAMPLE_IDS) as ExampleName[];
  const text = names.reduce((sofar, name) => sofar.replaceAll(EXAMPLE_IDS[name], ids[name]), JSON.stringify(input));
  return JSON.parse(text);
}
