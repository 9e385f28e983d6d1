/** What its two sides do with a forwarding. */
import type { ParsedInput } from '../contract/run.ts';
import * as view from '../contract/views.ts';
import type { RejectCode } from '../domain/laufzettel.ts';
import { isProblem } from '../domain/problem.ts';
import { answerForwarding } from '../usecases/answer-forwarding.ts';
import type { Actor } from '../usecases/ports.ts';
import { type Step, stepForwarding } from '../usecases/step-forwarding.ts';
import { type Context, param, type Runs, shown } from './kit.ts';

export const handlingHandlers = ({ deps, previews }: Context) => {
  const takes = (action: Step['action']) => async (actor: Actor, input: ParsedInput) => {
    const { expectedVersion, code } = input.body as { expectedVersion: number; code?: RejectCode };
    const step: Step = { action, expectedVersion, ...(code === undefined ? {} : { rejectCode: code }) };
    return shown(await stepForwarding(deps, actor, param(input, 'forwardingId'), step), view.viewHeader);
  };
  return {
    acceptForwarding: takes('ACCEPT'),
    rejectForwarding: takes('REJECT'),
    recallForwarding: takes('RECALL'),
    progressForwarding: takes('PROGRESS'),
    holdForwarding: takes('HOLD'),
    closeForwarding: takes('CLOSE'),
    answerForwarding: async (actor, input) => {
      const request = input.body as { expectedVersion: number; entryIds?: string[] };
      const answer = await answerForwarding(deps, actor, param(input, 'forwardingId'), request);
      // A refusal tells as much as a preview, and is counted as one.
      const limited = isProblem(answer) && answer.problem === 'consent-missing' ? await previews.take(actor) : null;
      return (
        limited ??
        shown(answer, (answered) => ({
          forwarding: view.viewHeader(answered.forwarding),
          answer: answered.answer && view.viewForwarding(answered.answer),
          withheld: answered.withheld,
        }))
      );
    },
  } satisfies Runs;
};
