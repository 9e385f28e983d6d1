/** What a recipient owes for what has closed: an answer that says what it has done with its copy. */
import { answersBefore, type ClosureAnswer } from '../domain/closure-answer.ts';
import { problem } from '../domain/problem.ts';
import { type Answer, notFound } from './answer.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import type { Actor, Deps, OwedAnswer } from './ports.ts';

export const listOwedAnswers = (deps: Deps, actor: Actor, query: PageQuery): Promise<Answer<Page<OwedAnswer>>> =>
  paged(deps.vault, actor, query, {
    name: 'owed-answers',
    load: (after, most) => deps.closures.owed(actor, after, most),
    positionOf: (owed) => ({ at: owed.closedAt, id: owed.disclosureId }),
  });

export interface AnsweredClosure {
  disclosureId: string;
  answer: ClosureAnswer;
  statute: string | null;
  answeredAt: number;
}

/** The same answer again changes nothing and is given back as it stands. */
export async function answerClosure(
  deps: Deps,
  actor: Actor,
  disclosureId: string,
  { answer, statute }: { answer: ClosureAnswer; statute: string | null },
): Promise<Answer<AnsweredClosure>> {
  if ((answer === 'RETAINED') !== (statute !== null)) {
    const detail = statute === null ? 'is required with RETAINED' : 'is for RETAINED alone';
    return problem('rule-broken', 'What is retained is retained because a statute says so, and nothing else is.', {
      errors: [{ pointer: '/statute', detail }],
    });
  }
  const given = await deps.closures.answer(actor, disclosureId, { answer, statute }, answersBefore(answer));
  if (given === null) return notFound('disclosure that you owe an answer for');
  if (given.outcome === 'conflict') {
    return problem('conflict', `You have answered ${given.answer} already, and ${answer} does not follow on that.`, {
      extra: { currentAnswer: given.answer },
    });
  }
  return { disclosureId, answer: given.answer, statute: given.statute, answeredAt: given.at };
}
