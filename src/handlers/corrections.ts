/** Corrections. */
import { type CorrectEntryInput, readCorrection } from '../contract/corrections.ts';
import * as view from '../contract/views.ts';
import { isProblem } from '../domain/problem.ts';
import { correctEntry, type ReadCorrection } from '../usecases/correct-entry.ts';
import { getEntry } from '../usecases/read-entries.ts';
import { toNewEntry } from './inputs.ts';
import { type Context, idIn, param, type Runs, shown } from './kit.ts';

const read: ReadCorrection<CorrectEntryInput> = (category, filedUnder, sent) => {
  const entry = readCorrection(category, filedUnder, sent);
  return isProblem(entry) ? entry : toNewEntry(entry);
};

export const correctionHandlers = ({ deps }: Context) =>
  ({
    correctEntry: {
      run: async (actor, input) => {
        const body = input.body as CorrectEntryInput;
        return shown(await correctEntry(deps, actor, param(input, 'entryId'), body, read), view.viewEntry);
      },
      replay: async (actor, effect) => shown(await getEntry(deps, actor, idIn(effect, 'entry')), view.viewEntry),
    },
  }) satisfies Runs;
