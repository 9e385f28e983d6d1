/** What is owed for what has closed. */
import * as view from '../contract/views.ts';
import { answerClosure, listOwedAnswers } from '../usecases/closures.ts';
import type { GivenAnswer } from '../usecases/ports.ts';
import { type Context, pageOf, param, type Runs, shown } from './kit.ts';

export const closureHandlers = ({ deps }: Context) =>
  ({
    listOwedAnswers: async (actor, input) =>
      shown(await listOwedAnswers(deps, actor, pageOf(input)), view.viewPage(view.viewOwedAnswer)),
    answerClosure: async (actor, input) => {
      const given = input.body as GivenAnswer;
      return shown(await answerClosure(deps, actor, param(input, 'disclosureId'), given), view.viewClosureAnswer);
    },
  }) satisfies Runs;
