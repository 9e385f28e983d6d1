/** What persons say about sharing. */
import type { ReleaseInput, StatementInput } from '../contract/consent.ts';
import * as view from '../contract/views.ts';
import { listReleases, listStatements } from '../usecases/list-consent.ts';
import { recordRelease, recordStatement } from '../usecases/record-consent.ts';
import { toNewRelease, toNewStatement } from './inputs.ts';
import { type Context, pageOf, param, type Runs, shown } from './kit.ts';

export const consentHandlers = ({ deps }: Context) =>
  ({
    recordStatement: async (actor, input) => {
      const said = toNewStatement(input.body as StatementInput);
      return shown(await recordStatement(deps, actor, param(input, 'clientId'), said), view.viewStated);
    },
    listStatements: async (actor, input) =>
      shown(await listStatements(deps, actor, param(input, 'clientId'), pageOf(input)), view.viewPage(view.viewStated)),
    recordRelease: async (actor, input) => {
      const said = toNewRelease(input.body as ReleaseInput);
      return shown(await recordRelease(deps, actor, param(input, 'clientId'), said), view.viewStated);
    },
    listReleases: async (actor, input) =>
      shown(await listReleases(deps, actor, param(input, 'clientId'), pageOf(input)), view.viewPage(view.viewStated)),
  }) satisfies Runs;
