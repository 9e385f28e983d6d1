import { decide } from '../../src/domain/consent.ts';
import { disclose, isDisclosed, type Own, own } from '../../src/domain/disclosure.ts';
import type { EntryMeta, Permit } from '../../src/domain/facts.ts';
import { entry, facts, given, NOW, question } from '../support/consent-world.ts';
import { t } from '../support/t.ts';

const stored = (change: Partial<EntryMeta> = {}) => ({ ...entry(change), createdAt: NOW });

function permitFor(id: string): Permit {
  const asked = question({ entries: [entry({ id })] });
  const [decision] = decide(asked, facts({ statements: [given()] })).entries;
  if (decision?.outcome !== 'PERMIT') throw new Error('this world permits');
  return decision;
}

/** Content that remembers whether anybody opened it. */
function content() {
  const opened = { times: 0 };
  const open = () => {
    opened.times += 1;
    return { familienname: 'Erfunden' };
  };
  return { opened, open };
}

t.test('a permit opens the entry that it was made for', async (t) => {
  const { opened, open } = content();
  const disclosed = disclose(stored(), permitFor('e1'), open);
  t.same(disclosed.payload, { familienname: 'Erfunden' });
  t.equal(disclosed.entry.id, 'e1');
  t.equal(opened.times, 1);
  t.equal(isDisclosed(disclosed), true);
  t.equal(Object.isFrozen(disclosed), true);
});

t.test('whoever wrote an entry opens it without a permit', async (t) => {
  const { opened, open } = content();
  t.equal(isDisclosed(disclose(stored({ origin: 'mbe' }), own('mbe'), open)), true);
  t.equal(opened.times, 1);
});

t.test('a basis that does not carry opens nothing', async (t) => {
  const permit = permitFor('e1');
  const bases: [string, unknown][] = [
    ['a look-alike', { outcome: 'PERMIT', entry: 'e1', reliedOn: permit.reliedOn }],
    ['a copy of a permit', { ...permit }],
    ['a clone of a permit', structuredClone(permit)],
    ['an heir of a permit', Object.create(permit)],
    ['a permit behind a proxy', new Proxy(permit, {})],
    ['the permit of another entry', permitFor('e2')],
    ['a permit that went through JSON', JSON.parse(JSON.stringify(permit))],
    ['a WITHHOLD', { outcome: 'WITHHOLD', entry: 'e1', category: 'STAMMDATEN', reasons: [] }],
    ['OWN of another agency', own('jobcenter')],
    ['OWN of nobody', { outcome: 'OWN' }],
    ['OWN that names the entry', { outcome: 'OWN', entry: 'e1' }],
    ['another outcome', { outcome: 'YES', entry: 'e1', reader: 'mbe' }],
  ];
  for (const [name, basis] of bases) {
    const { opened, open } = content();
    t.throws(() => disclose(stored(), basis as Permit | Own, open), { message: /basis does not belong/ }, name);
    t.equal(opened.times, 0, `${name}: the content was not opened`);
  }
});

t.test('a permit cannot be turned to another entry', async (t) => {
  const permit = permitFor('e1');
  t.throws(() => {
    (permit as { entry: string }).entry = 'e2';
  }, TypeError);
  t.throws(() => disclose(stored({ id: 'e2' }), permit, content().open));
});

t.test('content that cannot be opened is no disclosed value', async (t) => {
  t.throws(
    () =>
      disclose(stored(), permitFor('e1'), () => {
        throw new Error('the key was destroyed');
      }),
    { message: 'the key was destroyed' },
  );
});

t.test('only disclose makes disclosed values', async (t) => {
  const real = disclose(stored(), permitFor('e1'), () => ({}));
  const lookAlikes = [{ ...real }, structuredClone(real), Object.create(real), null, undefined, 'e1', [real]];
  for (const one of lookAlikes) t.equal(isDisclosed(one), false, JSON.stringify(one));
});
