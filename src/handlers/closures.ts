/** What is owed for what has closed. */
import * as view from '../contract/views.ts';
import { answerClosure, listOwedAnswers } from '../usecases/closures.ts';
import type { GivenAnswer } from '../usecases/ports.ts';
import { type Context, pageOf, param, type Run, type Runs, shown } from './kit.ts';

export const closureHandlers = ({ deps }: Context) => {
  const answer: Run = async (actor, input) => {
    const given = input.body as GivenAnswer;
    return shown(await answerClosure(deps, actor, param(input, 'disclosureId'), given), view.viewClosureAnswer);
  };
  return {
    listOwedAnswers: async (actor, input) =>
      shown(await listOwedAnswers(deps, actor, pageOf(input)), view.viewPage(view.viewOwedAnswer)),
    // The same answer again is given back as it stands, so that is what a replay does.
    answerClosure: { run: answer, replay: (actor, _effect, input) => answer(actor, input) },
  } satisfies Runs;
};
