/** Cooperation agreements. */
import type { CreateAgreementInput } from '../contract/agreements.ts';
import { toInstant } from '../contract/common.ts';
import * as view from '../contract/views.ts';
import * as agreements from '../usecases/agreements.ts';
import type { Actor, Effect } from '../usecases/ports.ts';
import { type Context, idIn, pageOf, param, type Runs, shown } from './kit.ts';

export const agreementHandlers = ({ deps }: Context) => {
  const show = async (actor: Actor, agreementId: string) =>
    shown(await agreements.getAgreement(deps, actor, agreementId), view.viewAgreement);
  const replay = (actor: Actor, effect: Effect) => show(actor, idIn(effect, 'agreement'));
  return {
    listAgreements: async (actor, input) =>
      shown(await agreements.listAgreements(deps, actor, pageOf(input)), view.viewPage(view.viewAgreement)),
    getAgreement: (actor, input) => show(actor, param(input, 'agreementId')),
    createAgreement: {
      run: async (actor, input) => {
        const body = input.body as CreateAgreementInput;
        const agreement = {
          ...body,
          from: toInstant(body.from),
          until: body.until === null ? null : toInstant(body.until),
        };
        return shown(await agreements.createAgreement(deps, actor, agreement), view.viewAgreement);
      },
      replay,
    },
    signAgreement: {
      run: async (actor, input) =>
        shown(await agreements.signAgreement(deps, actor, param(input, 'agreementId')), view.viewAgreement),
      replay,
    },
    terminateAgreement: {
      run: async (actor, input) => {
        const { confirm } = input.body as { confirm: boolean };
        const terminated = await agreements.terminateAgreement(deps, actor, param(input, 'agreementId'), confirm);
        return shown(terminated, view.viewAgreement);
      },
      replay,
    },
  } satisfies Runs;
};
