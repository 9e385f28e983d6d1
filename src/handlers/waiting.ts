/** What waits for an agency. */
import * as view from '../contract/views.ts';
import { listWaiting } from '../usecases/list-waiting.ts';
import { type Context, pageOf, type Runs, shown } from './kit.ts';

export const waitingHandlers = ({ deps }: Context) =>
  ({
    listWaiting: async (actor, input) =>
      shown(await listWaiting(deps, actor, pageOf(input)), view.viewPage(view.viewWaiting)),
  }) satisfies Runs;
