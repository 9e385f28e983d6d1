/**
 * The text of one version of an agreement, which its parties sign: German, plain, UTF-8, the same bytes from the same terms. It
 * is written once, when the version is drafted, and kept; nobody writes it again, for names and this file may change.
 */
import type { AgreementVersionTerms } from './agreement.ts';
import { dayBerlin, timeBerlin } from './calendar.ts';
import { CATALOGUE, type Category } from './catalogue.ts';
import type { AgencyId, Instant } from './facts.ts';

export interface DraftedVersion {
  agreementId: string;
  number: number;
  /** Which version it takes the place of; null: it is the first. */
  replaces: number | null;
  terms: AgreementVersionTerms;
  /** What the parties are called as it is drafted. */
  names: ReadonlyMap<AgencyId, string>;
}

/** What an agreement rests on, and what it does not replace. */
const GROUNDS = [
  'Diese Vereinbarung erlaubt für sich allein keine Übermittlung. Jede Übermittlung braucht daneben die Einwilligung der',
  'betroffenen Person (Art. 6 Abs. 1 Buchst. a, Art. 7 DSGVO; § 67b Abs. 2 SGB X), für besondere Kategorien ausdrücklich und in',
  'Schriftform oder elektronisch (Art. 9 Abs. 2 Buchst. a DSGVO), und für das, was einer Schweigepflicht unterliegt, die Entbindung',
  'davon (§ 203 StGB, § 76 SGB X). Was übermittelt ist, bleibt nur lesbar, solange die Einwilligung gilt, diese Vereinbarung in Kraft',
  'ist, die Stellen ihr angehören und ihre Fassung Zweck und Kategorie nennt; was geendet hat, lebt nicht wieder auf.',
];

/** @returns lines that end with a line feed each, in the normal form C of Unicode. */
export function agreementText({ agreementId, number, replaces, terms, names }: DraftedVersion): string {
  const lines = [
    'KOOPERATIONSVEREINBARUNG',
    '',
    `Titel: ${oneLine(terms.title)}`,
    `Kennung: ${agreementId}`,
    `Fassung: ${number}${replaces === null ? '' : `, ersetzt Fassung ${replaces}`}`,
    '',
    'Beteiligte Stellen',
    ...terms.parties.map((party, place) => `${place + 1}. ${oneLine(names.get(party) ?? '')} (${party})`),
    '',
    'Zwecke',
    ...terms.purposes.map((purpose) => `- ${purpose}`),
    '',
    'Datenkategorien und ihre Felder',
    ...terms.categories.map((category) => `- ${category}: ${fieldsOf(category)}`),
    '',
    'Geltung',
    `Beginn: ${instantWords(terms.from)}`,
    `Ende: ${terms.until === null ? 'offen' : instantWords(terms.until)}`,
    `Turnus: ${terms.turnus === null ? 'keiner' : `${oneLine(terms.turnus)} (RFC 5545, Europe/Berlin)`}`,
    '',
    'Fristen in Kalendertagen (Europe/Berlin)',
    `Erinnerung, wenn nicht angenommen ist: ${terms.daysToRemind}`,
    `Verfall, wenn nicht angenommen ist: ${terms.daysToAccept}`,
    `Antwort nach Annahme: ${terms.daysToAnswer}`,
    `Auskunft, was nach dem Ende mit einer Kopie geschah: ${terms.daysToAcknowledge}`,
    '',
    'Grundlage',
    ...GROUNDS,
  ];
  return `${lines.join('\n')}\n`.normalize('NFC');
}

const fieldsOf = (category: Category): string => Object.keys(CATALOGUE[category].fields).join(', ');

/** `01.01.2026, 00:00 Uhr (Europe/Berlin, 2025-12-31T23:00:00.000Z)`: to the millisecond, for that is how it holds. */
function instantWords(at: Instant): string {
  const day = dayBerlin(at).split('-').reverse().join('.');
  return `${day}, ${timeBerlin(at)} Uhr (Europe/Berlin, ${new Date(at).toISOString()})`;
}

/** No name or title may look like a line of its own, or turn the reading direction of what follows. */
const oneLine = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, ' ').trim();
