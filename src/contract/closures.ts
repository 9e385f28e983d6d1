import { z } from 'zod';
import { CLOSURE_ANSWERS, STATUTE } from '../domain/closure-answer.ts';
import { category, id, instant, line, page, pageQuery } from './common.ts';
import { EXAMPLE_IDS } from './example-ids.ts';
import type { Operation } from './operation.ts';

export const closureAnswer = z
  .enum(CLOSURE_ANSWERS)
  .describe('STOPPED: used no more. RETAINED: kept because a statute obliges to. ERASED: gone');

/** What everybody who made, got or wrote a disclosure sees of the answer to its closing. */
export const closureAnswered = {
  answer: closureAnswer.nullable().describe('What its recipient answered when it had closed; null: nothing yet'),
  statute: z.string().nullable().describe('The statute by which its recipient keeps it'),
  answeredAt: instant.nullable(),
  unacknowledgedSince: instant
    .nullable()
    .describe('Since when its recipient should have answered; null: it has, or there is time'),
};

/** All that was answered. */
export const closureAnswers = z
  .array(z.object({ answer: closureAnswer, statute: z.string().nullable(), answeredAt: instant }))
  .describe('Everything that its recipient answered when it had closed, in order');

const owedAnswerView = z.object({
  disclosureId: id,
  forwardingId: id,
  entryId: id,
  category,
  closedAt: instant,
  clientId: id.describe('Your own handle'),
});

const closureAnswerView = z.object({
  disclosureId: id,
  answer: closureAnswer,
  statute: z.string().nullable(),
  answeredAt: instant,
});

const statute = line(100)
  .regex(STATUTE, 'does not begin with a statute, as § 84 SGB X or Art. 17 GDPR')
  .describe(
    'For RETAINED, and only there: the statute that obliges you to keep it, as § 84 SGB X. Nothing about the client',
  );

export const closureOperations = [
  {
    id: 'listOwedAnswers',
    tag: 'Closures',
    summary: 'What has closed and you still owe an answer for, oldest first',
    description: 'Disclosures that you had read and that have ended: tell what you have done with your copy.',
    method: 'GET',
    path: '/v1/owed-answers',
    graphql: { type: 'query', field: 'owedAnswers' },
    scopes: ['laufzettel:read'],
    query: pageQuery,
    status: 200,
    output: page(owedAnswerView),
    problems: [],
    example: { query: { limit: 50 } },
  },
  {
    id: 'answerClosure',
    tag: 'Closures',
    summary: 'Say what you have done with your copy of what has closed',
    description:
      'Owed for every disclosure that has closed after you had read it, in whatever state the forwarding is. STOPPED may be followed by RETAINED or ERASED, RETAINED by ERASED; the same again changes nothing. Giver and author are told.',
    method: 'POST',
    path: '/v1/disclosures/{disclosureId}/answer',
    graphql: { type: 'mutation', field: 'answerClosure' },
    scopes: ['laufzettel:write'],
    params: z.object({ disclosureId: id }),
    body: z.strictObject({ answer: closureAnswer, statute: statute.nullable().default(null) }),
    status: 200,
    output: closureAnswerView,
    problems: ['not-found', 'conflict', 'rule-broken'],
    example: { params: { disclosureId: EXAMPLE_IDS.disclosure }, body: { answer: 'RETAINED', statute: '§ 84 SGB X' } },
  },
] as const satisfies readonly Operation[];
