/** Laufzettel. */
import type { LaufzettelQuery } from '../contract/laufzettel.ts';
import type { EntryBody } from '../contract/payload.ts';
import * as view from '../contract/views.ts';
import * as laufzettel from '../usecases/laufzettel.ts';
import { toFilter, toNewEntry } from './inputs.ts';
import { type Context, pageOf, param, type Runs, shown } from './kit.ts';

export const laufzettelHandlers = ({ deps }: Context) =>
  ({
    createLaufzettel: async (actor, { body }) => {
      const { entries, ...header } = body as laufzettel.NewLaufzettel & { entries: EntryBody[] };
      const created = await laufzettel.createLaufzettel(deps, actor, { ...header, entries: entries.map(toNewEntry) });
      return shown(created, view.viewLaufzettel);
    },
    getLaufzettel: async (actor, input) =>
      shown(await laufzettel.getLaufzettel(deps, actor, param(input, 'laufzettelId')), view.viewLaufzettel),
    listLaufzettel: async (actor, input) => {
      const filter = toFilter(input.query as LaufzettelQuery);
      const page = await laufzettel.listLaufzettel(deps, actor, pageOf(input), filter);
      return shown(page, view.viewPage(view.viewLaufzettel));
    },
  }) satisfies Runs;
