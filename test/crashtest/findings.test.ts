/** What is compared finds what differs: a reconciliation that never finds anything would be worth nothing. */
import { t } from '../support/t.ts';
import { reconcile } from './findings.ts';

const kinds = (asked: string[], there: string[]): string[] =>
  reconcile('database', asked, there).map(({ kind, says }) => `${kind} ${says}`);

t.test('what was asked for and is there once is no finding, in any order', async (t) => {
  t.same(kinds(['a', 'b'], ['b', 'a']), []);
});

t.test('what is missing is lost, each time', async (t) => {
  t.same(kinds(['a', 'b', 'b'], ['a']), ['LOST b', 'LOST b']);
});

t.test('what nobody asked for is invented, and so is what is there twice', async (t) => {
  t.same(kinds(['a'], ['a', 'a', 'b']), ['INVENTED a', 'INVENTED b']);
});

t.test('what is there otherwise than it was acknowledged is both', async (t) => {
  t.same(kinds(['forwarding 1: SENT'], ['forwarding 1: BLOCKED']), [
    'LOST forwarding 1: SENT',
    'INVENTED forwarding 1: BLOCKED',
  ]);
});
