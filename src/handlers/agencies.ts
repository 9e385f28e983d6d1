/** Agencies and their systems. */
import { clientKeysFault, essentialMembers } from '../auth/client-keys.ts';
import type { CreateAgencyInput, RegisterSystemInput } from '../contract/agencies.ts';
import type { ParsedInput } from '../contract/run.ts';
import * as view from '../contract/views.ts';
import * as agencies from '../usecases/agencies.ts';
import { reinstateAgency, suspendAgency } from '../usecases/change-agency.ts';
import type { Actor, Effect } from '../usecases/ports.ts';
import { type Context, idIn, pageOf, param, type Runs, shown } from './kit.ts';

export const agencyHandlers = ({ deps }: Context) => {
  const show = async (actor: Actor, agencyId: string) =>
    shown(await agencies.getAgency(deps, actor, agencyId), view.viewAgency);
  const replay = (actor: Actor, effect: Effect) => show(actor, idIn(effect, 'agency'));
  return {
    listAgencies: async (actor, input) =>
      shown(await agencies.listAgencies(deps, actor, pageOf(input)), view.viewPage(view.viewAgency)),
    getAgency: (actor, input) => show(actor, param(input, 'agencyId')),
    getOwnAgency: async (actor) => shown(await agencies.getOwnAgency(deps, actor), view.viewAgency),
    createAgency: {
      run: async (actor, { body }) =>
        shown(await agencies.createAgency(deps, actor, body as CreateAgencyInput), view.viewAgency),
      replay,
    },
    registerSystem: {
      run: async (actor, input) => {
        const registered = await agencies.registerSystem(deps, actor, systemOf(input), {
          clientKeysFault,
          essentialMembers,
        });
        return shown(registered, view.viewCreated);
      },
      // The request is the same, so it says of the system what the first one said.
      replay: async (_actor, { at }, input) => view.viewCreated({ ...systemOf(input), createdAt: at }),
    },
    suspendAgency: {
      run: async (actor, input) => {
        const { confirm } = input.body as { confirm: boolean };
        const refused = await suspendAgency(deps, actor, param(input, 'agencyId'), confirm);
        return refused ?? show(actor, param(input, 'agencyId'));
      },
      replay,
    },
    reinstateAgency: {
      run: async (actor, input) =>
        (await reinstateAgency(deps, actor, param(input, 'agencyId'))) ?? show(actor, param(input, 'agencyId')),
      replay,
    },
  } satisfies Runs;
};

const systemOf = (input: ParsedInput): agencies.NewSystem =>
  ({ ...(input.body as RegisterSystemInput), agencyId: param(input, 'agencyId') }) as agencies.NewSystem;
