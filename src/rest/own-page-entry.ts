/** One entry on the page for a person: every field of the catalogue with its label, whatever the category. */
import type { OwnPageView } from '../contract/own-page.ts';
import { CATEGORY_WORDS } from '../contract/words/categories.ts';
import { PURPOSE_WORDS } from '../contract/words/purposes.ts';
import { CATALOGUE } from '../domain/catalogue.ts';
import type { Fields, Shape } from '../domain/fields.ts';
import type { Texts } from './own-page-texts.ts';

type Entry = OwnPageView['entries'][number];

/** By what the catalogue says of it; a value is text of whoever wrote it unless its type says otherwise. */
function writtenValue(shape: Shape, value: unknown, texts: Texts): string {
  switch (shape.type) {
    case 'code':
      return texts.code(String(value));
    case 'boolean':
      return value === true ? texts.words.value.yes : texts.words.value.no;
    case 'integer':
      return texts.own(String(value));
    case 'date':
      return texts.calendarDay(String(value));
    case 'instant':
      return texts.moment(String(value));
    case 'language':
      return texts.languageName(String(value));
    case 'record':
      return fieldsOf(shape.fields, value as Record<string, unknown>, texts);
    case 'list':
      return `<ul>${(value as unknown[]).map((one) => `<li>${writtenValue(shape.of, one, texts)}</li>`).join('')}</ul>`;
    default:
      return texts.written(String(value));
  }
}

/** In the order of the catalogue. */
function fieldsOf(fields: Fields, payload: Record<string, unknown>, texts: Texts): string {
  const rows = Object.entries(fields)
    .filter(([name]) => payload[name] !== undefined)
    .map(
      ([name, field]) =>
        `<div><dt>${texts.field(name)}</dt><dd>${writtenValue(field, payload[name], texts)}</dd></div>`,
    );
  return `<dl>${rows.join('')}</dl>`;
}

/** Where it is from, and what is to be known of it. */
function originOf(entry: Entry, page: OwnPageView, nameOf: (agency: string) => string, texts: Texts): string[] {
  const { held } = texts.words;
  if (entry.origin === page.agencyId) return [`${held.writtenHere} ${texts.day(entry.createdAt)}`];
  const rows = page.received.filter(({ entryId, closedAt }) => entryId === entry.id && closedAt === null);
  return rows.map(({ from, purpose, openedAt }) => {
    const purposeWord = texts.own(PURPOSE_WORDS[texts.language][purpose]);
    return [`${held.receivedFrom} ${nameOf(from)}`, texts.day(openedAt), `${held.receivedFor} ${purposeWord}`].join(
      texts.comma,
    );
  });
}

export function entryOf(entry: Entry, page: OwnPageView, nameOf: (agency: string) => string, texts: Texts): string {
  const { held } = texts.words;
  const categories = CATEGORY_WORDS[texts.language];
  const remarks = [
    ...originOf(entry, page, nameOf, texts),
    ...(entry.filedUnder === null
      ? []
      : [`${held.filedUnder}: ${entry.filedUnder.map((one) => texts.own(categories[one])).join(texts.comma)}`]),
    ...(entry.secrecy ? [held.secrecy] : []),
    ...(entry.guardFrom === null ? [] : [`${held.guardFrom} ${texts.day(entry.guardFrom)}`]),
    ...(entry.concernsOthers ? [held.concernsOthers] : []),
    ...(entry.replaces === null ? [] : [held.corrects]),
    ...(entry.replacedBy === null ? [] : [`<strong>${held.corrected}</strong>`]),
  ];
  const { fields } = CATALOGUE[entry.category];
  return [
    `<article><h3>${texts.own(categories[entry.category])}</h3>`,
    fieldsOf(fields, entry.payload, texts),
    `<ul class="remarks">${remarks.map((one) => `<li>${one}</li>`).join('')}</ul></article>`,
  ].join('\n');
}
