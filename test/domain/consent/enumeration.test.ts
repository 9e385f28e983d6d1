/** All small inputs: `decide` answers as the oracle does, word for word, on every one of them. */
import type { Test } from 'tap';
import { type Category, KINDS } from '../../../src/domain/catalogue.ts';
import type {
  DisclosureRowFact,
  EntryMeta,
  GivenStatement,
  NoStatement,
  ReleaseFact,
  StatementFact,
} from '../../../src/domain/facts.ts';
import {
  AGENCIES,
  agency,
  agreement,
  day,
  entry,
  given,
  NOW,
  party,
  refused,
  release,
  row,
  stopEverything,
  type World,
  withdrawnRelease,
} from '../../support/consent-world.ts';
import { t } from '../../support/t.ts';
import { answerTo, difference, tellWorld, world } from './asking.ts';

function agreeOnAll(t: Test, worlds: Iterable<World>): void {
  let count = 0;
  for (const one of worlds) {
    const found = difference(one);
    if (found !== undefined) {
      t.comment(found);
      t.fail(`differs after ${count} worlds on which both agree`);
      break;
    }
    count += 1;
  }
  t.ok(count > 1000, `${count} worlds`);
  t.end();
}

/** Every choice of at most so many letters, in one order. */
function* choices<T>(letters: T[], atMost: number, from = 0): Generator<T[]> {
  yield [];
  if (atMost === 0) return;
  for (let index = from; index < letters.length; index += 1) {
    for (const rest of choices(letters, atMost - 1, index)) yield [letters[index]!, ...rest];
  }
}

/** Every combination of one choice for each name. */
function combinations<T extends Record<string, unknown>>(options: { [Name in keyof T]: T[Name][] }): T[] {
  let all: Record<string, unknown>[] = [{}];
  for (const [name, values] of Object.entries(options)) {
    all = all.flatMap((some) => (values as unknown[]).map((value) => ({ ...some, [name]: value })));
  }
  return all as T[];
}

const numbered = <T extends { id: string }>(facts: T[], letter: string): T[] =>
  facts.map((fact, index) => ({ ...fact, id: `${letter}${index}` }));

const TIMES = [day(-3), day(-2), day(-1)];
const PERIODS = [
  { validFrom: day(-3), validUntil: day(9) },
  { validFrom: day(-3), validUntil: NOW },
  { validFrom: day(1), validUntil: day(9) },
];
const ADULT = { statedBy: 'PERSON', ageBand: 'ADULT' } as const;
const YOUTH = { statedBy: 'PERSON', ageBand: 'FROM_15_TO_17' } as const;
const GUARDIAN = { statedBy: 'GUARDIAN', ageBand: 'FROM_15_TO_17' } as const;

type Yes = { statedAt: number; period: (typeof PERIODS)[number]; by: object; form: GivenStatement['form'] };
const YESES = combinations<Yes>({
  statedAt: TIMES,
  period: PERIODS,
  by: [ADULT, YOUTH, GUARDIAN],
  form: ['WRITTEN', 'ORAL'],
}).map(({ statedAt, period, by, form }) => ({ statedAt, ...period, ...by, form }));
type No = { recordedAt: number; by: object };
const NOS = combinations<No>({ recordedAt: TIMES, by: [ADULT, YOUTH] }).map(({ recordedAt, by }) => ({
  recordedAt,
  ...by,
}));

t.test('up to three statements: decision, time, period, speaker, form, scope', (t) => {
  const about: { categories: Category[] } = { categories: ['GESUNDHEIT'] };
  const letters: StatementFact[] = [
    ...YESES.map((yes) => given({ ...about, ...yes })),
    ...NOS.flatMap((no) =>
      (['REFUSED', 'WITHDRAWN'] as const).flatMap((decision) => [
        refused({ ...about, ...no, decision }),
        stopEverything({ ...no, decision }),
      ]),
    ),
  ];
  const asked = { entries: [entry({ category: 'GESUNDHEIT' })] };
  function* worlds() {
    for (const some of choices(letters, 3)) yield world({ statements: numbered(some, 's') }, asked);
  }
  agreeOnAll(t, worlds());
});

t.test('every no, whatever it names or leaves out, direct and onward: it binds unless it names another scope', (t) => {
  const scopes = combinations<Pick<NoStatement, 'discloser' | 'recipient' | 'purpose' | 'categories'>>({
    discloser: ['mbe', 'jmd', 'schule', null],
    recipient: ['jobcenter', 'schule', null],
    purpose: ['BERATUNG', 'TERMIN', null],
    categories: [['STAMMDATEN'], ['KONTAKT'], ['KONTAKT', 'STAMMDATEN'], null],
  });
  const yeses = [given(), given({ id: 's2', recipient: 'jmd' })];
  const own = given({ id: 's3', discloser: 'jmd', statedAt: day(-1) });
  function* worlds() {
    for (const no of scopes) {
      for (const recordedAt of [day(-11), day(-10), day(-5), NOW, NOW + 1]) {
        for (const discloser of ['mbe', 'jmd']) {
          for (const statements of [yeses, [...yeses, own]]) {
            yield world({ statements: [...statements, refused({ ...no, recordedAt })], rows: [row()] }, { discloser });
          }
        }
      }
    }
  }
  for (const no of scopes) {
    const binds =
      no.discloser !== 'jmd' &&
      no.discloser !== 'schule' &&
      no.recipient !== 'schule' &&
      no.purpose !== 'TERMIN' &&
      no.categories?.join() !== 'KONTAKT';
    const answer = answerTo(world({ statements: [given(), refused(no)] }));
    if ((answer === 'PERMIT') === binds) t.fail(tellWorld(world({ statements: [given(), refused(no)] })));
  }
  agreeOnAll(t, worlds());
});

t.test('up to two releases beside a consent', (t) => {
  const letters: ReleaseFact[] = [
    ...YESES.map((yes) => release(yes)),
    ...NOS.flatMap((no) => [
      withdrawnRelease(no),
      withdrawnRelease({ ...no, origin: null, recipient: null, categories: null }),
    ]),
  ];
  const asked = { entries: [entry({ secrecy: true })] };
  function* worlds() {
    for (const some of choices(letters, 2))
      yield world({ statements: [given()], releases: numbered(some, 'f') }, asked);
  }
  agreeOnAll(t, worlds());
});

t.test('an agreement, 1 ms around every instant it names', (t) => {
  const around = [NOW - 1, NOW, NOW + 1];
  type Terms = {
    from: number;
    until: number | null;
    terminatedAt: number | null;
    signedAt: number | null;
    leftAt: number | null;
    suspendedAt: number | null;
    who: string;
  };
  const all = combinations<Terms>({
    from: around,
    until: [null, ...around],
    terminatedAt: [null, ...around],
    signedAt: [null, ...around],
    leftAt: [null, ...around],
    suspendedAt: [null, ...around],
    who: ['mbe', 'jobcenter', 'jmd'],
  });
  function* worlds() {
    for (const { from, until, terminatedAt, signedAt, leftAt, suspendedAt, who } of all) {
      const parties = ['mbe', 'jobcenter'].map((name) => party(name, name === who ? { signedAt, leftAt } : {}));
      const agencies = AGENCIES.map((one) => (one.id === who ? agency({ id: who, suspendedAt }) : one));
      yield world({ agencies, agreements: [agreement({ parties, from, until, terminatedAt })], statements: [given()] });
    }
  }
  agreeOnAll(t, worlds());
});

t.test('up to three disclosure rows among four agencies, with every break in what they rest on', (t) => {
  const ids = AGENCIES.map((one) => one.id);
  const rows: DisclosureRowFact[] = ids.flatMap((from) =>
    ids.filter((to) => to !== from).flatMap((to) => [row({ from, to }), row({ from, to, closed: day(-1) })]),
  );
  const toJmd = given({ id: 's2', recipient: 'jmd' });
  const toSchule = given({ id: 's3', recipient: 'schule' });
  const said: StatementFact[][] = [
    [given(), toJmd, toSchule],
    [given(), toJmd],
    [given(), toJmd, toSchule, refused({ discloser: 'jmd', recipient: 'schule' })],
  ];
  function* worlds() {
    for (const some of choices(rows, 3)) {
      for (const statements of said) {
        for (const discloser of ['jmd', 'schule'])
          yield world({ statements, rows: numbered(some, 'r') }, { discloser });
      }
    }
  }
  agreeOnAll(t, worlds());
});

t.test('up to three entries in every kind of forwarding, strict or not', (t) => {
  const entries: EntryMeta[] = [
    entry(),
    entry({ secrecy: true }),
    entry({ concerns: [] }),
    entry({ origin: 'jobcenter' }),
    entry({ origin: 'jobcenter', concerns: ['ben'] }),
    entry({ category: 'KONTAKT' }),
    entry({ category: 'GESUNDHEIT' }),
    entry({ category: 'DOKUMENT', filedUnder: ['STAMMDATEN', 'KONTAKT'] }),
    entry({ category: 'DOKUMENT', filedUnder: ['STAMMDATEN', 'GESUNDHEIT'] }),
    entry({ category: 'DOKUMENT', filedUnder: ['KONTAKT'], origin: 'jobcenter' }),
  ];
  const statements = [given({ categories: ['STAMMDATEN', 'KONTAKT', 'DOKUMENT'] })];
  function* worlds() {
    for (const some of choices(entries, 3)) {
      for (const kind of [...KINDS, 'POSTKARTE']) {
        for (const strict of [false, true]) yield world({ statements }, { kind, strict, entries: numbered(some, 'e') });
      }
    }
  }
  agreeOnAll(t, worlds());
});
