/** What persons say about sharing. */
import type { ReleaseInput, StatementInput } from '../contract/consent.ts';
import * as view from '../contract/views.ts';
import { getRelease, getStatement, listReleases, listStatements } from '../usecases/list-consent.ts';
import type { Effect } from '../usecases/ports.ts';
import { recordRelease, recordStatement } from '../usecases/record-consent.ts';
import { toNewRelease, toNewStatement } from './inputs.ts';
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
        const said = toNewStatement(input.body as StatementInput);
        return shown(await recordStatement(deps, actor, param(input, 'clientId'), said), view.viewStated);
      },
      replay: async (actor, effect) =>
        shown(await getStatement(deps, actor, saidBy(effect, 'statement')), view.viewStated),
    },
    listStatements: async (actor, input) =>
      shown(await listStatements(deps, actor, param(input, 'clientId'), pageOf(input)), view.viewPage(view.viewStated)),
    recordRelease: {
      run: async (actor, input) => {
        const said = toNewRelease(input.body as ReleaseInput);
        return shown(await recordRelease(deps, actor, param(input, 'clientId'), said), view.viewStated);
      },
      replay: async (actor, effect) => shown(await getRelease(deps, actor, saidBy(effect, 'release')), view.viewStated),
    },
    listReleases: async (actor, input) =>
      shown(await listReleases(deps, actor, param(input, 'clientId'), pageOf(input)), view.viewPage(view.viewStated)),
  }) satisfies Runs;
