/** What a recipient answers when a disclosure has closed that it had fetched: what it has done with its copy. */

export const CLOSURE_ANSWERS = ['STOPPED', 'RETAINED', 'ERASED'] as const;
/** STOPPED: used no more. RETAINED: kept because a statute obliges it to. ERASED: gone. */
export type ClosureAnswer = (typeof CLOSURE_ANSWERS)[number];

/** A statute by its sign, as § 84 SGB X or Art. 17 GDPR; the text behind it is for people. */
export const STATUTE = /^(§{1,2}|Art\.) ?\d+.{0,80}$/;

/** Each answer with those that it may follow; without one before it every answer is possible. */
const FOLLOWS: Readonly<Record<ClosureAnswer, readonly ClosureAnswer[]>> = {
  STOPPED: [],
  RETAINED: ['STOPPED'],
  ERASED: ['STOPPED', 'RETAINED'],
};

export const answersBefore = (answer: ClosureAnswer): readonly ClosureAnswer[] => FOLLOWS[answer];
