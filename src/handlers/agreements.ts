/** Cooperation agreements. */
import type { CreateAgreementInput } from '../contract/agreements.ts';
import { toInstant } from '../contract/common.ts';
import * as view from '../contract/views.ts';
import * as agreements from '../usecases/agreements.ts';
import { type Context, pageOf, param, type Runs, shown } from './kit.ts';

export const agreementHandlers = ({ deps }: Context) =>
  ({
    listAgreements: async (actor, input) =>
      shown(await agreements.listAgreements(deps, actor, pageOf(input)), view.viewPage(view.viewAgreement)),
    getAgreement: async (actor, input) =>
      shown(await agreements.getAgreement(deps, actor, param(input, 'agreementId')), view.viewAgreement),
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
      shown(await agreements.signAgreement(deps, actor, param(input, 'agreementId')), view.viewAgreement),
    terminateAgreement: async (actor, input) => {
      const { confirm } = input.body as { confirm: boolean };
      const terminated = await agreements.terminateAgreement(deps, actor, param(input, 'agreementId'), confirm);
      return shown(terminated, view.viewAgreement);
    },
  }) satisfies Runs;
