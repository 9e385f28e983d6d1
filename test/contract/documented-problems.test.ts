/**
 * An operation documents no problem that it cannot answer. That it answers none that it does not document is held
 * wherever a story is told: see `checked` in test/support/both-doors.ts.
 */
import { COMMON_PROBLEMS, type Operation } from '../../src/contract/operation.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { t } from '../support/t.ts';
import { codesOfHandlers } from './sentences.ts';

t.test('every problem that an operation documents can come of it', async (t) => {
  const handlers = codesOfHandlers();
  for (const { id, problems, params } of OPERATIONS as readonly Operation[]) {
    const possible = handlers.get(id);
    t.ok(possible, `${id} has a handler`);
    // A malformed id in the path is answered before the handler is asked.
    const impossible = problems.filter((code) => !possible?.has(code) && !(code === 'not-found' && params));
    t.same(impossible, [], `${id} documents nothing that it cannot answer`);
    const twice = problems.filter((code) => (COMMON_PROBLEMS as readonly string[]).includes(code));
    t.same(twice, [], `${id} documents what every operation does only once`);
  }
});

t.test('the test sees what cannot come', async (t) => {
  const codes = codesOfHandlers();
  t.ok(codes.get('acceptForwarding')?.has('transition-illegal'));
  t.notOk(codes.get('getOwnAgency')?.has('transition-illegal'));
});
