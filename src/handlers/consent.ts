/** What persons say about sharing. */
import type { ReleaseInput, StatementInput } from '../contract/consent.ts';
import type { ConsentFormInput } from '../contract/consent-form.ts';
import * as view from '../contract/views.ts';
import { listReleases, listStatements } from '../usecases/list-consent.ts';
import { recordConsentForm, recordStated } from '../usecases/record-consent.ts';
import { toForm, toRelease, toStatement } from './inputs.ts';
import { type Context, pageOf, param, type Runs, shown } from './kit.ts';

export const consentHandlers = ({ deps }: Context) =>
  ({
    recordStatement: async (actor, input) => {
      const said = toStatement(input.body as StatementInput);
      return shown(await recordStated(deps, actor, param(input, 'clientId'), said), view.viewStated);
    },
    listStatements: async (actor, input) =>
      shown(await listStatements(deps, actor, param(input, 'clientId'), pageOf(input)), view.viewPage(view.viewStated)),
    recordRelease: async (actor, input) => {
      const said = toRelease(input.body as ReleaseInput);
      return shown(await recordStated(deps, actor, param(input, 'clientId'), said), view.viewStated);
    },
    recordConsentForm: async (actor, input) => {
      const sheet = toForm(input.body as ConsentFormInput);
      return shown(await recordConsentForm(deps, actor, param(input, 'clientId'), sheet), view.viewConsentForm);
    },
    listReleases: async (actor, input) =>
      shown(await listReleases(deps, actor, param(input, 'clientId'), pageOf(input)), view.viewPage(view.viewStated)),
  }) satisfies Runs;
