/** Laufzettel. */
import type { EntryBody } from '../contract/payload.ts';
import * as view from '../contract/views.ts';
import * as laufzettel from '../usecases/laufzettel.ts';
import { toNewEntry } from './inputs.ts';
import { type Context, idIn, pageOf, param, type Runs, shown } from './kit.ts';

export const laufzettelHandlers = ({ deps }: Context) =>
  ({
    createLaufzettel: {
      run: async (actor, { body }) => {
        const { entries, ...header } = body as laufzettel.NewLaufzettel & { entries: EntryBody[] };
        const created = await laufzettel.createLaufzettel(deps, actor, { ...header, entries: entries.map(toNewEntry) });
        return shown(created, view.viewCreated);
      },
      replay: async (actor, effect) =>
        shown(await laufzettel.getLaufzettel(deps, actor, idIn(effect, 'laufzettel')), view.viewCreated),
    },
    getLaufzettel: async (actor, input) =>
      shown(await laufzettel.getLaufzettel(deps, actor, param(input, 'laufzettelId')), view.viewCreated),
    listLaufzettel: async (actor, input) =>
      shown(await laufzettel.listLaufzettel(deps, actor, pageOf(input)), view.viewPage(view.viewCreated)),
  }) satisfies Runs;
