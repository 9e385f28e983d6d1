/**
 * Readings of docs/consent.md that its words suggest and `decide` does not share yet. Each is a todo until the page or the code
 * says which; then it moves to the rule it belongs to, and into the oracle.
 */
import t from 'tap';
import { agency, agreement, given } from '../../support/consent-world.ts';
import { type Answer, answerTo, world } from './asking.ts';

const rows: [name: string, asked: ReturnType<typeof world>, expected: Answer][] = [
  [
    '"known origin": an origin that is not among the agencies',
    world({ statements: [given()], agencies: [agency({ id: 'jobcenter' })] }),
    ['UNREADABLE'],
  ],
  [
    'an empty set where a set is named: an agreement without purposes',
    world({ statements: [given()], agreements: [agreement(), agreement({ id: 'k2', purposes: [] })] }),
    ['UNREADABLE'],
  ],
  [
    'an empty set where a set is named: an agreement without categories',
    world({ statements: [given()], agreements: [agreement(), agreement({ id: 'k2', categories: [] })] }),
    ['UNREADABLE'],
  ],
  [
    '"textHash (SHA-256 of the text agreed to)": a yes whose text hash is none',
    world({ statements: [given({ textHash: 'abc' })] }),
    ['UNREADABLE'],
  ],
];

t.test('open questions', (t) => {
  for (const [name, asked, expected] of rows) t.strictSame(answerTo(asked), expected, name, { todo: true });
  t.end();
});
