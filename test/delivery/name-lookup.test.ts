/** Looking names up with a limit of time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createNameLookup, type FoundAddress } from '../../src/delivery/name-lookup.ts';
import { t } from '../support/t.ts';

const HERE: readonly FoundAddress[] = [{ address: '127.0.0.1', family: 4 }];

function questions() {
  const asked: { name: string; answer: PromiseWithResolvers<readonly FoundAddress[]> }[] = [];
  const ask = (name: string) => {
    const answer = Promise.withResolvers<readonly FoundAddress[]>();
    asked.push({ name, answer });
    return answer.promise;
  };
  return { asked, ask };
}

t.test('a name is asked for once, however many wait for it, and anew the next time', async (t) => {
  const { asked, ask } = questions();
  const lookUp = createNameLookup(ask);
  const waiting = [lookUp('one.example'), lookUp('one.example'), lookUp('two.example')];
  t.same(
    asked.map(({ name }) => name),
    ['one.example', 'two.example'],
  );
  for (const { answer } of asked) answer.resolve(HERE);
  t.same(await Promise.all(waiting), [HERE, HERE, HERE]);
  const again = lookUp('one.example');
  t.equal(asked.length, 3);
  asked[2]!.answer.resolve([]);
  t.same(await again, []);
});

t.test('nobody waits for long, and a name that does not answer is not asked for a second time meanwhile', async (t) => {
  const { asked, ask } = questions();
  const lookUp = createNameLookup(ask, 20);
  await t.rejects(lookUp('dead.example'));
  await t.rejects(lookUp('dead.example'));
  t.equal(asked.length, 1);
  asked[0]!.answer.reject(new Error('EAI_AGAIN'));
  await sleep(0);
  const again = lookUp('dead.example');
  t.equal(asked.length, 2, 'it has come to its end');
  asked[1]!.answer.resolve(HERE);
  t.same(await again, HERE);
});

t.test('no more than a hundred names are looked up at a time', async (t) => {
  const { asked, ask } = questions();
  const lookUp = createNameLookup(ask);
  const waiting = Array.from({ length: 100 }, (_, number) => lookUp(`${number}.example`));
  await t.rejects(lookUp('one-more.example'), /too many/);
  for (const { answer } of asked) answer.resolve(HERE);
  t.equal((await Promise.all(waiting)).length, 100);
});

t.test('the system is asked when nothing else is said', async (t) => {
  const found = await createNameLookup()('localhost');
  t.ok(found.length > 0);
  for (const { address } of found) t.match(address, /^(127\.0\.0\.1|::1)$/);
});
