/** What is compared finds what differs: a reconciliation that never finds anything would be worth nothing. */
import { t } from '../support/t.ts';
import { outOfOrder } from './check-receivers.ts';
import { reconcile } from './findings.ts';
import type { Message } from './receivers.ts';

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

t.test(
  'what comes of a Laufzettel before what was earlier has been taken is invented, and of nothing else',
  async (t) => {
    const message = (sequence: number, arrived: number, taken: number | null, data: object): Message => {
      return { headers: {}, text: '', body: { sequence: String(sequence), data }, arrived, taken };
    };
    const twice = (one: object, other: object): Message[] => [
      message(1, 1, null, one),
      message(2, 2, 3, other),
      message(1, 4, 5, one),
    ];
    const slip = { laufzettelId: 'a' };
    t.match(outOfOrder('agency', twice(slip, slip)), [{ kind: 'INVENTED', says: /event 2 .* came before 1/ }]);
    t.same(outOfOrder('agency', twice(slip, { laufzettelId: 'b' })), []);
    t.same(outOfOrder('agency', twice({ clientId: 'a' }, { clientId: 'b' })), []);
  },
);
