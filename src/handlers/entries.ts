/** Entries and the catalogue that they follow. */
import { catalogueView, type EntryBody } from '../contract/payload.ts';
import * as view from '../contract/views.ts';
import { isProblem } from '../domain/problem.ts';
import { addEntry } from '../usecases/add-entry.ts';
import * as agencies from '../usecases/agencies.ts';
import { listEntryHops } from '../usecases/list-entry-hops.ts';
import { getEntry, listEntries } from '../usecases/read-entries.ts';
import { toNewEntry } from './inputs.ts';
import { type Context, pageOf, param, type Runs, shown } from './kit.ts';

export const entryHandlers = ({ deps }: Context) =>
  ({
    getCatalogue: async (actor) => {
      // Nothing in it is anybody's; but a suspended agency is refused everywhere.
      const refused = actor.agency === null ? null : await agencies.getOwnAgency(deps, actor);
      return isProblem(refused) ? refused : catalogueView();
    },
    addEntry: {
      run: async (actor, input) => {
        const entry = toNewEntry(input.body as EntryBody);
        return shown(await addEntry(deps, actor, param(input, 'clientId'), entry), view.viewEntry);
      },
      replay: async (actor, { subject }) => {
        const [entryId] = subject.entries as [string];
        return shown(await getEntry(deps, actor, entryId), view.viewEntry);
      },
    },
    listEntries: async (actor, input) =>
      shown(await listEntries(deps, actor, param(input, 'clientId'), pageOf(input)), view.viewPage(view.viewEntry)),
    getEntry: async (actor, input) => shown(await getEntry(deps, actor, param(input, 'entryId')), view.viewEntry),
    listEntryHops: async (actor, input) =>
      shown(await listEntryHops(deps, actor, param(input, 'entryId'), pageOf(input)), view.viewPage(view.viewHop)),
  }) satisfies Runs;
