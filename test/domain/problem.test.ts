import { OperatorError } from '../../src/domain/operator-error.ts';
import { SCOPES } from '../../src/domain/permission.ts';
import { isProblem, PROBLEMS, problem } from '../../src/domain/problem.ts';
import { StoreUnavailable } from '../../src/domain/store-unavailable.ts';
import { WAITING_TYPES } from '../../src/domain/waiting.ts';
import { t } from '../support/t.ts';

t.test('a problem is told from every other answer', async (t) => {
  t.equal(isProblem(problem('not-found', 'There is no such entry.')), true);
  for (const other of [null, undefined, 'problem', 404, [], {}, { detail: 'x' }]) {
    t.equal(isProblem(other), false, JSON.stringify(other));
  }
});

t.test('a problem says its code and sentence, and what was given with it', async (t) => {
  t.same(problem('not-found', 'No.'), { problem: 'not-found', detail: 'No.' });
  const errors = [{ pointer: '/a', detail: 'is wrong' }];
  t.same(problem('rule-broken', 'No.', { errors, extra: { more: 1 } }), {
    problem: 'rule-broken',
    detail: 'No.',
    errors,
    extra: { more: 1 },
  });
});

t.test('every problem is a client or a server error, and every title stands for one code', async (t) => {
  const all = Object.values(PROBLEMS);
  t.ok(all.every(({ status }) => status >= 400 && status <= 599));
  t.equal(new Set(all.map(({ title }) => title)).size, all.length);
});

t.test('what an operator reads is the sentence alone, with a code to look up and its cause for the log', async (t) => {
  const cause = new Error('EADDRINUSE');
  const error = new OperatorError('port-taken', 'Port 8080 is taken.', { cause });
  t.match(error, { name: 'OperatorError', code: 'port-taken', message: 'Port 8080 is taken.', cause });
  t.ok(error instanceof Error && !(error instanceof StoreUnavailable));
});

t.test('no code stands twice in a list of codes', async (t) => {
  for (const codes of [SCOPES, WAITING_TYPES]) t.equal(new Set(codes).size, codes.length);
});
