/** Cooperation agreements: drafted, signed, amended, left, terminated. */
import type { PreviewAgreementChangeInput } from '../contract/agreement-versions.ts';
import type { AmendAgreementInput, CreateAgreementInput, SignAgreementInput } from '../contract/agreements.ts';
import { toInstant } from '../contract/common.ts';
import * as view from '../contract/view-agreements.ts';
import { viewPage } from '../contract/views.ts';
import * as agreements from '../usecases/agreements.ts';
import { amendAgreement, type NewTerms, withdrawAmendment } from '../usecases/amend-agreement.ts';
import type { Answer } from '../usecases/answer.ts';
import { leaveAgreement, terminateAgreement } from '../usecases/end-agreement.ts';
import type { Actor, AgreementRecord, Effect } from '../usecases/ports.ts';
import { previewAgreementChange } from '../usecases/preview-agreement-change.ts';
import { signAgreement } from '../usecases/sign-agreement.ts';
import { type Context, idIn, pageOf, param, type Runs, shown } from './kit.ts';

const toTerms = ({ until, ...terms }: AmendAgreementInput): NewTerms => ({
  ...terms,
  until: until === null ? null : toInstant(until),
});
const isConfirmed = (body: unknown): boolean => (body as { confirm: boolean }).confirm;

export const agreementHandlers = ({ deps, previews }: Context) => {
  const show = (answer: Answer<AgreementRecord>) => shown(answer, view.viewAgreement);
  const get = async (actor: Actor, agreementId: string) =>
    show(await agreements.getAgreement(deps, actor, agreementId));
  const replay = (actor: Actor, effect: Effect) => get(actor, idIn(effect, 'agreement'));
  return {
    listAgreements: async (actor, input) =>
      shown(await agreements.listAgreements(deps, actor, pageOf(input)), viewPage(view.viewAgreement)),
    getAgreement: (actor, input) => get(actor, param(input, 'agreementId')),
    createAgreement: {
      run: async (actor, input) => {
        const { from, ...body } = input.body as CreateAgreementInput;
        return show(await agreements.createAgreement(deps, actor, { ...toTerms(body), from: toInstant(from) }));
      },
      replay,
    },
    signAgreement: {
      run: async (actor, input) =>
        show(await signAgreement(deps, actor, param(input, 'agreementId'), input.body as SignAgreementInput)),
      replay,
    },
    amendAgreement: {
      run: async (actor, input) => {
        const terms = toTerms(input.body as AmendAgreementInput);
        return show(await amendAgreement(deps, actor, param(input, 'agreementId'), terms));
      },
      replay,
    },
    withdrawAmendment: {
      run: async (actor, input) => show(await withdrawAmendment(deps, actor, param(input, 'agreementId'))),
      replay,
    },
    leaveAgreement: {
      run: async (actor, input) =>
        show(await leaveAgreement(deps, actor, param(input, 'agreementId'), isConfirmed(input.body))),
      replay,
    },
    terminateAgreement: {
      run: async (actor, input) =>
        show(await terminateAgreement(deps, actor, param(input, 'agreementId'), isConfirmed(input.body))),
      replay,
    },
    listAgreementVersions: async (actor, input) => {
      const found = await agreements.listAgreementVersions(deps, actor, param(input, 'agreementId'), pageOf(input));
      return shown(found, viewPage(view.viewAgreementVersionHeader));
    },
    getAgreementVersion: async (actor, input) => {
      const number = Number(param(input, 'number'));
      const found = await agreements.getAgreementVersion(deps, actor, param(input, 'agreementId'), number);
      return shown(found, view.viewAgreementVersion);
    },
    previewAgreementChange: async (actor, input) => {
      const limited = await previews.take(actor);
      if (limited !== null) return limited;
      const { change, terms } = input.body as PreviewAgreementChangeInput;
      const previewed = change === 'AMEND' ? { change, terms: toTerms(terms!) } : { change };
      const answer = await previewAgreementChange(deps, actor, param(input, 'agreementId'), previewed);
      return shown(answer, view.viewAgreementPreview);
    },
  } satisfies Runs;
};
