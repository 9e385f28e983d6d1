/** Laufzettel. */
import type { EntryBody } from '../contract/payload.ts';
import * as view from '../contract/views.ts';
import { addToLaufzettel } from '../usecases/add-to-laufzettel.ts';
import { cancelLaufzettel, completeLaufzettel } from '../usecases/end-laufzettel.ts';
import * as laufzettel from '../usecases/laufzettel.ts';
import { toNewEntry } from './inputs.ts';
import { type Context, pageOf, param, type Runs, shown } from './kit.ts';

export const laufzettelHandlers = ({ deps }: Context) =>
  ({
    createLaufzettel: async (actor, { body }) => {
      const { entries, ...header } = body as laufzettel.NewLaufzettel & { entries: EntryBody[] };
      const created = await laufzettel.createLaufzettel(deps, actor, { ...header, entries: entries.map(toNewEntry) });
      return shown(created, view.viewCreated);
    },
    getLaufzettel: async (actor, input) =>
      shown(await laufzettel.getLaufzettel(deps, actor, param(input, 'laufzettelId')), view.viewCreated),
    listLaufzettel: async (actor, input) =>
      shown(await laufzettel.listLaufzettel(deps, actor, pageOf(input)), view.viewPage(view.viewCreated)),
    addToLaufzettel: async (actor, input) => {
      const { entries, entryIds } = input.body as { entries: EntryBody[]; entryIds: string[] };
      const added = { entryIds, entries: entries.map(toNewEntry) };
      return shown(await addToLaufzettel(deps, actor, param(input, 'laufzettelId'), added), view.viewCreated);
    },
    completeLaufzettel: async (actor, input) => {
      const { expectedVersion } = input.body as { expectedVersion: number };
      return shown(
        await completeLaufzettel(deps, actor, param(input, 'laufzettelId'), expectedVersion),
        view.viewCreated,
      );
    },
    cancelLaufzettel: async (actor, input) => {
      const { expectedVersion } = input.body as { expectedVersion: number };
      return shown(
        await cancelLaufzettel(deps, actor, param(input, 'laufzettelId'), expectedVersion),
        view.viewCreated,
      );
    },
  }) satisfies Runs;
