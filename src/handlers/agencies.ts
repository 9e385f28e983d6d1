/** Agencies and their systems. */
import { clientKeysFault, essentialMembers } from '../auth/client-keys.ts';
import type { CreateAgencyInput, RegisterSystemInput } from '../contract/agencies.ts';
import * as view from '../contract/views.ts';
import * as agencies from '../usecases/agencies.ts';
import { reinstateAgency, suspendAgency } from '../usecases/change-agency.ts';
import { type Context, pageOf, param, type Runs, shown } from './kit.ts';

export const agencyHandlers = ({ deps }: Context) =>
  ({
    listAgencies: async (actor, input) =>
      shown(await agencies.listAgencies(deps, actor, pageOf(input)), view.viewPage(view.viewAgency)),
    getAgency: async (actor, input) =>
      shown(await agencies.getAgency(deps, actor, param(input, 'agencyId')), view.viewAgency),
    getOwnAgency: async (actor) => shown(await agencies.getOwnAgency(deps, actor), view.viewAgency),
    createAgency: async (actor, { body }) =>
      shown(await agencies.createAgency(deps, actor, body as CreateAgencyInput), view.viewAgency),
    registerSystem: async (actor, input) => {
      const system = {
        ...(input.body as RegisterSystemInput),
        agencyId: param(input, 'agencyId'),
      } as agencies.NewSystem;
      const registered = await agencies.registerSystem(deps, actor, system, { clientKeysFault, essentialMembers });
      return shown(registered, view.viewCreated);
    },
    suspendAgency: async (actor, input) => {
      const { confirm } = input.body as { confirm: boolean };
      const refused = await suspendAgency(deps, actor, param(input, 'agencyId'), confirm);
      return refused ?? shown(await agencies.getAgency(deps, actor, param(input, 'agencyId')), view.viewAgency);
    },
    reinstateAgency: async (actor, input) => {
      const refused = await reinstateAgency(deps, actor, param(input, 'agencyId'));
      return refused ?? shown(await agencies.getAgency(deps, actor, param(input, 'agencyId')), view.viewAgency);
    },
  }) satisfies Runs;
