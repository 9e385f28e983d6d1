/** Laufzettel. */
import type { EntryBody } from '../contract/payload.ts';
import * as view from '../contract/views.ts';
import { addToLaufzettel } from '../usecases/add-to-laufzettel.ts';
import { cancelLaufzettel, completeLaufzettel } from '../usecases/end-laufzettel.ts';
import * as laufzettel from '../usecases/laufzettel.ts';
import { toNewEntry } from './inputs.ts';
import { type Context, type Effecting, idIn, pageOf, param, type Run, type Runs, shown } from './kit.ts';

export const laufzettelHandlers = ({ deps }: Context) => {
  const present: Run = async (actor, input) =>
    shown(await laufzettel.getLaufzettel(deps, actor, param(input, 'laufzettelId')), view.viewCreated);
  const presently: Effecting['replay'] = (actor, _effect, input) => present(actor, input);
  const ends =
    (end: typeof completeLaufzettel): Run =>
    async (actor, input) => {
      const { expectedVersion } = input.body as { expectedVersion: number };
      return shown(await end(deps, actor, param(input, 'laufzettelId'), expectedVersion), view.viewCreated);
    };
  return {
    createLaufzettel: {
      run: async (actor, { body }) => {
        const { entries, ...header } = body as laufzettel.NewLaufzettel & { entries: EntryBody[] };
        const created = await laufzettel.createLaufzettel(deps, actor, { ...header, entries: entries.map(toNewEntry) });
        return shown(created, view.viewCreated);
      },
      replay: async (actor, effect) =>
        shown(await laufzettel.getLaufzettel(deps, actor, idIn(effect, 'laufzettel')), view.viewCreated),
    },
    getLaufzettel: present,
    listLaufzettel: async (actor, input) =>
      shown(await laufzettel.listLaufzettel(deps, actor, pageOf(input)), view.viewPage(view.viewCreated)),
    addToLaufzettel: {
      run: async (actor, input) => {
        const { entries, entryIds } = input.body as { entries: EntryBody[]; entryIds: string[] };
        const added = { entryIds, entries: entries.map(toNewEntry) };
        return shown(await addToLaufzettel(deps, actor, param(input, 'laufzettelId'), added), view.viewCreated);
      },
      replay: presently,
    },
    completeLaufzettel: { run: ends(completeLaufzettel), replay: presently },
    cancelLaufzettel: { run: ends(cancelLaufzettel), replay: presently },
  } satisfies Runs;
};
