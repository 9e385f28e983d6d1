/** An agency's systems. */
import { clientKeysFault, essentialMembers } from '../auth/client-keys.ts';
import type { ParsedInput } from '../contract/run.ts';
import * as view from '../contract/views.ts';
import type { NewSystem } from '../usecases/agencies.ts';
import type { Actor, Effect } from '../usecases/ports.ts';
import { disableSystem, getSystem, listSystems, replaceSystemKeys } from '../usecases/systems.ts';
import { type Context, idIn, param, type Runs, shown } from './kit.ts';

export const systemHandlers = ({ deps }: Context) => {
  const named = (input: ParsedInput) => [param(input, 'agencyId'), param(input, 'clientId')] as const;
  const replay = async (actor: Actor, effect: Effect) =>
    shown(await getSystem(deps, actor, idIn(effect, 'agency'), idIn(effect, 'system')), view.viewSystem);
  return {
    listSystems: async (actor, input) =>
      shown(await listSystems(deps, actor, param(input, 'agencyId')), ({ items }) => ({
        items: items.map(view.viewSystem),
      })),
    replaceSystemKeys: {
      run: async (actor, input) => {
        const [agencyId, clientId] = named(input);
        const { jwks } = input.body as Pick<NewSystem, 'jwks'>;
        const keys = { clientKeysFault, essentialMembers };
        return shown(await replaceSystemKeys(deps, actor, { agencyId, clientId, jwks }, keys), view.viewSystem);
      },
      replay,
    },
    disableSystem: {
      run: async (actor, input) => shown(await disableSystem(deps, actor, ...named(input)), view.viewSystem),
      replay,
    },
  } satisfies Runs;
};
