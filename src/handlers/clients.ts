/** Handles on persons. */
import * as view from '../contract/views.ts';
import * as clients from '../usecases/clients.ts';
import { listOpenClients } from '../usecases/list-open-clients.ts';
import { type Context, idIn, pageOf, param, type Runs, shown } from './kit.ts';

export const clientHandlers = ({ deps }: Context) =>
  ({
    createClient: {
      run: async (actor, { body }) => {
        const { fileReference } = body as { fileReference: string | null };
        return shown(await clients.createClient(deps, actor, fileReference), view.viewCreated);
      },
      replay: async (actor, effect) =>
        shown(await clients.getClient(deps, actor, idIn(effect, 'client')), view.viewCreated),
    },
    listClients: async (actor, input) =>
      shown(await clients.listClients(deps, actor, pageOf(input)), view.viewPage(view.viewCreated)),
    listOpenClients: async (actor, input) =>
      shown(await listOpenClients(deps, actor, pageOf(input)), view.viewPage(view.viewCreated)),
    findClient: async (actor, { body }) =>
      shown(await clients.findClient(deps, actor, (body as { fileReference: string }).fileReference), view.viewCreated),
    getClient: async (actor, input) =>
      shown(await clients.getClient(deps, actor, param(input, 'clientId')), view.viewCreated),
    listDisclosures: async (actor, input) =>
      shown(
        await clients.listDisclosures(deps, actor, param(input, 'clientId'), pageOf(input)),
        view.viewPage(view.viewDisclosure),
      ),
  }) satisfies Runs;
