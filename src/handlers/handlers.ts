/**
 * Where an operation of the contract meets its use case: parsed input in, view out. Both doors call these same functions.
 */
import { clientKeysFault, essentialMembers } from '../auth/client-keys.ts';
import type { CreateAgencyInput, RegisterSystemInput } from '../contract/agencies.ts';
import type { CreateAgreementInput } from '../contract/agreements.ts';
import { toInstant } from '../contract/common.ts';
import type { ReleaseInput, StatementInput } from '../contract/consent.ts';
import { catalogueView, type EntryBody } from '../contract/payload.ts';
import type { Handlers, OperationHandler, ParsedInput } from '../contract/run.ts';
import * as view from '../contract/views.ts';
import type { RejectCode } from '../domain/laufzettel.ts';
import type { Caller } from '../domain/permission.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import { addEntry } from '../usecases/add-entry.ts';
import * as agencies from '../usecases/agencies.ts';
import * as agreements from '../usecases/agreements.ts';
import { actorOf } from '../usecases/answer.ts';
import { reinstateAgency, suspendAgency } from '../usecases/change-agency.ts';
import * as clients from '../usecases/clients.ts';
import type { ForwardRequest } from '../usecases/decide-forwarding.ts';
import { forwardLaufzettel } from '../usecases/forward-laufzettel.ts';
import * as laufzettel from '../usecases/laufzettel.ts';
import { listReleases, listStatements } from '../usecases/list-consent.ts';
import { listInbox, listSent } from '../usecases/list-forwardings.ts';
import type { PageQuery } from '../usecases/page.ts';
import { type Actor, AgencySuspended, ChangedMeanwhile, type Deps } from '../usecases/ports.ts';
import { previewForwarding } from '../usecases/preview-forwarding.ts';
import { getEntry, listEntries } from '../usecases/read-entries.ts';
import { getForwarding } from '../usecases/read-forwarding.ts';
import { recordRelease, recordStatement } from '../usecases/record-consent.ts';
import { acceptForwarding, rejectForwarding } from '../usecases/step-forwarding.ts';
import { toNewEntry, toNewRelease, toNewStatement } from './inputs.ts';
import { perAgency } from './limits.ts';

type Run = (actor: Actor, input: ParsedInput) => Promise<unknown>;

export function createHandlers(deps: Deps, limits: { previewsPerMinute: number }): Handlers {
  const previews = perAgency(limits.previewsPerMinute, 60);
  const pageOf = ({ query }: ParsedInput): PageQuery => query as unknown as PageQuery;
  const p = (input: ParsedInput, name: string): string => input.params[name]!;

  const runs: Record<keyof Handlers, Run> = {
    listAgencies: async (actor, input) =>
      shown(await agencies.listAgencies(deps, actor, pageOf(input)), view.viewPage(view.viewAgency)),
    getAgency: async (actor, input) =>
      shown(await agencies.getAgency(deps, actor, p(input, 'agencyId')), view.viewAgency),
    getOwnAgency: async (actor) => shown(await agencies.getOwnAgency(deps, actor), view.viewAgency),
    createAgency: async (actor, { body }) =>
      shown(await agencies.createAgency(deps, actor, body as CreateAgencyInput), view.viewAgency),
    registerSystem: async (actor, input) => {
      const system = { ...(input.body as RegisterSystemInput), agencyId: p(input, 'agencyId') } as agencies.NewSystem;
      const registered = await agencies.registerSystem(deps, actor, system, { clientKeysFault, essentialMembers });
      return shown(registered, view.viewCreated);
    },
    suspendAgency: async (actor, input) => {
      const { confirm } = input.body as { confirm: boolean };
      const refused = await suspendAgency(deps, actor, p(input, 'agencyId'), confirm);
      return refused ?? shown(await agencies.getAgency(deps, actor, p(input, 'agencyId')), view.viewAgency);
    },
    reinstateAgency: async (actor, input) => {
      const refused = await reinstateAgency(deps, actor, p(input, 'agencyId'));
      return refused ?? shown(await agencies.getAgency(deps, actor, p(input, 'agencyId')), view.viewAgency);
    },

    listAgreements: async (actor, input) =>
      shown(await agreements.listAgreements(deps, actor, pageOf(input)), view.viewPage(view.viewAgreement)),
    getAgreement: async (actor, input) =>
      shown(await agreements.getAgreement(deps, actor, p(input, 'agreementId')), view.viewAgreement),
    createAgreement: async (actor, input) => {
      const body = input.body as CreateAgreementInput;
      const agreement = {
        ...body,
        from: toInstant(body.from),
        until: body.until === null ? null : toInstant(body.until),
      };
      return shown(await agreements.createAgreement(deps, actor, agreement), view.viewAgreement);
    },
    signAgreement: async (actor, input) =>
      shown(await agreements.signAgreement(deps, actor, p(input, 'agreementId')), view.viewAgreement),
    terminateAgreement: async (actor, input) => {
      const { confirm } = input.body as { confirm: boolean };
      const terminated = await agreements.terminateAgreement(deps, actor, p(input, 'agreementId'), confirm);
      return shown(terminated, view.viewAgreement);
    },

    createClient: async (actor, { body }) => {
      const { fileReference } = body as { fileReference: string | null };
      return shown(await clients.createClient(deps, actor, fileReference), view.viewCreated);
    },
    listClients: async (actor, input) =>
      shown(await clients.listClients(deps, actor, pageOf(input)), view.viewPage(view.viewCreated)),
    findClient: async (actor, { body }) =>
      shown(await clients.findClient(deps, actor, (body as { fileReference: string }).fileReference), view.viewCreated),
    getClient: async (actor, input) =>
      shown(await clients.getClient(deps, actor, p(input, 'clientId')), view.viewCreated),
    listDisclosures: async (actor, input) =>
      shown(
        await clients.listDisclosures(deps, actor, p(input, 'clientId'), pageOf(input)),
        view.viewPage(view.viewDisclosure),
      ),

    recordStatement: async (actor, input) => {
      const said = toNewStatement(input.body as StatementInput);
      return shown(await recordStatement(deps, actor, p(input, 'clientId'), said), view.viewStated);
    },
    listStatements: async (actor, input) =>
      shown(await listStatements(deps, actor, p(input, 'clientId'), pageOf(input)), view.viewPage(view.viewStated)),
    recordRelease: async (actor, input) => {
      const said = toNewRelease(input.body as ReleaseInput);
      return shown(await recordRelease(deps, actor, p(input, 'clientId'), said), view.viewStated);
    },
    listReleases: async (actor, input) =>
      shown(await listReleases(deps, actor, p(input, 'clientId'), pageOf(input)), view.viewPage(view.viewStated)),

    getCatalogue: async (actor) => {
      // Nothing in it is anybody's; but a suspended agency is refused everywhere.
      const refused = actor.agency === null ? null : await agencies.getOwnAgency(deps, actor);
      return isProblem(refused) ? refused : catalogueView();
    },
    addEntry: async (actor, input) => {
      const entry = toNewEntry(input.body as EntryBody);
      return shown(await addEntry(deps, actor, p(input, 'clientId'), entry), view.viewEntry);
    },
    listEntries: async (actor, input) =>
      shown(await listEntries(deps, actor, p(input, 'clientId'), pageOf(input)), view.viewPage(view.viewEntry)),
    getEntry: async (actor, input) => shown(await getEntry(deps, actor, p(input, 'entryId')), view.viewEntry),

    createLaufzettel: async (actor, { body }) => {
      const { entries, ...header } = body as laufzettel.NewLaufzettel & { entries: EntryBody[] };
      const created = await laufzettel.createLaufzettel(deps, actor, { ...header, entries: entries.map(toNewEntry) });
      return shown(created, view.viewCreated);
    },
    getLaufzettel: async (actor, input) =>
      shown(await laufzettel.getLaufzettel(deps, actor, p(input, 'laufzettelId')), view.viewCreated),
    listLaufzettel: async (actor, input) =>
      shown(await laufzettel.listLaufzettel(deps, actor, pageOf(input)), view.viewPage(view.viewCreated)),

    previewForwarding: async (actor, input) => {
      const request = input.body as ForwardRequest;
      const limited = await previews.take(actor);
      if (limited !== null) return limited;
      return shown(await previewForwarding(deps, actor, p(input, 'laufzettelId'), request), view.viewPreview);
    },
    forwardLaufzettel: async (actor, input) => {
      const request = input.body as ForwardRequest;
      const answer = await forwardLaufzettel(deps, actor, p(input, 'laufzettelId'), request);
      // A refusal tells as much as a preview, and is counted as one.
      const limited = isProblem(answer) && answer.problem === 'consent-missing' ? await previews.take(actor) : null;
      return (
        limited ??
        shown(answer, (sent) => ({
          forwarding: view.viewForwarding(sent.forwarding),
          withheld: sent.withheld,
        }))
      );
    },
    getForwarding: async (actor, input) =>
      shown(await getForwarding(deps, actor, p(input, 'forwardingId')), view.viewForwarding),
    listInbox: async (actor, input) =>
      shown(await listInbox(deps, actor, pageOf(input)), view.viewPage(view.viewHeader)),
    listSent: async (actor, input) => shown(await listSent(deps, actor, pageOf(input)), view.viewPage(view.viewHeader)),
    acceptForwarding: async (actor, input) => {
      const { expectedVersion } = input.body as { expectedVersion: number };
      return shown(await acceptForwarding(deps, actor, p(input, 'forwardingId'), expectedVersion), view.viewHeader);
    },
    rejectForwarding: async (actor, input) => {
      const { expectedVersion, code } = input.body as { expectedVersion: number; code: RejectCode };
      const rejected = await rejectForwarding(deps, actor, p(input, 'forwardingId'), expectedVersion, code);
      return shown(rejected, view.viewHeader);
    },
  };
  return Object.fromEntries(Object.entries(runs).map(([id, run]) => [id, guarded(run)])) as unknown as Handlers;
}

const shown = <T extends object, V>(answer: T | Problem, show: (value: T) => V): V | Problem =>
  isProblem(answer) ? answer : show(answer as T);

/** What every use case may meet, told the same way. */
function guarded(run: Run): OperationHandler {
  return async (caller: Caller, input) => {
    try {
      return await run(actorOf(caller), input);
    } catch (error) {
      if (error instanceof AgencySuspended) {
        return problem('agency-suspended', 'Your agency is suspended, or is none of this exchange. Ask its admin.');
      }
      if (error instanceof ChangedMeanwhile) {
        return problem('overloaded', 'What you asked for changed again and again meanwhile. Try again.');
      }
      throw error;
    }
  };
}
