/** The words of consent texts: in every language the same things are said, in the order in which they have to be. */
import { CATEGORY_WORDS } from '../../src/contract/words/categories.ts';
import { CONSENT_TEXT_WORDS, DRAFT_IN_GERMAN } from '../../src/contract/words/consent-text/index.ts';
import {
  BOX,
  ISOLATE,
  LINE_TO_WRITE_ON,
  type PaperLike,
  writeConsentText,
} from '../../src/contract/write-consent-text.ts';
import { CATEGORIES } from '../../src/domain/catalogue.ts';
import { maySpeak } from '../../src/domain/consent-text.ts';
import { AGE_BANDS, STATED_BY } from '../../src/domain/facts.ts';
import { awaitsReview, directionOf, LANGUAGES } from '../../src/domain/languages.ts';
import { t } from '../support/t.ts';

const PAPER: PaperLike = {
  id: '01980000-0000-7000-8000-0000000000e0',
  kind: 'CONSENT',
  language: 'de',
  statedBy: 'PERSON',
  ageBand: 'ADULT',
  asker: { name: 'Beratungsstelle Nord', sponsor: 'Verein e.V.', legalRegime: 'GDPR_SGB' },
  lines: [
    { recipient: 'Jobcenter', purpose: 'BERATUNG', categories: ['STAMMDATEN', 'KONTAKT'] },
    { recipient: 'Jobcenter', purpose: 'BERATUNG', categories: ['GESUNDHEIT'] },
  ],
  validUntil: Date.parse('2027-11-26T23:00:00.000Z'),
  createdAt: Date.parse('2026-11-27T10:00:00.000Z'),
};
const RELEASE = {
  kind: 'RELEASE',
  lines: [{ recipient: 'Jobcenter', purpose: null, categories: ['BERATUNGSNOTIZ'] }],
} as const;
const write = (more: Partial<PaperLike> = {}): string => writeConsentText({ ...PAPER, ...more });

/** Every sentence of a language, by where it stands. */
function sentencesOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => sentencesOf(one, `${path}/${name}`));
}
const holesOf = (sentence: string): string => (sentence.match(/\{\w+\}/g) ?? []).sort().join();

t.test('each language says as many sentences as German, each with the same holes', async (t) => {
  const german = new Map(sentencesOf(CONSENT_TEXT_WORDS.de));
  t.ok(german.size > 50);
  for (const language of LANGUAGES) {
    const said = new Map(sentencesOf(CONSENT_TEXT_WORDS[language]));
    said.delete('/draft');
    t.same([...said.keys()].sort(), [...german.keys()].sort(), language);
    for (const [path, sentence] of said) {
      // English says GDPR, where German papers and all who deal with them say DSGVO.
      const holes = holesOf(language === 'en' ? sentence.replaceAll('GDPR', '{gdpr}') : sentence);
      t.equal(holes, holesOf(german.get(path)!), `${language}${path}`);
      t.equal(sentence, sentence.normalize('NFC').trim(), `${language}${path}`);
      t.notMatch(sentence, /[\n\u202a-\u202e\u2066-\u2069□_]|^[#>*-]/, `${language}${path}: nothing that lays out`);
      if (language !== 'de') t.not(sentence, german.get(path), `${language}${path} is translated`);
    }
  }
});

t.test('a draft says so, in its language and in German; what was written here does not', async (t) => {
  for (const language of LANGUAGES) {
    const { draft } = CONSENT_TEXT_WORDS[language];
    t.equal(draft !== null, awaitsReview(language), language);
    const text = write({ language });
    t.equal(text.includes(DRAFT_IN_GERMAN), awaitsReview(language), language);
    if (draft !== null) t.ok(text.split('\n')[1] === `> ${draft}`, 'at once below the title');
  }
});

t.test('how to say no comes first, then who asks, then what, then rights, then the signature', async (t) => {
  for (const language of LANGUAGES) {
    const words = CONSENT_TEXT_WORDS[language];
    for (const more of [{}, RELEASE]) {
      const text = write({ language, ...more });
      const headings = text.split('\n').filter((line) => line.startsWith('## '));
      const expected = [words.sayNo, words.asker, words.points, words.howLong, words.rights, words.signature];
      t.same(
        headings,
        expected.map(({ title }) => `## ${title}`),
        language,
      );
      for (const one of words.sayNo.lines) t.ok(text.includes(`- ${one}\n`), language);
    }
  }
});

t.test('each thing is asked by itself, with two empty boxes and nothing for all', async (t) => {
  for (const language of LANGUAGES) {
    const words = CONSENT_TEXT_WORDS[language].points;
    const text = write({ language });
    const points = text.split('\n\n').filter((section) => section.startsWith('### '));
    t.equal(points.length, 2, language);
    for (const point of points) {
      t.same(
        point.split('\n').filter((line) => line.includes(BOX)),
        [`${BOX} ${words.yes.CONSENT}`, `${BOX} ${words.no.CONSENT}`],
        language,
      );
      t.match(point, '26.11.2027', 'the last day on which it holds');
    }
    const special = words.special.split('(')[0]!;
    t.notMatch(points[0], special);
    t.ok(points[1]!.includes(special) && points[1]!.includes(CATEGORY_WORDS[language].GESUNDHEIT), 'named expressly');
    t.equal(text.split(BOX).length - 1, 4, 'no other box');
    t.notMatch(text, /[☑☒✓✔✗✘]/);
    const secret = write({ language, ...RELEASE });
    t.equal(secret.split(BOX).length - 1, 2);
    t.match(secret, '§ 203 StGB');
    t.not(secret.split('\n')[0], text.split('\n')[0], 'a release is a document of its own');
  }
});

t.test('who signs has the lines to sign on', async (t) => {
  const linesIn = (text: string): number => text.split(LINE_TO_WRITE_ON).length - 1;
  for (const language of LANGUAGES) {
    const { asker, howLong, signature } = CONSENT_TEXT_WORDS[language];
    for (const ageBand of AGE_BANDS) {
      for (const statedBy of STATED_BY.filter((who) => maySpeak(who, ageBand))) {
        const text = write({ language, ageBand, statedBy });
        const isYouth = statedBy === 'PERSON' && ageBand === 'FROM_15_TO_17';
        t.equal(linesIn(text), 3 + { PERSON: isYouth ? 4 : 3, GUARDIAN: 6, LEGAL_REPRESENTATIVE: 4 }[statedBy]);
        t.ok(text.includes(signature.nameOf[statedBy]));
        t.equal(text.includes(signature.secondParent), statedBy === 'GUARDIAN');
        t.equal(text.includes(howLong.endsWithChildhood), statedBy === 'GUARDIAN');
        t.equal(text.includes(asker.youth) && text.includes(signature.understood), isYouth);
        if (statedBy !== 'PERSON') t.ok(text.includes(asker.speakingFor[statedBy]));
      }
    }
  }
});

t.test('the same paper has the same words, and each of its parts changes them', async (t) => {
  t.equal(write(), write());
  const texts = [
    write(),
    write({ id: '01980000-0000-7000-8000-0000000000d1' }),
    write({ asker: { ...PAPER.asker, name: 'Beratungsstelle Süd' } }),
    write({ asker: { ...PAPER.asker, legalRegime: 'KDG' } }),
    write({ asker: { ...PAPER.asker, legalRegime: 'DSG_EKD' } }),
    write({ lines: PAPER.lines.slice(0, 1) }),
    write({ validUntil: PAPER.validUntil - 86_400_000 }),
    write({ createdAt: PAPER.createdAt - 86_400_000 }),
    ...LANGUAGES.slice(1).map((language) => write({ language })),
  ];
  t.equal(new Set(texts).size, texts.length);
  for (const category of CATEGORIES) {
    const lines = [{ recipient: 'Jobcenter', purpose: 'BERATUNG' as const, categories: [category] }];
    for (const language of LANGUAGES)
      t.ok(write({ language, lines }).includes(`- ${CATEGORY_WORDS[language][category]}\n`));
  }
});

t.test('what is filled in cannot break out of its place', async (t) => {
  const name = 'Nord\u2069\u202e\u2028e\u0301V';
  for (const language of LANGUAGES) {
    const text = write({ language, asker: { name, sponsor: '# {day} □', legalRegime: 'KDG' } });
    const isolated = directionOf(language) === 'rtl';
    t.ok(text.includes(isolated ? `: ${ISOLATE.begin}Nord éV${ISOLATE.end}\n` : ': Nord éV\n'), language);
    t.equal(text.split(ISOLATE.begin).length, text.split(ISOLATE.end).length);
    t.equal(text.includes(ISOLATE.begin), isolated, 'isolated where it has to be, and nowhere else');
    t.ok(text.includes('# {day} □'), 'and is not read as a mark of ours');
    t.equal(text, text.normalize('NFC'));
    t.ok(text.endsWith('\n') && !text.includes('\r') && !text.includes('\n\n\n'));
  }
});
