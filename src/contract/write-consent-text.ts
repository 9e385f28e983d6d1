/**
 * The words that a person is asked to sign, as plain text: what is hashed, what is stored, and all that its printed page says.
 *
 * Each line says by its first characters what it is, so that the page can be made of the text alone: `# ` title, `## ` and `### `
 * headings, `> ` a remark about the text, `- ` an item, `* name: value`, `□ ` a box to tick, and a line that ends in underscores is one
 * to write on. In languages that are written from the right, what is filled in is isolated (Unicode TR9: U+2068, U+2069); that too
 * is part of the text, for without it another text would be read.
 */
import { dayBerlin } from '../domain/calendar.ts';
import { type AskedLine, type ConsentTextKind, isSpecial } from '../domain/consent-text.ts';
import type { AgeBand, Instant, StatedBy } from '../domain/facts.ts';
import { directionOf, type Language } from '../domain/languages.ts';
import { CATEGORY_WORDS } from './words/categories.ts';
import { CONSENT_TEXT_WORDS, DRAFT_IN_GERMAN } from './words/consent-text/index.ts';
import type { ConsentTextWords } from './words/consent-text/words.ts';
import { PURPOSE_WORDS } from './words/purposes.ts';

export interface PaperLike {
  id: string;
  kind: ConsentTextKind;
  language: Language;
  statedBy: StatedBy;
  ageBand: AgeBand;
  asker: { name: string; sponsor: string; legalRegime: string };
  /** Recipients by their names. */
  lines: readonly AskedLine[];
  validUntil: Instant;
  createdAt: Instant;
}

export const ISOLATE = { begin: '\u2068', end: '\u2069' } as const;
export const BOX = '□';
export const LINE_TO_WRITE_ON = '____________________';

/** How church bodies' own laws are called, which stand in the place of the GDPR (Art. 91). */
const CHURCH_LAWS: Readonly<Record<string, string>> = { DSG_EKD: 'DSG-EKD', KDG: 'KDG' };
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g;
/** No name may look like a line of its own. */
const LINE_SEPARATORS = /[\u2028\u2029]/g;

/** What a part of the text is made of. */
interface Parts {
  paper: PaperLike;
  words: ConsentTextWords;
  /** A sentence with what is filled in. */
  fill(sentence: string, values?: Readonly<Record<string, string>>): string;
  named(name: string, value: string): string;
}

/** Ends in one line break; normalised (NFC) whatever the names in it are. */
export function writeConsentText(paper: PaperLike): string {
  const words = CONSENT_TEXT_WORDS[paper.language];
  const isolate = (value: string): string => {
    const clean = value.replaceAll(BIDI_CONTROLS, '').replaceAll(LINE_SEPARATORS, ' ');
    return directionOf(paper.language) === 'rtl' ? `${ISOLATE.begin}${clean}${ISOLATE.end}` : clean;
  };
  const always: Readonly<Record<string, string>> = { gdpr: 'DSGVO' };
  const fill: Parts['fill'] = (sentence, values = {}) =>
    sentence.replaceAll(/\{(\w+)\}/g, (_hole, name: string) => isolate((values[name] ?? always[name])!));
  const parts: Parts = { paper, words, fill, named: (name, value) => `* ${name}: ${isolate(value)}` };

  const sections = [
    titleOf(parts, isolate),
    sayNo(parts),
    asker(parts),
    ...points(parts),
    howLong(parts),
    rights(parts),
    signature(parts),
    [parts.named(words.paper.number, paper.id), parts.named(words.paper.made, dayWords(paper.createdAt))],
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`.normalize('NFC');
}

const toWriteOn = (name: string): string => `${name}: ${LINE_TO_WRITE_ON}`;

/** As German papers write a day, in every language: it is held against other papers. */
function dayWords(at: Instant): string {
  const [year, month, day] = dayBerlin(at).split('-');
  return `${day}.${month}.${year}`;
}

/** The last day on which a yes holds: it ends with the instant `validUntil`. */
const lastDay = ({ validUntil }: PaperLike): string => dayWords(validUntil - 1);

function titleOf({ paper, words }: Parts, isolate: (value: string) => string): string[] {
  const draft = words.draft === null ? [] : [`> ${words.draft}`, `> ${isolate(DRAFT_IN_GERMAN)}`];
  return [`# ${words.title[paper.kind]}`, ...draft];
}

const sayNo = ({ words: { sayNo } }: Parts): string[] => [`## ${sayNo.title}`, ...sayNo.lines.map((one) => `- ${one}`)];

function asker({ paper, words, fill, named }: Parts): string[] {
  const { statedBy, ageBand, kind } = paper;
  const said = words.asker;
  return [
    `## ${said.title}`,
    named(said.name, paper.asker.name),
    named(said.sponsor, paper.asker.sponsor),
    ...said.why[kind].map((one) => fill(one, { law: '§ 203 StGB' })),
    ...(statedBy === 'PERSON' ? [] : [said.speakingFor[statedBy]]),
    ...(isYouth({ statedBy, ageBand }) ? [said.youth] : []),
    toWriteOn(said.contact),
    toWriteOn(said.protectionOfficer),
  ];
}

const isYouth = ({ statedBy, ageBand }: Pick<PaperLike, 'statedBy' | 'ageBand'>): boolean =>
  statedBy === 'PERSON' && ageBand === 'FROM_15_TO_17';

function points(parts: Parts): string[][] {
  const { paper, words } = parts;
  return [
    [`## ${words.points.title}`, ...words.points.how],
    ...paper.lines.map((line, index) => pointOf(parts, line, index + 1)),
  ];
}

function pointOf({ paper, words, fill, named }: Parts, line: AskedLine, number: number): string[] {
  const { language, kind } = paper;
  const said = words.points;
  return [
    `### ${fill(said.point, { number: String(number) })}`,
    named(said.gives[kind], paper.asker.name),
    named(said.gets[kind], line.recipient),
    `* ${said.what[kind]}:`,
    ...line.categories.map((category) => `- ${CATEGORY_WORDS[language][category]}`),
    ...(line.purpose === null ? [] : [`* ${said.why}: ${PURPOSE_WORDS[language][line.purpose]}`]),
    `* ${said.until}: ${fill(said.untilDay, { day: lastDay(paper) })}`,
    ...(kind === 'CONSENT' && line.categories.some(isSpecial) ? [fill(said.special)] : []),
    `${BOX} ${said.yes[kind]}`,
    `${BOX} ${said.no[kind]}`,
  ];
}

function howLong({ paper, words: { howLong: said }, fill }: Parts): string[] {
  return [
    `## ${said.title}`,
    `- ${fill(said.ends, { day: lastDay(paper) })}`,
    ...(paper.statedBy === 'GUARDIAN' ? [`- ${said.endsWithChildhood}`] : []),
    `- ${said.kept}`,
  ];
}

function rights({ paper, words: { rights: said }, fill }: Parts): string[] {
  const law = CHURCH_LAWS[paper.asker.legalRegime];
  return [
    `## ${said.title}`,
    ...said.lines.map((one) => `- ${fill(one)}`),
    ...(law === undefined ? [] : [`- ${fill(said.church, { law })}`]),
    toWriteOn(said.authority),
  ];
}

function signature({ paper, words: { signature: said } }: Parts): string[] {
  const { statedBy } = paper;
  return [
    `## ${said.title}`,
    said.copy,
    toWriteOn(said.nameOf[statedBy]),
    ...(statedBy === 'PERSON' ? [] : [toWriteOn(said.ownName)]),
    ...(statedBy === 'GUARDIAN' ? [toWriteOn(said.relation)] : []),
    toWriteOn(said.placeAndDay),
    toWriteOn(said.signature),
    ...(statedBy === 'GUARDIAN' ? [toWriteOn(said.secondParent)] : []),
    ...(isYouth(paper) ? [said.understood, toWriteOn(said.officeSignature)] : []),
  ];
}
