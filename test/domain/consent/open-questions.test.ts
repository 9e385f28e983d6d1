/**
 * Readings of docs/consent.md that its words suggest and `decide` does not share yet. Each is a todo until the page or the code
 * says which; then it moves to the rule it belongs to, and into the oracle.
 */
import t from 'tap';
import { agency, given } from '../../support/consent-world.ts';
import { type Answer, answerTo, world } from './asking.ts';

const rows: [name: string, asked: ReturnType<typeof world>, expected: Answer][] = [
  [
    '"known origin": an origin that is not among the agencies',
    world({ statements: [given()], agencies: [agency({ id: 'jobcenter' })] }),
    ['UNREADABLE'],
  ],
];

t.test('open questions', (t) => {
  for (const [name, asked, expected] of rows) t.strictSame(answerTo(asked), expected, name, { todo: true });
  t.end();
});
