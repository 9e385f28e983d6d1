/** What a round tells, in the order in which a desk goes through it. */
import { MOST_ROUND_ITEMS, ROUND_SECTIONS } from '../../src/domain/round.ts';
import { t } from '../support/t.ts';

t.test('what came and what moved stands before what waits, and what is planned stands last', async (t) => {
  t.same(ROUND_SECTIONS, ['NEW', 'CHANGED', 'UNANSWERED', 'OVERDUE', 'ENDED', 'CONSENT_ENDING', 'PLAN_REVIEW']);
  t.ok(MOST_ROUND_ITEMS * ROUND_SECTIONS.length <= 10_000, 'and its size is bounded');
});
