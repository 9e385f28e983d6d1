/** What persons say about sharing. */
import type { ReleaseInput, StatementInput } from '../contract/consent.ts';
import type { ConsentFormInput } from '../contract/consent-form.ts';
import * as view from '../contract/views.ts';
import { getRelease, getStatement, listReleases, listStatements } from '../usecases/list-consent.ts';
import type { Effect } from '../usecases/ports.ts';
import { recordConsentForm, recordStated } from '../usecases/record-consent.ts';
import { recordedBefore } from '../usecases/recorded-before.ts';
import { toForm, toRelease, toStatement } from './inputs.ts';
import { type Context, idIn, pageOf, param, type Runs, shown } from './kit.ts';

/** What an effect recorded, as a list finds it again. */
const saidBy = (effect: Effect, name: 'statement' | 'release') => ({
  clientId: idIn(effect, 'client'),
  id: idIn(effect, name),
  recordedAt: effect.at,
});

export const consentHandlers = ({ deps }: Context) =>
  ({
    recordStatement: {
      run: async (actor, input) => {
        const said = toStatement(input.body as StatementInput);
        return shown(await recordStated(deps, actor, param(input, 'clientId'), said), view.viewStated);
      },
      replay: async (actor, effect) =>
        shown(await getStatement(deps, actor, saidBy(effect, 'statement')), view.viewStated),
    },
    listStatements: async (actor, input) =>
      shown(await listStatements(deps, actor, param(input, 'clientId'), pageOf(input)), view.viewPage(view.viewStated)),
    recordRelease: {
      run: async (actor, input) => {
        const said = toRelease(input.body as ReleaseInput);
        return shown(await recordStated(deps, actor, param(input, 'clientId'), said), view.viewStated);
      },
      replay: async (actor, effect) => shown(await getRelease(deps, actor, saidBy(effect, 'release')), view.viewStated),
    },
    recordConsentForm: {
      run: async (actor, input) => {
        const sheet = toForm(input.body as ConsentFormInput);
        return shown(await recordConsentForm(deps, actor, param(input, 'clientId'), sheet), view.viewConsentForm);
      },
      replay: async (actor, effect) => shown(await recordedBefore(deps, actor, effect), view.viewConsentForm),
    },
    listReleases: async (actor, input) =>
      shown(await listReleases(deps, actor, param(input, 'clientId'), pageOf(input)), view.viewPage(view.viewStated)),
  }) satisfies Runs;
