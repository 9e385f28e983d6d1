/** The tables on the page for a person: who received what, what was said, what has ended and who answered. */
import type { OwnPageView } from '../contract/own-page.ts';
import { CATEGORY_WORDS } from '../contract/words/categories.ts';
import { PURPOSE_WORDS } from '../contract/words/purposes.ts';
import type { Texts } from './own-page-texts.ts';

type NameOf = (agency: string) => string;
type Given = OwnPageView['given'][number];
type Received = OwnPageView['received'][number];
type Closure = OwnPageView['closures'][number];
type Said = OwnPageView['statements'][number] | OwnPageView['releases'][number];

const lines = (parts: readonly (string | null)[]): string =>
  parts.map((one) => (one === null ? '' : `<div>${one}</div>`)).join('');

/** The sign is mirrored where it is laid out from right to left. */
const path = (from: string, to: string): string => lines([from, `› ${to}`]);

function table(titles: readonly string[], rows: readonly (readonly string[])[], name = ''): string {
  if (rows.length === 0) return '';
  const head = titles.map((one) => `<th scope="col">${one}</th>`).join('');
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`);
  return `<table class="of${titles.length} ${name}"><thead><tr>${head}</tr></thead>\n<tbody>${body.join('\n')}</tbody></table>`;
}

const categoryOf = (texts: Texts, { category }: { category: Given['category'] }): string =>
  texts.own(CATEGORY_WORDS[texts.language][category]);
const purposeOf = (texts: Texts, { purpose }: { purpose: Given['purpose'] }): string =>
  texts.own(PURPOSE_WORDS[texts.language][purpose]);

export function erasedList({ erasedEntries }: OwnPageView, texts: Texts): string {
  const { held } = texts.words;
  if (erasedEntries.length === 0) return '';
  const rows = erasedEntries.map(
    (one) =>
      `<li>${categoryOf(texts, one)}: ${held.writtenHere} ${texts.day(one.createdAt)}${texts.comma}${held.erasedAt} ${texts.day(one.erasedAt)}</li>`,
  );
  return `<h3>${held.erased}</h3><ul>${rows.join('')}</ul>`;
}

/** What its recipient did last with its copy. */
function lastAnswer(
  texts: Texts,
  one: { answer: Given['answer']; statute: string | null; answeredAt: string | null },
): string | null {
  const { answer } = texts.words;
  if (one.answer === null) return null;
  const statute = one.statute === null ? '' : `: ${texts.law(one.statute)}.`;
  const on = one.answeredAt === null ? '' : ` (${texts.day(one.answeredAt)})`;
  return `${answer[one.answer]}${statute}${on}`;
}

/** What the agency had received, and cannot read any more. */
export function endedTable({ received }: OwnPageView, texts: Texts, nameOf: NameOf): string {
  const { held, column, on, answer } = texts.words;
  const ended = received.filter(({ closedAt }) => closedAt !== null);
  const answerOf = (one: Received): string => lastAnswer(texts, one) ?? `${answer.owed} ${texts.day(one.closedAt!)}`;
  const rows = ended.map((one) => [
    categoryOf(texts, one),
    nameOf(one.from),
    purposeOf(texts, one),
    lines([`${on.received} ${texts.day(one.openedAt)}`, `${on.ended} ${texts.day(one.closedAt!)}`]),
    answerOf(one),
  ]);
  const titles = [column.what, column.from, column.purpose, column.dates, column.answer];
  return ended.length === 0 ? '' : `<h3>${held.ended}</h3>${table(titles, rows)}`;
}

export function givenTable(page: OwnPageView, texts: Texts, nameOf: NameOf): string {
  const { column } = texts.words;
  const readAt = readingsOf(page.given);
  const rows = page.given.map((one) => [
    categoryOf(texts, one),
    path(nameOf(one.from), nameOf(one.to)),
    purposeOf(texts, one),
    datesOf(one, readAt(one), texts),
    basisOf(one, page, texts),
  ]);
  return table([column.what, column.path, column.purpose, column.dates, column.basis], rows);
}

/** When its recipient read it, or the same by another way: a person asks what was read, and not on which of two ways. */
function readingsOf(given: readonly Given[]): (one: Given) => string | null {
  const copy = ({ entryId, to }: Given): string => `${entryId} ${to}`;
  const first = new Map<string, string>();
  for (const one of given) {
    const known = first.get(copy(one));
    if (one.fetchedAt !== null && (known === undefined || one.fetchedAt < known)) first.set(copy(one), one.fetchedAt);
  }
  return (one) => one.fetchedAt ?? first.get(copy(one)) ?? null;
}

function datesOf(one: Given, readAt: string | null, texts: Texts): string {
  const { openedAt, closedAt, goodUntil, endCause } = one;
  const { on, end } = texts.words;
  return lines([
    `${on.shared} ${texts.day(openedAt)}`,
    readAt === null ? on.notRead : `${on.read} ${texts.day(readAt)}`,
    closedAt === null
      ? goodUntil && `${on.until} ${texts.moment(goodUntil)}`
      : `<strong>${on.ended} ${texts.day(closedAt)}</strong>`,
    closedAt === null ? null : end[endCause ?? 'other'],
  ]);
}

/** By name where this agency may know it: agreements that it is a party of, and what was said to it. */
function basisOf({ basis }: Given, page: OwnPageView, texts: Texts): string {
  const words = texts.words;
  if (basis === null) return words.basis.notShown;
  const named = <T extends { id: string }>(all: readonly T[], ids: readonly string[], write: (one: T) => string) =>
    all.filter(({ id }) => ids.includes(id)).map(write);
  const yes = (word: string) => (one: Said) => {
    const form = one.form === null ? [] : [words.form[one.form]];
    const until = one.validUntil === null ? [] : [`${words.on.until} ${texts.moment(one.validUntil)}`];
    return [`${word} ${texts.day(one.statedAt)}`, ...form, ...until].join(texts.comma);
  };
  return lines([
    ...named(page.statements, basis.statements, yes(words.basis.yes)),
    ...named(page.releases, basis.releases, yes(words.basis.release)),
    ...named(page.agreements, basis.agreements, ({ title }) => `${words.basis.agreement}: ${texts.german(title)}`),
  ]);
}

/** Decision, day, form and who said it. */
function saidBy(one: Said, texts: Texts): string {
  const { decision, form, statedBy } = texts.words;
  const how = one.form === null ? null : form[one.form];
  return lines([`<strong>${decision[one.decision]}</strong> ${texts.day(one.statedAt)}`, how, statedBy[one.statedBy]]);
}

function validityOf({ validFrom, validUntil }: Said, texts: Texts): string {
  const { on } = texts.words;
  return lines([
    validFrom && `${on.from} ${texts.day(validFrom)}`,
    validUntil && `${on.until} ${texts.moment(validUntil)}`,
  ]);
}

const kindsOf = ({ categories }: Said, texts: Texts): string =>
  categories === null
    ? texts.words.every.category
    : lines(categories.map((category) => categoryOf(texts, { category })));

export function statementsTable({ statements }: OwnPageView, texts: Texts, nameOf: NameOf): string {
  const { column, every } = texts.words;
  const whom = (agency: string | null) => (agency === null ? every.agency : nameOf(agency));
  const rows = statements.map((one) => [
    saidBy(one, texts),
    path(whom(one.discloser), whom(one.recipient)),
    one.purpose === null ? every.purpose : purposeOf(texts, { purpose: one.purpose }),
    kindsOf(one, texts),
    validityOf(one, texts),
  ]);
  return table([column.said, column.path, column.purpose, column.what, column.validity], rows, 'said');
}

export function releasesTable({ releases }: OwnPageView, texts: Texts, nameOf: NameOf): string {
  const { column, every, said } = texts.words;
  const whom = (agency: string | null) => (agency === null ? every.agency : nameOf(agency));
  const rows = releases.map((one) => [
    saidBy(one, texts),
    path(whom(one.origin), whom(one.recipient)),
    kindsOf(one, texts),
    validityOf(one, texts),
  ]);
  const titles = [column.said, column.path, column.what, column.validity];
  return releases.length === 0 ? '' : `<h3>${said.releases}</h3>${table(titles, rows)}`;
}

export function answersTable({ closures }: OwnPageView, texts: Texts, nameOf: NameOf): string {
  const { column, on } = texts.words;
  const rows = closures.map((one) => [
    categoryOf(texts, one),
    path(nameOf(one.from), nameOf(one.to)),
    `${on.ended} ${texts.day(one.closedAt)}`,
    answersOf(one, texts),
  ]);
  return table([column.what, column.path, column.ended, column.answer], rows);
}

function answersOf({ answers, fetchedAt, owedSince, unacknowledgedSince }: Closure, texts: Texts): string {
  const { answer } = texts.words;
  if (fetchedAt === null) return answer.notNeeded;
  if (owedSince === null) return lines(answers.map((one) => lastAnswer(texts, one)));
  return lines([
    `<strong>${answer.owed} ${texts.day(owedSince)}</strong>`,
    unacknowledgedSince && `${answer.overdue} ${texts.day(unacknowledgedSince)}`,
  ]);
}
