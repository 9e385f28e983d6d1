/** docs/consent.md and SECURITY.md: what they prove by tests is there, and nothing of the contract is left out. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { REASONS } from '../../src/domain/facts.ts';
import { fromRoot } from '../image/dockerfile.ts';
import { t } from '../support/t.ts';
import { missing, namedTests } from './named-tests.ts';

const read = (path: string): string => readFileSync(fromRoot(path), 'utf8');
const consent = read('docs/consent.md');
const security = read('SECURITY.md');
const sections = consent.split(/^#{2,3} /m).slice(1);

t.test('every test that the pages name is there, under that name', async (t) => {
  for (const page of [consent, security]) {
    const named = namedTests(page);
    t.ok(named.length > 20, `${named.length} are named`);
    t.same(missing(named), []);
  }
});

t.test('a test that is not there is found out', async (t) => {
  t.same(missing(namedTests('`test/nothing.test.ts`: *a*')), ['test/nothing.test.ts']);
  t.same(missing(namedTests('`test/docs/consent-page.test.ts`: *no such* · *a test that is not there is found out*')), [
    'test/docs/consent-page.test.ts: no such',
  ]);
});

t.test('each rule has its ground, its answer, an example and its tests', async (t) => {
  for (const rule of ['R0', 'R1', 'R2', 'R3', 'R4', 'R5', 'R6', 'R7']) {
    const section = sections.find((one) => one.startsWith(`${rule} ·`)) ?? '';
    for (const part of ['**Ground:**', '**Answer if not:**', '**At the desk:**', '**Tests:**']) {
      t.ok(section.includes(part), `${rule} ${part}`);
    }
    t.ok(
      namedTests(section).some(({ names }) => names.length > 0),
      `${rule} names a test`,
    );
  }
});

t.test('every reason that a sender may be told is explained', async (t) => {
  for (const reason of REASONS) t.ok(consent.includes(`\`${reason}\``), reason);
});

t.test('every law has a test of that very name', async (t) => {
  const laws = [...consent.matchAll(/^\| ([^|`]+) \| `(test\/[^`]+)` \|$/gm)];
  t.equal(laws.length, 17);
  t.same(missing(laws.map(([, name, file]) => ({ file: file!, names: [name!] }))), []);
});

t.test('every link leads somewhere', async (t) => {
  const anchor = (title: string) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\d\s-]/gu, '')
      .trim()
      .replaceAll(/\s+/g, '-');
  for (const [path, page] of [
    ['docs/consent.md', consent],
    ['SECURITY.md', security],
  ] as const) {
    for (const [, target] of page.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target!)) continue;
      const [file, fragment] = target!.split('#') as [string, string?];
      const aim = file === '' ? path : join(dirname(path), file);
      if (!t.ok(existsSync(fromRoot(aim)), `${path} → ${target}`) || fragment === undefined) continue;
      const titles = [...read(aim).matchAll(/^#+ (.*)$/gm)].map(([, title]) => anchor(title!));
      t.ok(titles.includes(fragment), `${path} → ${target}`);
    }
  }
});
