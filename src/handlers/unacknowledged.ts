/** What recipients owe for what has closed, as the others see it. */
import * as view from '../contract/views.ts';
import { listClosureAnswers, listUnacknowledged, listUnacknowledgedRecipients } from '../usecases/unacknowledged.ts';
import { type Context, pageOf, param, type Runs, shown } from './kit.ts';

export const unacknowledgedHandlers = ({ deps }: Context) =>
  ({
    listUnacknowledged: async (actor, input) =>
      shown(await listUnacknowledged(deps, actor, pageOf(input)), view.viewPage(view.viewUnacknowledged)),
    listUnacknowledgedRecipients: async (actor, input) => {
      const page = await listUnacknowledgedRecipients(deps, actor, pageOf(input));
      return shown(page, view.viewPage(view.viewUnacknowledgedRecipient));
    },
    listClosureAnswers: async (actor, input) => {
      const page = await listClosureAnswers(deps, actor, param(input, 'clientId'), pageOf(input));
      return shown(page, view.viewPage(view.viewClosure));
    },
  }) satisfies Runs;
