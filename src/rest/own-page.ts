/**
 * The page for a person (Art. 15 GDPR), for the printer of an office: A4, in seven languages, no scripts, nothing from elsewhere.
 * It says what the JSON of the same answer says, in words.
 */
import type { OwnPageView } from '../contract/own-page.ts';
import { ownPageWords } from '../contract/words/own-page.ts';
import { LANGUAGES, type Language } from '../domain/languages.ts';
import { entryOf } from './own-page-entry.ts';
import { OWN_PAGE_STYLE } from './own-page-style.ts';
import { answersTable, endedTable, erasedList, givenTable, releasesTable, statementsTable } from './own-page-tables.ts';
import { Texts } from './own-page-texts.ts';
import { escaped, printedPageHeaders } from './printed-page.ts';
import type { Representation } from './representations.ts';

const HEADERS = Object.fromEntries(
  LANGUAGES.map((language) => [language, printedPageHeaders(language, OWN_PAGE_STYLE)]),
) as Record<Language, Readonly<Record<string, string>>>;

export const ownPage: Representation = {
  mediaType: 'text/html',
  description: 'A page to print, A4, in the language asked for: no scripts, nothing from elsewhere',
  write: (output) => {
    const page = output as OwnPageView;
    return { body: pageOf(page), headers: HEADERS[page.language] };
  },
};

function pageOf(page: OwnPageView): string {
  const texts = new Texts(page.language);
  const { words } = texts;
  const names = new Map(page.agencies.map(({ id, name }) => [id, name]));
  const nameOf = (agency: string): string => texts.german(names.get(agency) ?? agency);
  const section = (title: string, ...parts: readonly string[]): string =>
    `<section><h2>${title}</h2>\n${parts.filter((one) => one !== '').join('\n') || `<p class="none">${words.nothing}</p>`}</section>`;

  return `<!doctype html>
<html lang="${page.language}" dir="${texts.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(ownPageWords(page.language).title)}</title>
<style>${OWN_PAGE_STYLE}</style>
</head>
<body>
${headerOf(page, texts, nameOf)}
${section(
  words.held.title,
  ...page.entries.map((entry) => entryOf(entry, page, nameOf, texts)),
  erasedList(page, texts),
  endedTable(page, texts, nameOf),
)}
${section(words.given.title, givenTable(page, texts, nameOf))}
${section(words.said.title, statementsTable(page, texts, nameOf), releasesTable(page, texts, nameOf))}
${section(words.answers.title, answersTable(page, texts, nameOf))}
${section(words.rights.title, rightsOf(page, texts))}
${page.agreements.length === 0 ? '' : section(words.agreements.title, agreementsOf(page, texts))}
${section(words.notes.title, `<ul>${page.notes.map((one) => `<li>${texts.prose(one)}</li>`).join('')}</ul>`)}
</body>
</html>
`;
}

function headerOf(page: OwnPageView, texts: Texts, nameOf: (agency: string) => string): string {
  const { words } = texts;
  const { sponsor } = page.agencies.find(({ id }) => id === page.agencyId) ?? { sponsor: '' };
  const reference = page.fileReference === null ? '' : ` · ${words.file}: ${texts.written(page.fileReference)}`;
  const draft = page.awaitsReview
    ? `<p class="draft">${words.draft}<br>${texts.german(ownPageWords('de').draft)}</p>`
    : '';
  return [
    `<header><h1>${words.title}</h1>`,
    `<p><strong>${nameOf(page.agencyId)}</strong><br>${texts.german(sponsor)}</p>`,
    `<p>${words.asOf} ${texts.moment(page.asOf)}${reference}</p>`,
    `${draft}<p>${words.role}</p></header>`,
  ].join('\n');
}

const rightsOf = ({ rights }: OwnPageView, texts: Texts): string =>
  `<dl class="rights">${rights
    .map(
      ({ law, title, text }) =>
        `<div><dt>${texts.prose(title)} (${texts.law(law)})</dt><dd>${texts.prose(text)}</dd></div>`,
    )
    .join('')}</dl>`;

function agreementsOf({ agreements }: OwnPageView, texts: Texts): string {
  const { on } = texts.words;
  const rows = agreements.map(({ title, from, until, terminatedAt }) => {
    const end = [until, terminatedAt].filter((one) => one !== null).sort()[0];
    const ends = end === undefined ? [] : [`${on.until} ${texts.moment(end)}`];
    return `<li>${[texts.german(title), `${on.from} ${texts.day(from)}`, ...ends].join(texts.comma)}</li>`;
  });
  return `<ul>${rows.join('')}</ul>`;
}
