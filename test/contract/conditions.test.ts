/** Headers that ask for conditions: how they are read, and which operations take them. */
import { z } from 'zod';
import { getterOf } from '../../src/contract/changes.ts';
import { matchesStrongly, matchesWeakly, readTags } from '../../src/contract/conditions.ts';
import { demandsVersion, hasTag, type Operation } from '../../src/contract/operation.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { t } from '../support/t.ts';

t.test('lists of entity tags (RFC 9110 section 8.8.3)', async (t) => {
  const tag = (opaque: string, weak = false) => ({ opaque, weak });
  const rows: [string, ReturnType<typeof readTags>][] = [
    ['*', '*'],
    [' * ', '*'],
    ['"a"', [tag('a')]],
    ['""', [tag('')]],
    ['W/"a"', [tag('a', true)]],
    ['"a", W/"b","c"', [tag('a'), tag('b', true), tag('c')]],
    [' ,"a",, "b" ,', [tag('a'), tag('b')]],
    ['"a,b", "c"', [tag('a,b'), tag('c')]],
    ['', null],
    ['a', null],
    ['"a', null],
    ['w/"a"', null],
    ['W/ "a"', null],
    ['"a" "b"', null],
    ['"a", *', null],
    ['"a b"', null],
    [Array(51).fill('"a"').join(), null],
  ];
  for (const [header, expected] of rows) t.same(readTags(header), expected, JSON.stringify(header).slice(0, 40));
});

t.test('strong and weak comparison (RFC 9110 section 8.8.3.2)', async (t) => {
  const rows: [string, boolean, boolean][] = [
    ['"1"', true, true],
    ['W/"1"', false, true],
    ['"2"', false, false],
    ['W/"2", "1"', true, true],
    ['*', true, true],
  ];
  for (const [header, strongly, weakly] of rows) {
    const tags = readTags(header)!;
    t.same([matchesStrongly(tags, '1'), matchesWeakly(tags, '1')], [strongly, weakly], header);
  }
});

t.test('what an operation changes can be got by the same ids', async (t) => {
  for (const operation of OPERATIONS as readonly Operation[]) {
    if (operation.changes === undefined) continue;
    const getter = getterOf(operation);
    t.ok(getter !== undefined && hasTag(getter), `${operation.id} changes what has a tag`);
    t.equal(operation.method, 'POST');
    t.same(Object.keys(operation.params?.shape ?? {}), Object.keys(getter?.params?.shape ?? {}), operation.id);
    const shown = getter?.output instanceof z.ZodObject ? Object.keys(getter.output.shape) : [];
    t.ok(!demandsVersion(operation) || shown.includes('version'), `${operation.id} demands a version that is shown`);
  }
});

t.test('what demands a version also takes the tag in its place', async (t) => {
  for (const operation of (OPERATIONS as readonly Operation[]).filter(demandsVersion)) {
    t.ok(operation.changes, operation.id);
    t.not(
      operation.body?.safeParse({}).error?.issues.some((one) => one.path[0] === 'expectedVersion'),
      true,
    );
  }
});
