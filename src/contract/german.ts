/**
 * The sentences of problems in German. They are written in English where they are meant, and looked up here by the door
 * that writes the answer: a sentence or its pattern, in which `{}` stands for whatever a template puts there. A test
 * reads every sentence from the source and demands its German one, and that none here is left over.
 */
import { AGREEMENTS } from './german/agreements.ts';
import { CASES } from './german/cases.ts';
import { CONFERENCES } from './german/conferences.ts';
import { CONVERSATION } from './german/conversation.ts';
import { DELIVERY } from './german/delivery.ts';
import { DOORS } from './german/doors.ts';
import { FIELDS } from './german/fields.ts';
import { LIBRARY } from './german/library.ts';
import { OWN_PAGE } from './german/own-page.ts';
import { PLANS } from './german/plans.ts';
import { ROUNDS } from './german/rounds.ts';
import { SOCKETS } from './german/sockets.ts';
import { STREAMS } from './german/streams.ts';
import { TOKENS } from './german/tokens.ts';
import { WEBHOOK_ADDRESS } from './german/webhook-address.ts';

/** English to German. In German `{1}`, `{2}` say which of the holes is meant, for the order may differ. */
export type Translations = Readonly<Record<string, string>>;

/** All of our own sentences. */
export const GERMAN: Translations = {
  ...DOORS,
  ...TOKENS,
  ...FIELDS,
  ...CASES,
  ...CONVERSATION,
  ...DELIVERY,
  ...WEBHOOK_ADDRESS,
  ...SOCKETS,
  ...STREAMS,
  ...ROUNDS,
  ...OWN_PAGE,
  ...AGREEMENTS,
  ...CONFERENCES,
  ...PLANS,
};

const ALL: Translations = { ...GERMAN, ...LIBRARY };

const escaped = (words: string): string => words.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/** Words of ours hold no line break; a hole may be empty. */
const asPattern = (english: string): RegExp => new RegExp(`^${english.split('{}').map(escaped).join('(.*?)')}$`, 's');

/** Those with most words of their own first: `is not {}` would fit `is not for {}` as well. */
const patternsOf = (translations: Translations) =>
  Object.entries(translations)
    .filter(([english]) => english.includes('{}'))
    .sort(([one], [other]) => other.replaceAll('{}', '').length - one.replaceAll('{}', '').length)
    .map(([english, german]) => ({ pattern: asPattern(english), german }));

/** A library's words come in a sentence of ours, so that they fit only what fills it. */
const PATTERNS = [...patternsOf(GERMAN), ...patternsOf(LIBRARY)];

/** The German sentence; where there is none, the English one, which is better than none. */
export function inGerman(sentence: string): string {
  return translated(sentence) ?? sentence;
}

function translated(sentence: string): string | undefined {
  const whole = ALL[sentence];
  if (whole !== undefined) return whole;
  for (const { pattern, german } of PATTERNS) {
    const holes = pattern.exec(sentence)?.slice(1);
    if (holes)
      return german.replaceAll(/\{(\d)\}/g, (_match, which: string) => filling(holes[Number(which) - 1] ?? ''));
  }
  return undefined;
}

/** What fills a hole: words of ours, or codes, ids and numbers with at most a conjunction between them. */
const filling = (hole: string): string =>
  translated(hole) ?? hole.replaceAll(' and ', ' und ').replaceAll(' or ', ' oder ');
