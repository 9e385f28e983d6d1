/** Laufzettel. */
import type { LaufzettelQuery } from '../contract/laufzettel.ts';
import type { EntryBody } from '../contract/payload.ts';
import * as view from '../contract/views.ts';
import { addToLaufzettel } from '../usecases/add-to-laufzettel.ts';
import { cancelLaufzettel, completeLaufzettel } from '../usecases/end-laufzettel.ts';
import * as laufzettel from '../usecases/laufzettel.ts';
import { toFilter, toNewEntry } from './inputs.ts';
import { type Context, type Effecting, idIn, pageOf, param, type Run, type Runs, shown } from './kit.ts';

export const laufzettelHandlers = ({ deps }: Context) => {
  const present: Run = async (actor, input) =>
    shown(await laufzettel.getLaufzettel(deps, actor, param(input, 'laufzettelId')), view.viewLaufzettel);
  const presently: Effecting['replay'] = (actor, _effect, input) => present(actor, input);
  const ends =
    (end: typeof completeLaufzettel): Run =>
    async (actor, input) => {
      const { expectedVersion } = input.body as { expectedVersion: number };
      return shown(await end(deps, actor, param(input, 'laufzettelId'), expectedVersion), view.viewLaufzettel);
    };
  return {
    createLaufzettel: {
      run: async (actor, { body }) => {
        const { entries, ...header } = body as laufzettel.NewLaufzettel & { entries: EntryBody[] };
        const created = await laufzettel.createLaufzettel(deps, actor, { ...header, entries: entries.map(toNewEntry) });
        return shown(created, view.viewLaufzettel);
      },
      replay: async (actor, effect) =>
        shown(await laufzettel.getLaufzettel(deps, actor, idIn(effect, 'laufzettel')), view.viewLaufzettel),
    },
    getLaufzettel: present,
    listLaufzettel: async (actor, input) => {
      const filter = toFilter(input.query as LaufzettelQuery);
      const page = await laufzettel.listLaufzettel(deps, actor, pageOf(input), filter);
      return shown(page, view.viewPage(view.viewLaufzettel));
    },
    addToLaufzettel: {
      run: async (actor, input) => {
        const { entries, entryIds } = input.body as { entries: EntryBody[]; entryIds: string[] };
        const added = { entryIds, entries: entries.map(toNewEntry) };
        return shown(await addToLaufzettel(deps, actor, param(input, 'laufzettelId'), added), view.viewLaufzettel);
      },
      replay: presently,
    },
    completeLaufzettel: { run: ends(completeLaufzettel), replay: presently },
    cancelLaufzettel: { run: ends(cancelLaufzettel), replay: presently },
  } satisfies Runs;
};
