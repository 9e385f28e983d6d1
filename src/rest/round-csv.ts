/**
 * A round as CSV (RFC 4180) for the spreadsheet of a German desk: fields parted by semicolons, for the comma stands in numbers
 * there, and a byte order mark, without which Excel reads UTF-8 as something else. A line for each item.
 */
import type { RoundView } from '../contract/rounds.ts';
import type { Representation } from './representations.ts';
import { DIRECTION_WORDS, dayWords, instantWords, KIND_WORDS, SECTION_WORDS, STATUS_WORDS } from './round-words.ts';

const BYTE_ORDER_MARK = '\uFEFF';
const COLUMNS = [
  'Vereinbarung',
  'Partner',
  'Runde',
  'Abschnitt',
  'Aktenzeichen',
  'Art',
  'Richtung',
  'Status',
  'Dringend',
  'Fällig',
  'Zeitpunkt',
  'Bedeutung des Zeitpunkts',
  'Weiterleitung',
  'Laufzettel',
  'Offenlegung',
  'Klient',
  'Plan',
];

export const roundCsv: Representation = {
  mediaType: 'text/csv',
  description: 'For a spreadsheet: UTF-8 with a byte order mark, semicolons, a line for each item, in German',
  write(output) {
    const round = output as RoundView;
    const lines = [COLUMNS, ...linesOf(round)].map((line) => line.map(fieldOf).join(';'));
    return {
      body: `${BYTE_ORDER_MARK}${lines.join('\r\n')}\r\n`,
      headers: {
        'content-language': 'de',
        'content-disposition': `attachment; filename="runde-${round.at.slice(0, 10)}.csv"`,
      },
    };
  },
};

const linesOf = (round: RoundView): string[][] =>
  round.sections.flatMap(({ section, items }) =>
    items.map((item) => [
      round.agreementTitle,
      round.partnerName,
      instantWords(round.at),
      SECTION_WORDS[section].title,
      item.fileReference ?? '',
      KIND_WORDS[item.kind],
      DIRECTION_WORDS[item.direction],
      STATUS_WORDS[item.status],
      item.urgency === 'URGENT' ? 'ja' : '',
      item.dueDate === null ? '' : dayWords(item.dueDate),
      instantWords(item.at),
      SECTION_WORDS[section].at,
      item.forwardingId,
      item.laufzettelId,
      item.disclosureId ?? '',
      item.clientId,
      item.planId ?? '',
    ]),
  );

/**
 * A spreadsheet runs what begins like a formula, so an apostrophe makes a text of it (OWASP, CSV injection); names and file
 * references are what others may have chosen.
 */
function fieldOf(text: string): string {
  const harmless = /^[\s]*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[";\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
