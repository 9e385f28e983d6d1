/** What a paper asks, and what may be recorded from it. */
import fc from 'fast-check';
import { startOfDayBerlin } from '../../src/domain/calendar.ts';
import { type Category, PURPOSES } from '../../src/domain/catalogue.ts';
import { decide } from '../../src/domain/consent.ts';
import {
  beyondText,
  type ConsentTextScope,
  isSpecial,
  latestEnd,
  linesOf,
  maySpeak,
  type NamedYes,
  type Wanted,
  wantedOf,
} from '../../src/domain/consent-text.ts';
import { AGE_BANDS, type Facts, type Instant, STATED_BY } from '../../src/domain/facts.ts';
import type { Needed } from '../../src/domain/needed.ts';
import { neededFor } from '../../src/domain/needed-consents.ts';
import { given, NOW, release, type World } from '../support/consent-world.ts';
import { t } from '../support/t.ts';
import { anyWorld } from './consent/any-world.ts';
import { tellWorld } from './consent/asking.ts';
import { holds, NOT_MEANT } from './consent/holds.ts';

const asked = (more: Partial<Wanted> = {}): Wanted => ({
  kind: 'CONSENT',
  recipient: 'jobcenter',
  purpose: 'BERATUNG',
  categories: ['STAMMDATEN'],
  ...more,
});

t.test('who may speak at which age', async (t) => {
  const speakers = AGE_BANDS.map((age) => [age, STATED_BY.filter((who) => maySpeak(who, age))]);
  t.same(Object.fromEntries(speakers), {
    UNDER_15: ['GUARDIAN'],
    FROM_15_TO_17: ['PERSON', 'GUARDIAN'],
    ADULT: ['PERSON', 'LEGAL_REPRESENTATIVE'],
  });
});

t.test('a paper of today lasts twelve months from its day, as a yes of today by its day does', async (t) => {
  const noon = startOfDayBerlin('2026-11-27') + 12 * 3_600_000;
  t.equal(latestEnd(noon), startOfDayBerlin('2027-11-27'));
  t.equal(latestEnd(noon, 3), startOfDayBerlin('2027-02-27'));
  t.equal(latestEnd(startOfDayBerlin('2028-02-29')), startOfDayBerlin('2029-02-28'));
});

t.test('each recipient and purpose is asked for once', async (t) => {
  const rows: [string, Wanted[], [string, string | null, Category[]][]][] = [
    ['nothing', [], []],
    ['one', [asked()], [['jobcenter', 'BERATUNG', ['STAMMDATEN']]]],
    [
      'categories in the order of the catalogue, each once',
      [asked({ categories: ['SPRACHE', 'STAMMDATEN', 'SPRACHE'] }), asked({ categories: ['KONTAKT'] })],
      [['jobcenter', 'BERATUNG', ['STAMMDATEN', 'KONTAKT', 'SPRACHE']]],
    ],
    [
      'what Art. 9 protects by itself, after the rest',
      [asked({ categories: ['LEBENSLAGE', 'STAMMDATEN', 'GESUNDHEIT'] })],
      [
        ['jobcenter', 'BERATUNG', ['STAMMDATEN']],
        ['jobcenter', 'BERATUNG', ['GESUNDHEIT', 'LEBENSLAGE']],
      ],
    ],
    [
      'a recipient’s lines together, purposes in their order',
      [asked({ purpose: 'LEISTUNG' }), asked({ recipient: 'caritas' }), asked({ purpose: 'SCHULE' })],
      [
        ['caritas', 'BERATUNG', ['STAMMDATEN']],
        ['jobcenter', 'SCHULE', ['STAMMDATEN']],
        ['jobcenter', 'LEISTUNG', ['STAMMDATEN']],
      ],
    ],
    ['nothing of the other kind', [asked({ kind: 'RELEASE', purpose: null })], []],
  ];
  for (const [name, wanted, expected] of rows) {
    const lines = linesOf('CONSENT', wanted).map((one) => [one.recipient, one.purpose, one.categories]);
    t.same(lines, expected, name);
  }
  const releases = [
    asked({ kind: 'RELEASE', purpose: null, categories: ['LEBENSLAGE', 'BERATUNGSNOTIZ'] }),
    asked({ kind: 'RELEASE', purpose: null, categories: ['FOERDERPLAN'] }),
    asked({ kind: 'RELEASE', purpose: null, recipient: 'caritas', categories: ['BERATUNGSNOTIZ'] }),
  ];
  t.same(
    linesOf('RELEASE', releases),
    [
      { recipient: 'caritas', purpose: null, categories: ['BERATUNGSNOTIZ'] },
      { recipient: 'jobcenter', purpose: null, categories: ['FOERDERPLAN', 'LEBENSLAGE', 'BERATUNGSNOTIZ'] },
    ],
    'a release from secrecy by recipient',
  );
});

t.test('what is not this client’s to say by this speaker is not on the paper', async (t) => {
  const yes = { clientId: 'anna', recipient: 'jobcenter', categories: ['STAMMDATEN'], supersedes: false } as const;
  const consent = { type: 'CONSENT', discloser: 'mbe', purpose: 'BERATUNG', form: 'ANY', ...yes } as const;
  const line = { ...consent, explicitSpecialCategories: false, statedBy: STATED_BY };
  const apart: Needed[] = [
    { ...line, clientId: 'ben' },
    { ...line, clientId: null },
    { type: 'AGREEMENT', parties: ['mbe', 'jobcenter'], purpose: 'BERATUNG', categories: ['STAMMDATEN'] },
    { type: 'ASK_ORIGIN', origin: 'jmd', categories: ['KONTAKT'] },
    { type: 'NOT_POSSIBLE', reason: 'RESIDENCE_GUARD', categories: ['AUFENTHALT'] },
  ];
  const youth: Needed = { ...line, statedBy: ['PERSON'], supersedes: true };
  const secret: Needed = { type: 'RELEASE', origin: 'mbe', ...yes, form: 'WRITTEN_OR_ELECTRONIC', statedBy: STATED_BY };
  t.same(wantedOf([line, secret, ...apart], 'anna', 'PERSON'), {
    wanted: [asked(), asked({ kind: 'RELEASE', purpose: null })],
    notAsked: apart,
  });
  t.same(wantedOf([youth], 'anna', 'PERSON'), { wanted: [asked()], notAsked: [] });
  t.same(wantedOf([youth], 'anna', 'GUARDIAN'), { wanted: [], notAsked: [youth] }, 'no guardian overrules a youth');
});

const MADE = startOfDayBerlin('2026-11-27') + 10 * 3_600_000;
const paper: ConsentTextScope = {
  kind: 'CONSENT',
  clientId: 'anna',
  language: 'tr',
  statedBy: 'PERSON',
  ageBand: 'FROM_15_TO_17',
  validUntil: startOfDayBerlin('2027-11-27'),
  createdAt: MADE,
  lines: linesOf('CONSENT', [
    asked({ categories: ['STAMMDATEN', 'KONTAKT', 'GESUNDHEIT'] }),
    asked({ purpose: 'SCHULE', categories: ['SPRACHE'] }),
  ]),
};
const named = (more: Partial<NamedYes> = {}): NamedYes => ({
  type: 'STATEMENT',
  recipient: 'jobcenter',
  purpose: 'BERATUNG',
  categories: ['STAMMDATEN'],
  statedAt: MADE + 1,
  statedBy: 'PERSON',
  ageBand: 'FROM_15_TO_17',
  validUntil: paper.validUntil,
  language: 'tr',
  ...more,
});

t.test('a yes says no more than its paper', async (t) => {
  const rows: [string, Partial<NamedYes>, string[]][] = [
    ['what was asked', {}, []],
    ['one box of several', { purpose: 'SCHULE', categories: ['SPRACHE'] }, []],
    ['boxes of two lines in one yes', { categories: ['GESUNDHEIT', 'KONTAKT'] }, []],
    ['an earlier end', { validUntil: paper.validUntil - 1 }, []],
    ['a later end', { validUntil: paper.validUntil + 1 }, ['/validUntil']],
    ['the day alone is known', { statedAt: startOfDayBerlin('2026-11-27') }, []],
    ['the day before', { statedAt: startOfDayBerlin('2026-11-27') - 1 }, ['/statedAt']],
    ['another recipient', { recipient: 'caritas' }, ['/recipient']],
    ['another purpose', { purpose: 'LEISTUNG' }, ['/purpose']],
    ['one category more', { categories: ['STAMMDATEN', 'AUFENTHALT'] }, ['/categories']],
    ['what was asked for another purpose', { categories: ['SPRACHE'] }, ['/categories']],
    ['another language', { language: 'de' }, ['/language']],
    ['somebody else’s word', { statedBy: 'LEGAL_REPRESENTATIVE' }, ['/statedBy']],
    ['18 since it was made', { ageBand: 'ADULT' }, []],
    ['younger than it was made for', { ageBand: 'UNDER_15' }, ['/ageBand']],
    ['a release', { type: 'RELEASE', purpose: null }, ['/textHash']],
    ['several at once', { recipient: 'caritas', language: 'de' }, ['/recipient', '/language']],
  ];
  for (const [name, more, pointers] of rows) {
    const faults = beyondText(paper, 'anna', named(more));
    t.same(
      faults.map(({ pointer }) => pointer),
      pointers,
      name,
    );
  }
  const [foreign, ...none] = beyondText(paper, 'ben', named({ recipient: 'caritas', language: 'de' }));
  t.equal(foreign?.pointer, '/textHash', 'for another client nothing else is told');
  t.same(none, []);
  const secret: ConsentTextScope = {
    ...paper,
    kind: 'RELEASE',
    lines: linesOf('RELEASE', [asked({ kind: 'RELEASE', purpose: null })]),
  };
  t.same(beyondText(secret, 'anna', named({ type: 'RELEASE', purpose: null })), []);
  t.equal(beyondText(secret, 'anna', named())[0]?.pointer, '/textHash');
});

t.test('any part of a paper is covered by it, and nothing beside it is', async (t) => {
  const categories = fc.uniqueArray(
    fc.constantFrom<Category>('STAMMDATEN', 'KONTAKT', 'GESUNDHEIT', 'LEBENSLAGE', 'SPRACHE'),
    { minLength: 1 },
  );
  const wanted = fc.record({
    recipient: fc.constantFrom('jobcenter', 'caritas'),
    purpose: fc.constantFrom(...PURPOSES.slice(0, 3)),
    categories,
  });
  holds(t, fc.tuple(fc.array(wanted, { maxLength: 4 }), wanted), ([on, said]) => {
    const lines = linesOf('CONSENT', on.map(asked));
    for (const line of lines) {
      if (new Set(line.categories.map(isSpecial)).size !== 1) return `mixed: ${JSON.stringify(line)}`;
    }
    const covered = said.categories.every((category) =>
      on.some(
        (one) => one.recipient === said.recipient && one.purpose === said.purpose && one.categories.includes(category),
      ),
    );
    const faults = beyondText({ ...paper, lines }, 'anna', named(said));
    return covered === (faults.length === 0) ? undefined : JSON.stringify({ on, said, faults });
  });
});

const LATER: Instant = NOW + 1;

/** The facts once everything on the papers of everybody concerned has been said, and nothing else. */
function signed({ question, facts }: World, lines: readonly Needed[]): { world: World; all: boolean } {
  const added: Facts = { ...facts, statements: [...facts.statements], releases: [...facts.releases] };
  let left = lines.length;
  for (const person of question.entries
    .flatMap((entry) => entry.concerns)
    .filter((one, index, all) => all.indexOf(one) === index)) {
    const { wanted } = wantedOf(lines, person, 'PERSON');
    left -= wanted.length;
    const said = {
      person,
      statedAt: LATER,
      validFrom: LATER,
      form: 'WRITTEN' as const,
      explicitSpecialCategories: true,
    };
    for (const kind of ['CONSENT', 'RELEASE'] as const) {
      for (const { recipient, purpose, categories } of linesOf(kind, wanted)) {
        const id = `signed${added.statements.length + added.releases.length}`;
        const more = { ...said, id, recipient, categories: [...categories] };
        if (kind === 'RELEASE') added.releases.push(release({ ...more, origin: question.discloser }));
        else added.statements.push(given({ ...more, discloser: question.discloser, purpose: purpose! }));
      }
    }
  }
  return { world: { question: { ...question, at: LATER }, facts: added }, all: left === 0 };
}

t.test('once the papers are signed, what was withheld goes; and nothing is on them that was not missing', async (t) => {
  const HANDLES = { anna: 'anna', ben: 'ben' };
  holds(
    t,
    anyWorld,
    (world) => {
      const { question, facts } = world;
      const came = (one: { recordedAt: Instant }): boolean => one.recordedAt <= NOW;
      const now: World = {
        question,
        facts: {
          ...facts,
          statements: facts.statements.filter(came),
          releases: facts.releases.filter(came),
          rows: facts.rows.filter((row) => row.opened <= NOW),
        },
      };
      const decision = decide(question, now.facts);
      const lines = neededFor(question, now.facts, decision, HANDLES);
      if (lines.length === 0) return NOT_MEANT;
      for (const kind of ['CONSENT', 'RELEASE'] as const) {
        const { wanted } = wantedOf(lines, 'anna', 'PERSON');
        const on = linesOf(kind, wanted).flatMap((line) =>
          line.categories.map((category) => [line.recipient, line.purpose, category].join()),
        );
        const missing = new Set(
          lines.flatMap((line) =>
            line.type === kind && line.clientId === 'anna'
              ? line.categories.map((category) =>
                  [line.recipient, line.type === 'CONSENT' ? line.purpose : null, category].join(),
                )
              : [],
          ),
        );
        if (on.some((one) => !missing.has(one)) || new Set(on).size !== on.length)
          return `${tellWorld(now)}\n${on.join(' ')}`;
      }
      const { world: then, all } = signed(now, lines);
      if (!all) return NOT_MEANT;
      const stays = decide(then.question, then.facts).entries.filter((one) => one.outcome === 'WITHHOLD');
      return stays.length === 0 ? undefined : `${tellWorld(now)}\n${JSON.stringify(lines)}\n${JSON.stringify(stays)}`;
    },
    4000,
  );
});
