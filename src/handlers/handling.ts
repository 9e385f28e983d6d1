/** What its two sides do with a forwarding. */
import type { ParsedInput } from '../contract/run.ts';
import * as view from '../contract/views.ts';
import type { RejectCode } from '../domain/laufzettel.ts';
import type { Answer } from '../usecases/answer.ts';
import { type Answered, answerForwarding } from '../usecases/answer-forwarding.ts';
import { answeredBefore } from '../usecases/forwarded-before.ts';
import type { Actor } from '../usecases/ports.ts';
import { getForwardingHeader, type Step, stepForwarding } from '../usecases/step-forwarding.ts';
import { type Context, countedIfRefused, type Effecting, idIn, param, type Runs, shown } from './kit.ts';

const viewAnswered = (answered: Answered) => ({
  forwarding: view.viewHeader(answered.forwarding),
  answer: answered.answer && view.viewForwarding(answered.answer),
  withheld: answered.withheld,
});

export const handlingHandlers = ({ deps, previews }: Context) => {
  const takes = (action: Step['action']): Effecting => ({
    run: async (actor: Actor, input: ParsedInput) => {
      const { expectedVersion, code } = input.body as { expectedVersion: number; code?: RejectCode };
      const step: Step = { action, expectedVersion, ...(code === undefined ? {} : { rejectCode: code }) };
      return shown(await stepForwarding(deps, actor, param(input, 'forwardingId'), step), view.viewHeader);
    },
    replay: async (actor, effect) =>
      shown(await getForwardingHeader(deps, actor, idIn(effect, 'forwarding')), view.viewHeader),
  });
  const answered = (actor: Actor, answer: Answer<Answered>) => countedIfRefused(previews, actor, answer, viewAnswered);
  return {
    acceptForwarding: takes('ACCEPT'),
    rejectForwarding: takes('REJECT'),
    recallForwarding: takes('RECALL'),
    progressForwarding: takes('PROGRESS'),
    holdForwarding: takes('HOLD'),
    closeForwarding: takes('CLOSE'),
    answerForwarding: {
      run: async (actor, input) => {
        const request = input.body as { expectedVersion: number; entryIds?: string[] };
        return answered(actor, await answerForwarding(deps, actor, param(input, 'forwardingId'), request));
      },
      replay: async (actor, effect, input) =>
        answered(actor, await answeredBefore(deps, actor, effect, param(input, 'forwardingId'))),
    },
  } satisfies Runs;
};
