import { CATEGORY_WORDS } from '../../src/contract/words/categories.ts';
import { PURPOSE_WORDS } from '../../src/contract/words/purposes.ts';
import { CATEGORIES, PURPOSES } from '../../src/domain/catalogue.ts';
import { awaitsReview, directionOf, LANGUAGES } from '../../src/domain/languages.ts';
import { t } from '../support/t.ts';

t.test('Arabic and Persian are written from the right, the others from the left', async (t) => {
  const fromRight = LANGUAGES.filter((language) => directionOf(language) === 'rtl');
  t.strictSame(fromRight, ['ar', 'fa']);
  t.equal(directionOf('de'), 'ltr');
});

t.test('all but German and English await a native speaker', async (t) => {
  t.strictSame(LANGUAGES.filter(awaitsReview), ['tr', 'ru', 'ar', 'uk', 'fa']);
});

t.test('each category and purpose has words of its own in each language', async (t) => {
  for (const language of LANGUAGES) {
    const categories = CATEGORIES.map((category) => CATEGORY_WORDS[language][category]);
    const purposes = PURPOSES.map((purpose) => PURPOSE_WORDS[language][purpose]);
    t.equal(new Set(categories).size, CATEGORIES.length, language);
    t.equal(new Set(purposes).size, PURPOSES.length, language);
    t.ok(
      [...categories, ...purposes].every((words) => words?.trim()),
      language,
    );
  }
});
